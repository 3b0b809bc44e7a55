// out: true
// out: true
// out: true
// out: true
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
let o = {}; for (let i = 0; i < 1e5; i++) o = { o };
T(() => { try { JSON.stringify(o); } catch (e) { return e instanceof RangeError; } return true; });
T(() => { try { structuredClone(o); } catch (e) { return e instanceof RangeError; } return true; });
let a = []; for (let i = 0; i < 1e5; i++) a = [a];
T(() => { try { a.flat(Infinity); } catch (e) { return e instanceof RangeError; } return true; });
T(() => { try { String(a); } catch (e) { return e instanceof RangeError; } return true; });
T(() => require('util').inspect(a).length < 100);
