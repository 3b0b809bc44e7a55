// out: 2000000
// out: 200000

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const s = 'ß'.repeat(1e6);
T(() => s.toUpperCase().length);
T(() => 'İ'.repeat(1e5).toLowerCase().length);
