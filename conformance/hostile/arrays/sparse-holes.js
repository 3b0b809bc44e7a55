// out: 1000000001
// out: 1000000000
// out: 1
// out: 5
// out: 0
// out: 5000001

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const a = []; a[1e9] = 1;
T(() => a.length);
T(() => Object.keys(a).join());
T(() => { let n = 0; for (const k in a) n++; return n; });
T(() => { a.length = 5; return a.length; });
T(() => { const b = []; b[4294967294] = 1; b.length = 0; return b.length; });
T(() => { const b = [1, 2, 3]; b[5e6] = 1; b.reverse(); return b.length; });
