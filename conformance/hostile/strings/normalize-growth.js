// out: 1800000
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => '\uFDFA'.repeat(1e5).normalize('NFKD').length);
T(() => 'x'.normalize('NFX'));
