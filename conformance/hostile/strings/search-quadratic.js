// out: -1
// out: false
// out: 1
// out: 400000
// out: -1
// out: 399999
// out: -1
// out: -1
// out: 5
// out: 3

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const s = 'a'.repeat(4e5), t = 'a'.repeat(2e5) + 'b';
T(() => s.indexOf(t)); T(() => s.includes(t)); T(() => s.split(t).length); T(() => s.replaceAll(t, '').length);
const w = s + '\u20ac'; T(() => w.indexOf(t)); T(() => w.indexOf('a\u20ac')); T(() => w.indexOf('\u6161')); T(() => '\u6100\u0061'.indexOf('\u0061\u0061')); T(() => 'abcabc'.indexOf('c', 3)); T(() => 'abc'.indexOf('', 9));
