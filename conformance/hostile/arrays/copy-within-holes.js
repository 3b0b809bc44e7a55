// out: 1
// out: 1,3,3
// out: 1
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => Array.prototype.copyWithin.call({ length: 5, 3: 1 }, 0, 3)[0]);
T(() => [1, , 3].copyWithin(1, 2).join());
T(() => Array.prototype.copyWithin.call({ length: 3, get 0() { return 1; } }, 1, 0)[1]);
T(() => Array.prototype.fill.call(Object.freeze([1]), 2));
