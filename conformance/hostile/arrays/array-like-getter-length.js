// out: 3
// out: a,b,c
// out: RangeError
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
let n = 0;
const o = { get length() { return n++ ? 2 ** 31 : 3; }, 0: 'a', 1: 'b', 2: 'c' };
T(() => Array.prototype.map.call(o, x => x).length);
n = 0;
T(() => Array.prototype.join.call(o));
T(() => Array.prototype.join.call({ length: { valueOf() { throw new RangeError('mine'); } } }));
T(() => Array.prototype.join.call({ length: 1n }));
T(() => Array.prototype.join.call({ length: Symbol() }));
