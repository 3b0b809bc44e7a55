// out: k: 1
// out: TypeError
// out: Error

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
console.count({ toString() { return 'k'; } }); T(() => console.count(Symbol())); T(() => console.count({ toString() { throw new Error('label'); } }));
console.assert(false, '%s', 'to stderr'); console.countReset('nope');
