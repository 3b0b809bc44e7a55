// out: 3
// out: 1
// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const a = [1, , 3];
Object.defineProperty(a, 1, { get() { a.length = 1; return 2; }, configurable: true });
T(() => a.slice().length);
T(() => a.join());
const b = [1, 2, 3];
Object.defineProperty(b, 0, { get() { b.splice(0, 2); return 'x'; }, configurable: true, enumerable: true });
T(() => b.concat([4]).length);
T(() => [...b].length);
