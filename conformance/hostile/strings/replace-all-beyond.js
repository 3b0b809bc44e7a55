// out: RangeError
// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const s = 'x'.repeat(2 ** 15);
T(() => s.replaceAll('x', s));
T(() => s.replace(/x/g, s));
T(() => s.replace(/x/g, () => s));
