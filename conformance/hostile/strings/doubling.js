// out: RangeError Invalid string length true

let s = 'ab', n = 0;
try { for (;;) { s += s; n++; } } catch (e) { console.log(e.name, e.message, s.length === 2 ** (n + 1)); }
