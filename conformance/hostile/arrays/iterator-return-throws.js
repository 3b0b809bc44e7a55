// out: Error
// out: Error
// out: Error
// out: Error
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const it = { [Symbol.iterator]() { return { next() { return { value: 1, done: false }; }, return() { throw new Error('return'); } }; } };
T(() => { for (const x of it) throw new Error('body'); });
T(() => { for (const x of it) break; });
T(() => { const [x] = it; });
T(() => Array.from(it, () => { throw new Error('map'); }));
T(() => new Map(it));
