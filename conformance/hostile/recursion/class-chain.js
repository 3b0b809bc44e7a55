// out: true
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => { try { let C = class {}; for (let i = 0; i < 1000; i++) C = class extends C {}; new C(); } catch (e) { return e instanceof RangeError; } return true; });
T(() => { try { let C = class {}; for (let i = 0; i < 3e4; i++) C = class extends C {}; new C(); } catch (e) { return e instanceof RangeError; } return true; });
