// What is pushed for a call is what stood in the registers then.
function f(...a) { return a.join() } var i = 0; f(i++, i++, i, i += 2, i)
//=> 0,1,2,4,4
function f(a, b, c, d) { return [this === undefined, a, b, c, d].join() } (function () { 'use strict'; var a = 1, b = 2; return f.call(undefined, a, b, a, b) })()
//=> false,1,2,1,2
function f(a, b) { return a + b } var x = 1; f(x, (x ? f(x, x) : 0)) + ',' + f(x || 2, x && 3)
//=> 3,4
// A result goes to a register, to the stack, or nowhere.
var log = []; function f(x) { log.push(x); return x } f(1); f(2) + f(f(3)); var y = f(4); log.join() + y
//=> 1,2,3,3,44
var n = 0; var o = { get x() { n++; return () => n } }; o.x(); o.x() + o.x()
//=> 5
[3, 1, 2].map(x => { Math.max(x); return Math.max(x, 2) }).join()
//=> 3,2,2
// What constructors give.
function A() { this.x = 1; return 5 } function B() { this.x = 1; return { x: 2 } } class C { constructor() { return } } [new A().x, new B().x, typeof new C(), A.call({})].join()
//=> 1,2,object,5
class A {} class B extends A { constructor(x) { super(); if (x) return x; this.y = 1 } } var o = {}; [new B(o) === o, new B().y, new B(undefined).y].join()
//=> true,1,1
class A {} class B extends A { constructor() { super(); return 1 } } new B()
//!! TypeError: Derived constructors may only return object or undefined
class A {} class B extends A { constructor() { } } new B()
//!! ReferenceError: Must call super constructor in derived class before accessing 'this' or returning from derived constructor
class A {} class B extends A { constructor() { super(); return 1 } } function t() { try { new B() } catch (e) { return e.name } finally { r = 1 } } var r; t() + r
//=> TypeError1
// Return among finally, iterators and environments.
function f() { try { return 1 } finally { g = 2 } } var g; f() + g
//=> 3
function f() { for (const x of [1, 2, 3]) { let y = x; (() => y)(); if (x === 2) return y } } f()
//=> 2
function f() { try { throw 1 } catch (e) { return e } finally { return 2 } } f()
//=> 2
var closed = 0; var it = { [Symbol.iterator]() { return { next: () => ({ value: 1, done: false }), return() { closed++; return {} } } } }; function f() { for (const x of it) return x } f() + closed
//=> 2
function f() { return } function g() { } String(f()) + g()
//=> undefinedundefined
// Closures count in place, until something comes between.
function counter() { let c = 0; return () => { c++; c += 2; return c-- + c } } var k = counter(); [k(), k()].join()
//=> 5,9
function f() { let c = 1; return (() => { c += (c = 10, 5); return c })() } f()
//=> 6
function f() { let c = 1; return (() => { try { c += (() => { throw 1 })() } catch { } c += 1; c++; return c })() } f()
//=> 3
function f() { var x = 1; (() => x)(); eval('var x = 5'); x++; return x } f()
//=> 6
function f(s) { var x = 1; return (() => { eval(s); x += 1; return x })() + ',' + x } f('var x = 7') + ' ' + f('x = 7')
//=> 8,1 8,8
function f(o) { var x = 1; var g; with (o) { g = () => { x++; return x } } return g() + ',' + x + ',' + o.x } f({ x: 5 }) + ' ' + f({})
//=> 6,1,6 2,2,undefined
function f() { eval('var v = 1'); var g = () => { v += 1; return v }; g(); delete v; return typeof v } f()
//=> undefined
(() => { x; let x = 1; return () => x })()
//!! ReferenceError: Cannot access 'x' before initialization
(() => { (() => { x = 2 })(); let x = 1; })()
//!! ReferenceError: Cannot access 'x' before initialization
(() => { const x = 1; (() => { x++ })() })()
//!! TypeError: Assignment to constant variable.
undeclared += 1
//!! ReferenceError: undeclared is not defined
var g1 = 1; function f() { g1++; return g1 } f(); delete globalThis.nothing; f() + globalThis.g1
//=> 6
// Loops of every kind end.
var n = 0; for (let i = 0; i < 3; i++) { if (i === 1) continue; n += i } while (n < 5) { n++; if (n === 4) continue } do { n++; if (n % 2) continue } while (n < 8); for (const k in { a: 1, b: 2 }) { if (k === 'a') continue; n += 10 } n
//=> 18
// A scope with many names.
eval(Array.from({ length: 40 }, (_, i) => `let n${i} = ${i};`).join('') + 'var s = 0; (() => { s = n0 + n12 + n13 + n39; n39++ })(); s + n39')
//=> 104
eval(Array.from({ length: 40 }, (_, i) => `let n${i} = ${i};`).join('') + 'let n20')
//!! SyntaxError: Identifier 'n20' has already been declared
// Through a proxy without a trap the target itself is called.
var p = new Proxy(function f() { return arguments.callee === f }, {}); p()
//=> true
var p = new Proxy(function F() { this.callee = arguments.callee === F; this.target = new.target === p }, {}); var o = new p(); o.callee + ' ' + o.target
//=> true true
var p = new Proxy(function f() { var e = new Error('x'); Error.captureStackTrace(e, f); return e.stack.includes('at g') && !e.stack.includes('at f') }, {}); function g() { return p() } g()
//=> true
