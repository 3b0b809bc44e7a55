// out: TypeError
// out: lazy
// out: RangeError
// out: RangeError
// out: TypeError
// out: Error
// out: TypeError
// out: 0
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => Iterator.from({ next: 1 }).toArray());
T(() => Iterator.from({ next() { return { done: false }; } }).take(2 ** 53).drop(Infinity) && 'lazy');
T(() => [1].values().take(-1));
T(() => [1].values().take(NaN));
T(() => [1, 2].values().flatMap(x => x).toArray());
T(() => [1, 2].values().map(function () { throw new Error('m'); }).next());
T(() => { let h; h = [1, 2].values().map(() => h.next()); h.next(); });
T(() => Iterator.prototype.map.call({ next() { return { done: true }; } }, x => x).toArray().length);
T(() => Iterator.concat([1], { [Symbol.iterator]() { return 1; } }).toArray());
