// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: Error

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const it = o => ({ [Symbol.iterator]: () => o });
T(() => { function* g() { yield* it({ next: 5 }); } g().next(); });
T(() => { function* g() { yield* it({ next() { return 5; } }); } g().next(); });
T(() => { function* g() { yield* it({ next() { return {}; }, throw: null }); } const x = g(); x.next(); x.throw(1); });
T(() => { function* g() { yield* it({ next() { return {}; }, return() { return 1; } }); } const x = g(); x.next(); x.return(1); });
T(() => { function* g() { yield* it({ next() { return { get done() { throw new Error('done'); } }; } }); } g().next(); });
