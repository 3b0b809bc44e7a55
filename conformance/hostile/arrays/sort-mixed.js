// out: 10
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => [3, undefined, 'x', null, NaN, , {}, [], -0, 1n].sort().length);
T(() => [Symbol(), 1].sort());
T(() => [1n, 2, 'a'].sort((x, y) => x - y));
