// out: 5
// out: 1,2,3,4,5
// out: 1,2,3
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const a = [5, 4, 3, 2, 1];
T(() => a.sort((x, y) => { a.length = 0; return x - y; }).length);
const b = [5, 4, 3, 2, 1];
T(() => b.sort((x, y) => { b.push(9); return x - y; }).slice(0, 5).join());
const c = new Proxy([3, 2, 1], { deleteProperty() { return true; } });
T(() => c.sort().join());
const d = Object.freeze([2, 1]);
T(() => d.sort());
