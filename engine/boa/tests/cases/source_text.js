class A { constructor ( ) { this.x = 1 } /* c */ m() {} } A.toString()
//=> class A { constructor ( ) { this.x = 1 } /* c */ m() {} }
(class { }).toString() + (class B extends Object { static s = 1 }).toString()
//=> class { }class B extends Object { static s = 1 }
class C { m ( a ) { return 1 } get g() { return 2 } static async *n() {} #p() {} ['x' + 1]() {} static f = () => 3 } C.prototype.m.toString() + C.n + Object.getOwnPropertyDescriptor(C.prototype, 'g').get + C.prototype.x1 + C.f
//=> m ( a ) { return 1 }async *n() {}get g() { return 2 }['x' + 1]() {}() => 3
/^class/.test(class {}) + ' ' + /^class/.test(function () {})
//=> true false
new Function().toString()
//=> function anonymous(\n) {\n\n}
new Function('a', 'b', 'return a + b').toString()
//=> function anonymous(a,b\n) {\nreturn a + b\n}
new Function('a, b = function inner() { return 1 }', 'return b').toString()
//=> function anonymous(a, b = function inner() { return 1 }\n) {\nreturn b\n}
new Function('a = function inner ( ) { return 1 }', 'return a')().toString()
//=> function inner ( ) { return 1 }
new Function('return function inner ( x ) { return x }')().toString()
//=> function inner ( x ) { return x }
Object.getPrototypeOf(async function () {}).constructor('x', 'await x').toString()
//=> async function anonymous(x\n) {\nawait x\n}
Object.getPrototypeOf(function* () {}).constructor('yield 1').toString() + Object.getPrototypeOf(async function* () {}).constructor().toString()
//=> function* anonymous(\n) {\nyield 1\n}async function* anonymous(\n) {\n\n}
new Function('"use strict"; return this === undefined')()
//=> true
new Function('/*', '*/ ) {')
//!! SyntaxError
Function('return 7 // comment')()
//=> 7
function f() {} [f.caller, f.arguments].join() + (f.caller === null)
//=> ,true
(() => {}).caller
//!! TypeError
(function () { 'use strict' }).caller
//!! TypeError
(class { m() {} }).caller
//!! TypeError
({ m() {} }).m.arguments
//!! TypeError
function f() { return f.caller } f()
//=> null
// An arrow function ends where its last token ends, also where that is read anew: a template's tail, a regular expression.
String((b) => `a ${b} c`)
//=> (b) => `a ${b} c`
String((b) => /x/g) + String(async (b) => `${b}`) + String((b) => c => `${b}${c}`) + String(b => b`${1}z`)
//=> (b) => /x/gasync (b) => `${b}`(b) => c => `${b}${c}`b => b`${1}z`
String((b) => 1 + `q${b}`) + String((b) => b || /=x/u) + String({ a: (b) => `w${b}` }.a)
//=> (b) => 1 + `q${b}`(b) => b || /=x/u(b) => `w${b}`
