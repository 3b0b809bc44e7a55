// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => { function* g() { yield* g(); } g().next(); });
T(() => { const it = { [Symbol.iterator]() { return [...it]; } }; [...it]; });
