// out: 1002
// out: 6
// out: 1
// out: {"done":true}
// out: 0
// out: Error
// out: 3
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => { const m = new Map([[1, 1]]); let n = 0; for (const [k] of m) { if (n++ > 1000) break; m.delete(k); m.set(k + 1, 1); } return n; });
T(() => { const s = new Set([1, 2, 3]); let n = 0; s.forEach(x => { s.clear(); if (n++ < 5) s.add(x + 10); }); return n; });
T(() => { const m = new Map([[1, 1], [2, 2]]); m.forEach((v, k) => m.delete(2)); return m.size; });
T(() => { const m = new Map(); const it = m.keys(); it.next(); m.set(1, 1); return JSON.stringify(it.next()); });
T(() => { const s = new Set(Array.from({ length: 1e4 }, (_, i) => i)); for (const x of s) s.delete(x); return s.size; });
T(() => new Set([1, 2, 3]).union({ size: 1, has() {}, keys() { return { next() { throw new Error('k'); } }; } }));
T(() => { const s = new Set([1, 2, 3]); return [...s.difference({ size: 9, has(x) { s.clear(); return false; }, keys() {} })].length; });
T(() => new Set([1]).isSubsetOf({ size: NaN, has() {}, keys() {} }));
