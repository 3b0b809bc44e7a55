// out: RangeError
// out: 20

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const s = 'x'.repeat(2 ** 20);
T(() => JSON.stringify(Array(1000).fill(s)));
T(() => JSON.stringify({ a: 1 }, null, 'x'.repeat(1e6)).length);
