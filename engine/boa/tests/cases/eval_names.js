var n = 0; (function f() { if (n++ < 3) eval('f(); f') })(); n
//=> 4
(function f() { return eval('typeof f') })()
//=> function
(function f() { return eval('f = 1; typeof f') })()
//=> function
(function f() { 'use strict'; return eval('f = 1') })()
//!! TypeError
(function* f() { yield eval('typeof f') })().next().value
//=> function
var n = 0; (function g() { if (n++ < 3) (() => eval('g()'))() })(); n
//=> 4
(function f(a, b) { let c = 3; return eval('a + b + c + f.length') })(1, 2)
//=> 8
