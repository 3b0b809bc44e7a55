// out: RangeError
// out: 1

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
let n = 0;
function f() { try { f(); } finally { n = 1; } }
T(f);
console.log(n);
