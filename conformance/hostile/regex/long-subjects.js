// out: true
// out: false
// out: 1000000
// out: 2000000
// out: 1000000
// out: false

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const s = 'a'.repeat(1e6);
T(() => /(?:a|b)*$/.test(s));
T(() => /(a*)*b/.test('a'.repeat(20)));
T(() => s.match(/a/g).length);
T(() => s.replace(/a/g, 'bb').length);
T(() => s.split(/(?:)/u).length);
T(() => /(?<=a*)b/.test('a'.repeat(1000)));
