// out: last
// out: last
// out: true
// out: 9007199254740990
// out: 7

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const o = { length: 2 ** 53 - 1 }; o[2 ** 53 - 2] = 'last';
T(() => Array.prototype.at.call(o, -1));
T(() => Array.prototype.pop.call(o));
T(() => o.length === 2 ** 53 - 2);
T(() => Array.prototype.lastIndexOf.call({ length: 2 ** 53 - 1, [2 ** 53 - 2]: 7 }, 7));
T(() => Array.prototype.findLast.call({ length: 2 ** 53 - 1, [2 ** 53 - 2]: 7 }, x => x === 7));
