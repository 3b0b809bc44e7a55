// out: RangeError: Invalid string length

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name + ': ' + e.message : 'threw ' + typeof e); } };
let s = 'abcd';
T(() => { for (;;) s = `${s}${s}`; });
