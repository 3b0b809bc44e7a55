// out: 1,
// out: 1,2,
// out: 1,2,
// out: 1,2,,2,1,
// out: 1,2,

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const a = [1]; a.push(a);
T(() => a.join());
const b = [1], c = [2, b]; b.push(c);
T(() => b.join());
T(() => String(b));
T(() => [b, c].toString());
T(() => b.toLocaleString());
