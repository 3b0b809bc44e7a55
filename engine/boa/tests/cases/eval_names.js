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
// What an eval declares in one call of a function is not there in another.
function f(s) { var x = 1; return (() => { eval(s); x += 1; return x })() + ',' + x } f('var x = 7') + ' ' + f('x = 7')
//=> 8,1 8,8
var y = 'outer'; function f(d) { eval(d ? 'var a = 1' : 'var y = 2'); if (d) f(false); return y } f(true)
//=> outer
var z = 'outer'; function f(s) { eval(s); return (() => z)() } f('function z() {}'); f('var q = 1') + ',' + typeof f('var z')
//=> outer,undefined
