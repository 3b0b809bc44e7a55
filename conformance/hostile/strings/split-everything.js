// out: 1000000
// out: 3

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => 'x'.repeat(1e6).split('').length);
T(() => 'x,'.repeat(1e5).split(',', 2 ** 32 + 3).length);
