// The same place sets `length` again and again: arrays are cut each time
function cut(a, n) { a.length = n; return a } var seen = []; for (var k = 0; k < 3; k++) { var a = cut([1, 2, 3, 4], 2); seen.push(a[2], a.length) } seen.join()
//=> ,2,,2,,2
// A property of the prototype goes after it was cached
function get(o) { return o.x } var top = { x: 'top' }, mid = Object.create(top), o = Object.create(mid); var seen = [get(o)]; mid.x = 'mid'; seen.push(get(o), get(o)); delete mid.x; seen.push(get(o), get(o)); seen.join()
//=> top,mid,mid,top,top
// It becomes an accessor, and a value again
function get(o) { return o.x } var p = { x: 1 }, o = Object.create(p); var seen = [get(o), get(o)]; Object.defineProperty(p, 'x', { get() { return 2 }, configurable: true }); seen.push(get(o), get(o)); Object.defineProperty(p, 'x', { value: 3 }); seen.push(get(o)); seen.join()
//=> 1,1,2,2,3
// Another property takes its place
function get(o) { return o.b } var p = { a: 1, b: 2, c: 3 }, o = Object.create(p); var seen = [get(o), get(o)]; delete p.a; seen.push(get(o)); delete p.b; seen.push(get(o)); seen.join()
//=> 2,2,2,
// An own property comes to hide the prototype's, on an object whose shape is its own
function get() { return globalThis.hidden } Object.prototype.hidden = 'far'; var seen = [get(), get()]; globalThis.hidden = 'near'; seen.push(get(), get()); delete Object.prototype.hidden; seen.join()
//=> far,far,near,near
// A property becomes read-only
function set(v) { globalThis.fixed = v } set(1); set(2); Object.defineProperty(globalThis, 'fixed', { writable: false }); set(3); globalThis.fixed
//=> 2
// Methods of a class are replaced
class A { m() { return 1 } } var a = new A(); function call() { return a.m() } var seen = [call(), call()]; A.prototype.m = () => 2; seen.push(call()); delete A.prototype.m; try { call() } catch (e) { seen.push(e.name) } seen.join()
//=> 1,1,2,TypeError
// Found on a prototype far away; one in between comes to hide it, and goes
function get(o) { return o.m } class A {} class B extends A {} class C extends B {} class D extends C {} A.prototype.m = 1; var d = new D(); var seen = [get(d), get(d)]; C.prototype.m = 2; seen.push(get(d), get(d)); delete C.prototype.m; seen.push(get(d)); seen.join()
//=> 1,1,2,2,1
// Nothing found, until there is
function get(o) { return o.none } var p = {}, o = Object.create(p); var seen = [get(o), get(o)]; Object.prototype.none = 1; seen.push(get(o)); delete Object.prototype.none; seen.push(get(o)); p.none = 2; seen.push(get(o)); o.none = 3; seen.push(get(o)); seen.join()
//=> ,,1,,2,3
// A prototype in between is replaced
function get(o) { return o.m } var a = { m: 1 }, b = Object.create(a), c = Object.create(b), o = Object.create(c); var seen = [get(o), get(o)]; Object.setPrototypeOf(b, { m: 2 }); seen.push(get(o), get(o)); seen.join()
//=> 1,1,2,2
// An object and a proxy, which shares its shape; an object that starts like one
function get(o) { return o.x } var seen = []; for (var o of [Object.create(null), Object.create(null), new Proxy({ x: 1 }, {}), new Proxy(Object.create(null), { get() { return 2 } })]) seen.push(get(o), get(o)); seen.join()
//=> ,,,,1,1,2,2
// The length of typed arrays, of a class of one, of a lost buffer, of an array that hides it
function len(o) { return o.length } class T extends Uint8Array {} var t = new Uint8Array(4), s = new T(5); var own = new Uint8Array(6); Object.defineProperty(own, 'length', { value: 'own' }); var seen = [len(t), len(t), len(s), len(s), len(own), len(own)]; t.buffer.transfer(); seen.push(len(t)); Object.defineProperty(T.prototype, 'length', { get() { return 'class' } }); seen.push(len(s)); seen.join()
//=> 4,4,5,5,own,own,0,class
// A property is added, until a setter, a read-only property or the object itself is in the way
function set(o) { 'use strict'; o.added = 1; return Object.keys(o).join() } var p = {}, log = []; var seen = [set(Object.create(p)), set(Object.create(p))]; Object.defineProperty(p, 'added', { set(v) { log.push(v) }, configurable: true }); seen.push(set(Object.create(p)), log.join()); Object.defineProperty(p, 'added', { value: 0, writable: false }); try { set(Object.create(p)) } catch (e) { seen.push(e.name) } delete p.added; seen.push(set(Object.create(p))); try { set(Object.preventExtensions(Object.create(p))) } catch (e) { seen.push(e.name) } seen.join(';')
//=> added;added;;1;TypeError;added;TypeError
// A property is added to objects of the same shape, frozen and sealed ones among them
function set(o) { o.x = 1; return o.x } var seen = []; for (var i = 0; i < 3; i++) seen.push(set({}), set(Object.freeze({})), set(Object.seal({}))); seen.join()
//=> 1,,,1,,,1,,
// A property that the prototype has is added to the object, and the prototype keeps its own
function set(o, v) { o.x = v } var p = { x: 0 }, a = Object.create(p), b = Object.create(p); set(a, 1); set(b, 2); set(a, 3); [a.x, b.x, p.x].join()
//=> 3,2,0
// A property becomes read-only on one object; another of the old shape can still be written
function set(o, v) { o.x = v; return o.x } var a = { x: 0 }, b = { x: 0 }; var seen = [set(a, 1), set(b, 2)]; Object.freeze(a); seen.push(set(a, 3), set(b, 4)); seen.join()
//=> 1,2,1,4
// Literals in a loop: names twice, accessors first, names like numbers, __proto__
var seen = []; for (var i = 0; i < 3; i++) { var o = { a: i, b: 2, a: 3, 7: 'seven', get c() { return 4 }, c: 5, __proto__: { d: 6 } }; seen.push(JSON.stringify(o), o.d) } new Set(seen).size + seen[0]
//=> 2{"7":"seven","a":3,"b":2,"c":5}
// Static fields that functions have already
var seen = []; for (var i = 0; i < 2; i++) { class S { static name = 'n' + i; static length = 9; static other = i } seen.push(S.name, S.length, S.other) } seen.join()
//=> n0,9,0,n1,9,1
// super sets on this, and reads from the prototype of the home object
class P { set v(x) { this.got = x } get v() { return 'P' } } class Q extends P { m(x) { super.v = x; super.plain = x; return [super.v, this.got, this.plain, Object.keys(this)].join() } } var q = new Q(); [q.m(1), q.m(2), new Q().m(3)].join(';')
//=> P,1,1,got,plain;P,2,2,got,plain;P,3,3,got,plain
// Primitives find the methods of their prototypes, also replaced ones
function call(v) { return v.hello() } String.prototype.hello = function () { return 's' + this.length }; Number.prototype.hello = () => 'n'; var seen = [call('ab'), call(1), call('abc')]; String.prototype.hello = () => 't'; seen.push(call('a')); seen.join()
//=> s2,n,s3,t
// More shapes than a place remembers
function get(o) { return o.z } var seen = []; for (var i = 0; i < 20; i++) { var o = {}; o['k' + i % 7] = 1; o.z = i; seen.push(get(o)) } seen.join('') === Array.from({ length: 20 }, (_, i) => i).join('')
//=> true
// A prototype that changes all the time
function get(o) { return o.x } var p = {}, o = Object.create(p), sum = 0; for (var i = 0; i < 300; i++) { p.x = i; sum += get(o); delete p.x; if (get(o) !== undefined) sum = NaN } sum
//=> 44850
