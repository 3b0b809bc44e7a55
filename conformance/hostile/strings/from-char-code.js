// out: 100000
// out: RangeError
// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => String.fromCharCode(...Array(1e5).fill(65)).length);
T(() => String.fromCodePoint(0x110000));
T(() => String.fromCodePoint(-1));
T(() => String.fromCodePoint(1.5));
