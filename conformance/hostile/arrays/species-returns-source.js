// out: 2
// out: 4,
// out: 3

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const a = [1, 2, 3, 4];
a.constructor = { [Symbol.species]: function () { return a; } };
T(() => a.splice(1, 2).length);
T(() => a.map(x => x * 2).join());
T(() => a.concat([9]).length);
