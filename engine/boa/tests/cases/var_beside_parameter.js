// A variable named as a parameter starts with the parameter's value when the list has a default
(function (a, b = 1) { var a; return a })(5)
//=> 5
(function (a, b = 1) { var a = 2; return a })(5)
//=> 2
(function (a, b = 1) { { { var a } } return a })(6)
//=> 6
(function (a, b = 1) { for (var a of [7]) ; return a })(5)
//=> 7
(function (a, b = 1) { for (var a in { k: 1 }) ; return a })(5)
//=> k
(function (a = 1) { 'x'; var a; return a })()
//=> 1
((a, b = a) => { var a; return a + b })(4)
//=> 8
({ m(a, b = 2) { var a; return a + b } }).m(3)
//=> 5
new (class { constructor(a, b = 2) { var a; this.v = a + b } })(3).v
//=> 5
[...(function* (a, b = 2) { var a; yield a; yield b })(3)].join()
//=> 3,2
(async function (a, b = 2) { var a; late = a + b })(3); var late
//=> 5
(async (a, b = 2) => { var a; late = a + b })(4); var late
//=> 6
// The body's variable is not the parameter that a default closes over
(function (a, b = () => a) { var a; a = 3; return a + ',' + b() })(5)
//=> 3,5
(function (a, b = () => a) { var a = 3; return a + ',' + b() })(5)
//=> 3,5
(function (a, set = v => { a = v }) { var a; set(9); return a })(5)
//=> 5
(function (a, b = 1) { var a; return eval('a') })(5)
//=> 5
(function (a, b = eval('1')) { var a; return a + b })(5)
//=> 6
(function (a, b = 1) { var a; return (() => a)() })(5)
//=> 5
// Functions win, arguments are seen
(function (a, b = 1) { function a() {} return typeof a })(5)
//=> function
(function (a, b = 1) { var arguments; return arguments.length })(5, 6)
//=> 2
(function (a, b = 1) { var a; arguments[0] = 9; return a })(5)
//=> 5
(function (a, b = 1) { if (true) { function c() { return a } } var a; return c() })(5)
//=> 5
(function (a, { b } = {}, ...c) { var a, b, c; return a + ',' + b + ',' + c })(1, { b: 2 }, 3, 4)
//=> 1,2,3,4
(function ({ a }, b) { var a, b; return a + b })({ a: 1 }, 2)
//=> 3
(function (a, b = 1) { 'sloppy'; try { throw 1 } catch (a) { var a = 2 } return a })(5)
//=> 5
(function f(a, b = 1) { var f; return typeof f })(5)
//=> undefined
function g(x, y = 1) { 'body'; for (var x = 0; x < 3; x++) ; return x } g(10)
//=> 3
