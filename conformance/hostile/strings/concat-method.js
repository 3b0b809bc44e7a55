// out: RangeError
// out: 2000

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
let s = 'x'.repeat(2 ** 28);
T(() => s.concat(s, s, s));
T(() => ''.concat(...Array(1000).fill('ab')).length);
