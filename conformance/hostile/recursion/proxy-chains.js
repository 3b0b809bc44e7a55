// out: true
// out: true
// out: true
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => { try { let p = {}; for (let i = 0; i < 1e5; i++) p = new Proxy(p, {}); p.x; } catch (e) { return e instanceof RangeError; } return true; });
T(() => { try { const p = new Proxy({}, { getPrototypeOf() { return p; } }); p instanceof Array; } catch (e) { return e instanceof RangeError; } return true; });
T(() => { try { const h = {}; const p = new Proxy({}, h); h.__proto__ = p; p.x; } catch (e) { return e instanceof RangeError; } return true; });
T(() => { try { const o = {}; const p = Object.create(new Proxy(o, {})); Object.setPrototypeOf(o, p); p.nope; } catch (e) { return e instanceof RangeError; } return true; });
