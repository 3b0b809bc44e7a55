// out: zzz
// out: x
// out: yyyyyyyyy

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const r = /a(b)?/g;
T(() => 'ababab'.replace(r, () => { r.compile('x', ''); return 'z'; }));
T(() => r.source);
T(() => { const q = /(.)/g; return 'abc'.replace(q, (m) => { q.lastIndex = 0; return 'abc'.replace(q, 'y'); }); });
