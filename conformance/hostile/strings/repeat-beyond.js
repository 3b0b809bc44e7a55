// out: RangeError: Invalid string length
// out: 536870888
// out: RangeError: Invalid string length
// out: RangeError: Invalid count value: -1
// out: RangeError: Invalid count value: Infinity
// out: 0

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name + ': ' + e.message : 'threw ' + typeof e); } };
T(() => 'x'.repeat(2 ** 30));
T(() => 'x'.repeat(2 ** 29 - 24).length);
T(() => 'ab'.repeat(2 ** 53));
T(() => 'x'.repeat(-1));
T(() => 'x'.repeat(Infinity));
T(() => ''.repeat(2 ** 31).length);
