// out: 100000
// out: 100000
// out: 19999

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => eval('[' + ','.repeat(1e5) + ']').length);
T(() => eval('[' + '1,'.repeat(1e5) + ']').length);
T(() => eval('({' + Array.from({ length: 2e4 }, (_, i) => 'k' + i + ':' + i).join() + '})').k19999);
