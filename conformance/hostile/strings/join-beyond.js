// out: RangeError
// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const s = 'x'.repeat(2 ** 20);
T(() => Array(1000).fill(s).join(''));
T(() => Array(2 ** 29).join('ab'));
T(() => Array(2 ** 32 - 1).join('xx'));
