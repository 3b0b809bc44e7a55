// out: 4
// out: 4
// out: function
// out: function

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
let n = 0;
(function f() { if (n++ < 3) eval('f(); f'); })(); console.log(n);
n = 0; (function g() { if (n++ < 3) (() => eval('g()'))(); })(); console.log(n);
T(() => (function f() { return eval('typeof f'); })());
T(() => (function* f() { yield eval('typeof f'); })().next().value);
