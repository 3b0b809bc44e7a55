// out: 0
// out: 3
// out: 1003
// out: 3
// out: 2
// out: 0

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const a = [1, 2, 3];
T(() => { a.forEach(() => { a.length = 0; }); return a.length; });
T(() => { const b = [1, 2, 3]; return b.map((x, i) => { if (i < 100) b.push(x); return x; }).length; });
T(() => { const b = [1, 2, 3]; let n = 0; for (const x of b) { if (n++ < 1000) b.push(x); } return n; });
T(() => { const b = [1, 2, 3, 4]; return b.reduce((s, x) => { b.pop(); return s + x; }, 0); });
T(() => { const b = [1, 2, 3, 4]; return b.flatMap(x => { b.length = 1; return [x, x]; }).length; });
T(() => { const b = [[1], [2]]; return b.flat({ valueOf() { b.length = 0; return 1; } }).length; });
