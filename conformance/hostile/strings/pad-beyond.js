// out: RangeError: Invalid string length
// out: RangeError: Invalid string length
// out: RangeError: Invalid string length
// out: abc12121     abc
// out: x

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name + ': ' + e.message : 'threw ' + typeof e); } };
T(() => 'x'.padStart(2 ** 31, 'ab'));
T(() => 'x'.padEnd(2 ** 53, 'ab'));
T(() => 'x'.padStart(2 ** 29));
T(() => 'abc'.padEnd(8, '12') + 'abc'.padStart(8));
T(() => 'x'.padStart(1e9, ''));
