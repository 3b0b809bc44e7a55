// What the engine says when it throws: the words of V8, which programs and tests read.
'use strict';

const sources = `
x
x = y
let a = b
(void 0)()
foo()
typeof foo.bar
var o = {}; o.m()
var o = {}; o.a.b()
var o = {}; o.a.b
var o = {}; o.a.b.c
var o = { a: null }; o.a.b
var o = {}; o.a.b = 1
var o = {}; o.m().n()
var o = { m() { return {} } }; o.m().n()
var o = { m() { return 1 } }; o.m()()
var o = {}; o['m']()
var o = {}; o['m n']()
var o = {}, k = 'z'; o[k]()
var o = {}; o[0]()
var o = {}; o[1 + 1]()
var o = {}; o[Symbol('s')]()
var o = {}; o?.m()
var o = { a: {} }; o?.a.b()
var o = {}; o.m?.().n.p
var a = 1; a()
var a = 1; a(1)(2)
var a = [1]; a[0]()
1()
'abc'()
null()
undefined()
true()
/x/()
({})()
[]()
[1, 2]()
(1, 2)()
(() => {})()()
(function () {})()()
(function f() {}).x()
(class {}).x()
new (class {})().x()
new Date().foo()
var a = {}, b = {}; (a.b || b.c)()
var a = {}, b = {}; (a && b.c)()
var a = 1, b = 2; (a ? a : b)()
var a = 1, b = 2; (a + b)()
var a = 1; (-a)()
var a = 1; (!a)()
var a = 1; (typeof a)()
var a; (a = 1)()
var a = 1; (a++)()
this.foo()
this.foo.bar()
\`x\`()
var a = 1; a\`x\`
var o = {}; o.t\`x\`
Math.foo()
Math.PI()
JSON.foo.bar()
new x
var a = 1; new a
var a = 1; new a()
var o = {}; new o.x()
var o = {}; new o.x
new 1
new (() => {})
new Math.max()
new ({ m() {} }).m()
new (async function f() {})
var f = () => {}; new f
var f = async () => {}; new f(1)
function* g() {} new g
new Symbol()
new BigInt(1)
new Math
class A {} A()
class A { constructor() {} } var b = { A }; b.A()
(class {})()
class A {} A.call({})
class A {} Reflect.apply(A, null, [])
Map()
Set()
WeakMap()
WeakSet()
WeakRef()
Promise()
Proxy()
ArrayBuffer()
Uint8Array()
DataView()
FinalizationRegistry()
a; let a
a = 1; let a
typeof a; let a
new A; class A {}
const c = 1; c = 2
const c = 1; c += 2
const c = 1; c++
const { c } = {}; c = 1
for (const i = 0; i < 2; i++) {}
(function f() { 'use strict'; f = 1 })()
undefined.x
null.x
undefined.x = 1
null.x = 1
undefined[0]
null['a b']
undefined[Symbol.iterator]
null[Symbol('q')] = 1
var u; u.x
var u; u[0]
var u; u.x.y
var u; u.x()
var u; u.x = 1
var u; u[0] = 1
var u; u[Symbol.iterator]
var u = null; u.x
var u; u.x++
var u; u.x += 1
var u; delete u.x
var u = null; delete u.x
var u; 'x' in u
'x' in 1
'x' in 'abc'
1 in 'abc'
Symbol('s') in 1
'a' in undefined
var { a } = undefined
var { a } = null
var { a: { b } } = {}
var x; var { a } = x
var x = null; var { a, b } = x
var x = {}; var { a } = x.y
var x = {}; var { a: { b } } = x
var x; var {} = x
var {} = null
var x; var { [x]: y } = x
var x; var { ...r } = x
var { ...r } = null
(({ a }) => 1)()
(({ a }) => 1)(null)
(function f({ a }) {})()
(function f({ a: { b } }) {})({})
(function f([a]) {})()
(function f([a]) {})(1)
for (var { a } of [null]) {}
for (var [a] of [1]) {}
var x; ({ a: x } = undefined)
var x; ({ a: x } = x)
var [a] = 1
var [a] = undefined
var [a] = null
var [a] = {}
var x = 1; var [a] = x
var x; var [a] = x
var x = {}; var [a] = x
var x = {}; var [a] = x.y
var x = {}; [x.a] = x
for (var a of 1) {}
for (var a of undefined) {}
for (var a of null) {}
for (var a of {}) {}
var x = {}; for (var a of x) {}
var x; for (var a of x) {}
var x = {}; for (var a of x.y) {}
function g() { return 1 } for (var a of g()) {}
[...1]
[...undefined]
[...{}]
var x = {}; [...x]
var x; [...x]
Math.max(...1)
Math.max(...undefined)
var x = {}; Math.max(...x)
var x; f(...x); function f() {}
var x; new Array(...x)
new Map(1)
new Map([1])
new Map([undefined])
new Set(1)
new Set({})
new WeakSet(1)
new WeakMap([1])
new WeakMap([[1, 2]])
new WeakSet([1])
new WeakMap().set(1, 2)
new WeakSet().add(1)
new WeakRef(1)
new FinalizationRegistry(1)
new FinalizationRegistry(() => {}).register(1)
Array.from(1, 2)
Object.fromEntries(1)
Object.fromEntries([1])
Object.fromEntries(undefined)
Promise.all.call(1)
new Promise()
new Promise(1)
Promise.resolve.call(1)
Promise.withResolvers.call(1)
function* g() { yield* 1 } g().next()
function* g() { yield* undefined } g().next()
({ [Symbol.iterator]() { return 1 } })[Symbol.iterator](), [...{ [Symbol.iterator]() { return 1 } }]
[...{ [Symbol.iterator]() { return { next() { return 1 } } } }]
for (var a of { [Symbol.iterator]() { return { next: 1 } } }) {}
Object.defineProperty(1, 'x', {})
Object.defineProperty({}, 'x', 1)
Object.defineProperty({}, 'x', { get: 1 })
Object.defineProperty({}, 'x', { set: 1 })
Object.defineProperty({}, 'x', { get() {}, value: 1 })
Object.defineProperty(Object.freeze({ x: 1 }), 'x', { value: 2 })
Object.defineProperty(Object.freeze({}), 'x', { value: 2 })
Object.defineProperties(1, {})
Object.create(1)
Object.create()
Object.setPrototypeOf({}, 1)
Object.setPrototypeOf(undefined, {})
Object.setPrototypeOf(Object.freeze({}), {})
Object.setPrototypeOf(Object.prototype, {})
var o = {}; Object.setPrototypeOf(o, Object.create(o))
var o = {}; o.__proto__ = Object.create(o)
Object.keys(undefined)
Object.entries(null)
Object.assign(null)
Object.getPrototypeOf(undefined)
Object.getOwnPropertyNames(null)
Object.getOwnPropertyDescriptor(undefined, 'x')
Object.prototype.hasOwnProperty.call(undefined)
Object.prototype.toLocaleString.call(null)
Object.prototype.valueOf.call(null)
Object.groupBy(1)
Object.freeze({ a: 1 }).a = 2
Object.freeze([1])[0] = 2
Object.freeze([1]).push(2)
Object.freeze([1]).pop()
Object.freeze({}).x = 1
Object.preventExtensions([])[0] = 1
delete Object.freeze({ a: 1 }).a
delete Object.freeze([1])[0]
delete Object.prototype
delete [].length
var o = { get x() { return 1 } }; o.x = 1
var o = { get [Symbol('s')]() { return 1 } }; o[Object.getOwnPropertySymbols(o)[0]] = 1
class A { get x() { return 1 } } new A().x = 1
class A { static get x() { return 1 } } A.x = 1
undefined = 1
NaN = 1
Infinity = 1
Math.PI = 1
'abc'.length = 1
'abc'[0] = 'x'
'abc'.x = 1
(1).x = 1
Symbol().x = 1
true.x = 1
(function () {}).name = 'x'
(function f() {}).length = 1
(() => {}).caller
(function () { 'use strict'; return arguments.callee })()
new Proxy({}, { set() { return false } }).x = 1
delete new Proxy({}, { deleteProperty() { return false } }).x
Object.defineProperty(new Proxy({}, { defineProperty() { return false } }), 'x', {})
new Proxy(1, {})
new Proxy({}, 1)
var r = Proxy.revocable({}, {}); r.revoke(); r.proxy.x
var r = Proxy.revocable({}, {}); r.revoke(); r.proxy.x = 1
var r = Proxy.revocable({}, {}); r.revoke(); 'x' in r.proxy
var r = Proxy.revocable({}, {}); r.revoke(); delete r.proxy.x
var r = Proxy.revocable({}, {}); r.revoke(); Object.keys(r.proxy)
var r = Proxy.revocable(function () {}, {}); r.revoke(); r.proxy()
var r = Proxy.revocable(function () {}, {}); r.revoke(); new r.proxy()
var r = Proxy.revocable([], {}); r.revoke(); Array.isArray(r.proxy)
new Proxy({}, { get: 1 }).x
new Proxy(Object.freeze({ a: 1 }), { get() { return 2 } }).a
new Proxy(Object.defineProperty({}, 'a', { set() {} }), { get() { return 2 } }).a
new Proxy(Object.freeze({ a: 1 }), { set() { return true } }).a = 2
new Proxy(Object.defineProperty({}, 'a', { get() {} }), { set() { return true } }).a = 2
'a' in new Proxy(Object.freeze({ a: 1 }), { has() { return false } })
'a' in new Proxy(Object.preventExtensions({ a: 1 }), { has() { return false } })
delete new Proxy(Object.freeze({ a: 1 }), { deleteProperty() { return true } }).a
delete new Proxy(Object.preventExtensions({ a: 1 }), { deleteProperty() { return true } }).a
Object.keys(new Proxy({}, { ownKeys() { return 1 } }))
Object.keys(new Proxy({}, { ownKeys() { return [1] } }))
Object.keys(new Proxy({}, { ownKeys() { return ['a', 'a'] } }))
Object.keys(new Proxy(Object.freeze({ a: 1 }), { ownKeys() { return [] } }))
Object.keys(new Proxy(Object.preventExtensions({ a: 1 }), { ownKeys() { return ['a', 'b'] } }))
Object.getPrototypeOf(new Proxy({}, { getPrototypeOf() { return 1 } }))
Object.getPrototypeOf(new Proxy(Object.preventExtensions({}), { getPrototypeOf() { return null } }))
Object.setPrototypeOf(new Proxy({}, { setPrototypeOf() { return false } }), null)
Object.setPrototypeOf(new Proxy(Object.preventExtensions({}), { setPrototypeOf() { return true } }), null)
Object.isExtensible(new Proxy({}, { isExtensible() { return false } }))
Object.preventExtensions(new Proxy({}, { preventExtensions() { return false } }))
Object.preventExtensions(new Proxy({}, { preventExtensions() { return true } }))
Object.getOwnPropertyDescriptor(new Proxy({}, { getOwnPropertyDescriptor() { return 1 } }), 'a')
Object.getOwnPropertyDescriptor(new Proxy(Object.freeze({ a: 1 }), { getOwnPropertyDescriptor() {} }), 'a')
Object.getOwnPropertyDescriptor(new Proxy(Object.preventExtensions({ a: 1 }), { getOwnPropertyDescriptor() {} }), 'a')
Object.getOwnPropertyDescriptor(new Proxy({}, { getOwnPropertyDescriptor() { return { value: 1, configurable: false } } }), 'a')
Object.defineProperty(new Proxy(Object.preventExtensions({}), { defineProperty() { return true } }), 'a', {})
Object.defineProperty(new Proxy({}, { defineProperty() { return true } }), 'a', { configurable: false })
new (new Proxy(function () {}, { construct() { return 1 } }))
new Proxy(function () {}, { apply: 1 })()
new Proxy({}, {})()
new (new Proxy({}, {}))
new Array(-1)
new Array(1.5)
[].length = -1
[].length = 'x'
[].reduce((a, b) => a)
[].reduceRight((a, b) => a)
[].reduce(1)
[1].map()
[1].map(1)
[1].map('abc')
[1].map({})
[1].map(/x/)
[1].map([])
[1].map(Symbol('s'))
[1].forEach(null)
[1].filter({})
[1].find()
[1].some(1)
[1].every(1)
[1].findLast(1)
[1].flatMap(1)
[1].sort(1)
[1].toSorted(1)
[1].with(5, 1)
[].at.call(null)
Array.prototype.map.call(undefined)
Array.prototype.push.call(null)
Array.prototype.join.call(undefined)
Array.prototype[Symbol.iterator].call(undefined)
new Uint8Array(-1)
new Uint8Array(Symbol())
new Uint8Array(new ArrayBuffer(8), 9)
new Uint16Array(new ArrayBuffer(8), 1)
new Uint16Array(new ArrayBuffer(7))
new Uint8Array(new ArrayBuffer(8), 4, 5)
new Uint8Array([1]).map(1)
new Uint8Array([1]).set([1, 2])
new Uint8Array([1]).set([1], -1)
new Uint8Array([1]).with(5, 1)
new BigInt64Array([1])
new BigInt64Array(1)[0] = 1
new Uint8Array(1)[0] = 1n
Uint8Array.prototype.fill.call(1)
Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype), 'length').get.call({})
Object.getPrototypeOf(Uint8Array)()
new (Object.getPrototypeOf(Uint8Array))
new ArrayBuffer(-1)
new ArrayBuffer(1e20)
ArrayBuffer.prototype.slice.call({})
new ArrayBuffer(8).slice.call(new Uint8Array(1))
new DataView(1)
new DataView({})
new DataView(new ArrayBuffer(1), 2)
new DataView(new ArrayBuffer(1), 0, 2)
new DataView(new ArrayBuffer(1)).getInt8(1)
new DataView(new ArrayBuffer(1)).getInt8(-1)
new DataView(new ArrayBuffer(1)).setInt16(0, 1)
DataView.prototype.getInt8.call({})
'a'.repeat(-1)
'a'.repeat(Infinity)
'abc'.normalize('x')
'abc'.startsWith(/x/)
'abc'.endsWith(/x/)
'abc'.includes(/x/)
'abc'.matchAll(/x/)
'abc'.replaceAll(/x/, '')
'abc'.localeCompare()
'a'.concat(Symbol())
'a'.codePointAt(Symbol())
String.fromCodePoint(-1)
String.fromCodePoint(1.5)
String.fromCodePoint('x')
String.prototype.trim.call(null)
String.prototype.trim.call(undefined)
String.prototype.at.call(null)
String.prototype[Symbol.iterator].call(null)
String.prototype.toString.call(1)
String.prototype.valueOf.call({})
String.raw()
\`\${Symbol('s')}\`
'' + Symbol('s')
Symbol('s') + 1
+Symbol('s')
Symbol() * 1
String(Object.create(null))
\`\${Object.create(null)}\`
'' + Object.create(null)
+Object.create(null)
({ toString() { return {} }, valueOf() { return {} } }) + ''
'' + { [Symbol.toPrimitive]: 1 }
'' + { [Symbol.toPrimitive]() { return {} } }
Symbol.prototype.toString.call(1)
Symbol.prototype.valueOf.call({})
Symbol.prototype.description, Object.getOwnPropertyDescriptor(Symbol.prototype, 'description').get.call(1)
Symbol.keyFor(1)
Symbol(Symbol())
(1).toString(1)
(1).toString(37)
(1).toFixed(101)
(1).toFixed(-1)
(1).toExponential(101)
(1).toPrecision(0)
(1).toPrecision(101)
Number.prototype.toString.call('x')
Number.prototype.toFixed.call('x')
Number.prototype.valueOf.call('x')
Boolean.prototype.toString.call(1)
Boolean.prototype.valueOf.call(1)
1n + 1
1 + 1n
1n * 2
1n - 1
1n / 0n
1n % 0n
1n >>> 0n
+1n
Math.max(1n)
1n < Symbol()
BigInt('x')
BigInt(1.5)
BigInt(undefined)
BigInt(null)
BigInt(Symbol('s'))
BigInt.asIntN(-1, 1n)
BigInt.asIntN(1, 1)
BigInt.prototype.toString.call(1)
(1n).toString(1)
Number(Symbol())
parseInt(Symbol())
isNaN(1n)
isNaN(Symbol())
JSON.parse('{')
JSON.parse('')
JSON.parse('{"a":}')
JSON.stringify(1n)
var o = {}; o.o = o; JSON.stringify(o)
class X { } var o = { a: { b: new X } }; o.a.b.c = o.a; JSON.stringify(o)
var a = []; a[0] = { a }; JSON.stringify(a)
new Date(NaN).toISOString()
new Date(Symbol())
Date.prototype.getTime.call({})
Date.prototype[Symbol.toPrimitive].call(1)
Date.prototype[Symbol.toPrimitive].call({}, 'x')
new Date()[Symbol.toPrimitive]()
Date.prototype.toISOString.call(1)
Date.prototype.toJSON.call({ toISOString: 1 })
new RegExp('(')
new RegExp('[')
new RegExp('*')
new RegExp('a', 'gg')
new RegExp('a', 'x')
new RegExp('\\\\')
new RegExp('a{2,1}')
new RegExp('(?<a>.)(?<a>.)')
new RegExp('\\\\k<a>', 'u')
new RegExp(')')
new RegExp('[b-a]')
new RegExp('(?<')
new RegExp('\\\\u{110000}', 'u')
new RegExp('a**')
new RegExp('(?:')
RegExp.prototype.exec.call({})
RegExp.prototype.test.call(1)
RegExp.prototype.toString.call(1)
RegExp.prototype[Symbol.replace].call(1)
RegExp.prototype.compile.call({})
Object.getOwnPropertyDescriptor(RegExp.prototype, 'global').get.call({})
Object.getOwnPropertyDescriptor(RegExp.prototype, 'flags').get.call(1)
Object.getOwnPropertyDescriptor(RegExp.prototype, 'source').get.call({})
Map.prototype.get.call({})
Map.prototype.set.call(1)
Map.prototype.get.call(undefined)
Map.prototype.get.call('abc')
Map.prototype.get.call(Symbol('s'))
Map.prototype.get.call(() => {})
Map.prototype.get.call([1, 2])
Map.prototype.get.call(new Set)
Map.prototype.get.call(class A {})
Map.prototype.get.call(null)
Map.prototype.has.call({})
Map.prototype.delete.call({})
Map.prototype.clear.call({})
Map.prototype.forEach.call({})
Map.prototype.keys.call({})
Map.prototype.entries.call({})
new Map().forEach(1)
Object.getOwnPropertyDescriptor(Map.prototype, 'size').get.call({})
new Map().entries().next.call({})
Map.groupBy(1)
Set.prototype.add.call({})
Set.prototype.has.call(1)
Set.prototype.values.call({})
Object.getOwnPropertyDescriptor(Set.prototype, 'size').get.call({})
new Set().forEach(1)
new Set().union(1)
new Set().union([])
new Set().isSubsetOf({ size: NaN })
WeakMap.prototype.get.call({})
WeakSet.prototype.has.call({})
WeakRef.prototype.deref.call({})
FinalizationRegistry.prototype.register.call({})
Promise.prototype.then.call(1)
Promise.prototype.catch.call(1)
Promise.prototype.finally.call(1)
Promise.call({}, () => {})
(function* () {})().next.call({})
var g = (function* () { g.next() })(); g.next()
[][Symbol.iterator]().next.call({})
Iterator()
new Iterator()
Iterator.from(1)
[].values().map(1)
[].values().take(-1)
[].values().take(NaN)
[].values().drop(-1)
[].values().reduce((a, b) => a)
Iterator.prototype.map.call(1)
Function.prototype.toString.call({})
Function.prototype.bind.call(1)
(function () {}).apply(null, 1)
Reflect.apply(1)
Reflect.apply(() => {}, null, 1)
Reflect.construct(1)
Reflect.construct(function () {}, 1)
Reflect.construct(function () {}, [], 1)
Reflect.get(1, 'x')
Reflect.set(1, 'x')
Reflect.has(1, 'x')
Reflect.ownKeys(1)
Reflect.getPrototypeOf(1)
Reflect.setPrototypeOf(1, {})
Reflect.setPrototypeOf({}, 1)
Reflect.defineProperty(1)
Reflect.deleteProperty(1)
Reflect.isExtensible(1)
({}) instanceof 1
({}) instanceof {}
({}) instanceof (() => {})
var x = {}; ({}) instanceof x
var x; ({}) instanceof x
({}) instanceof { [Symbol.hasInstance]: 1 }
class A extends 1 {}
class A extends undefined {}
class A extends null {} new A
class A extends ({}) {}
class A extends (() => {}) {}
class A extends Math.max {}
function F() {} F.prototype = 1; class A extends F {}
class A { constructor() { return 1 } } new A
class A {} class B extends A { constructor() {} } new B
class A {} class B extends A { constructor() { this.x = 1 } } new B
class A {} class B extends A { constructor() { super(); super() } } new B
class A {} class B extends A { constructor() { super(); return 1 } } new B
class A {} class B extends A { constructor() { return 1 } } new B
class A extends Object { constructor() { super.x } } new A
class A { static prototype() {} }
class A { static ['prototype']() {} }
class A { #x; static f(o) { return o.#x } } A.f({})
class A { #x; static f(o) { o.#x = 1 } } A.f({})
class A { #x() {} f() { this.#x = 1 } } new A().f()
class A { get #x() { return 1 } f() { this.#x = 1 } } new A().f()
class A { set #x(v) {} f() { this.#x } } new A().f()
class A { static #x = 1; static f(o) { return o.#x } } A.f({})
class A { #x; static f(o) { return #x in o } } A.f(1)
class A { #x; constructor(o) { return o } } class B extends A { #y; constructor(o) { super(o) } } var o = {}; new B(o); new B(o)
class A { f() { super.x() } } new A().f()
class A { f() { super.x.y } } new A().f()
({ f() { super.x() } }).f()
({ f() { super.x.y.z } }).f()
class A { x = this.y.z } new A
class A { static x = this.y.z }
class A { static { this.y.z } }
decodeURIComponent('%')
decodeURI('%E0%A4%A')
encodeURIComponent('\\ud800')
Atomics.notify(new Int32Array(1), -1)
globalThis.foo.bar
(0, eval)('foo bar')
new Function('return )')
throw undefined
throw null
throw { a: 1 }
Error.captureStackTrace(1)
new AggregateError(1)
Symbol.asyncIterator.foo.bar
let x = 1; x.y.z
let x = {}; x.y.z.w()
let f = x => x.y; f()
async function f() {} f().foo()
with_ = 1
`.trim().split('\n');

const shown = (value) => {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return `thrown ${typeof value}`;
};
const strict = (source) => { (0, eval)(`'use strict'; (function () { ${source}\n})`).call({}); };
for (const source of sources) {
  let text = '(nothing)';
  try {
    strict(source);
  } catch (error) {
    text = shown(error);
  }
  console.log(`${source}\n    ${text}`);
}
