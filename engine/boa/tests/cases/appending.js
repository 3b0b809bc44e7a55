var a = []; a[0] = 1; a[1] = 1.5; a[2] = 'x'; a.push(4, 5); a.length + ' ' + a.join()
//=> 5 1,1.5,x,4,5
var a = [1, , 3]; a[3] = 4; a.push(5); a.length + ' ' + a.join()
//=> 5 1,,3,4,5
var a = []; a.length = 3; a[3] = 1; a.push(2); a.length + ' ' + a.join() + ' ' + (0 in a)
//=> 5 ,,,1,2 false
// Setters of prototypes have a say in an assignment, none in a literal.
var log = []; Object.defineProperty(Array.prototype, 1, { set(v) { log.push(v) }, configurable: true }); var a = [0]; a[1] = 7; a.length + ' ' + log + ' ' + [...'abc'].join('')
//=> 1 7 abc
var log = []; Object.defineProperty(Object.prototype, 0, { set(v) { log[1] = v }, configurable: true }); var a = []; a.push(7); a.length + ' ' + log[1] + ' ' + (0 in Object.getOwnPropertyNames(a) && Object.getOwnPropertyNames(a)[0])
//=> 1 7 length
Object.preventExtensions([1]).push(2)
//!! TypeError: Cannot add property 1, object is not extensible
var a = [1]; Object.defineProperty(a, 'length', { writable: false }); a[1] = 2; a.length + ' ' + a.join()
//=> 1 1
class A extends Array {} var a = new A(); a[0] = 1; a.push(2); a.length + ' ' + a.constructor.name
//=> 2 A
Array.prototype.push(1); var n = Array.prototype.length; Array.prototype.length = 0; n
//=> 1
// What super has is not written to.
var o = { __proto__: [5], m() { super[0] = 1; return Object.getPrototypeOf(this)[0] + ' ' + this[0] } }; o.m()
//=> 5 1
BigInt.asIntN(64, 2n ** 64n - 1n) + ' ' + BigInt.asUintN(2 ** 53 - 1, 5n) + ' ' + BigInt.asIntN(2 ** 53 - 1, -5n) + ' ' + BigInt.asIntN(3, 4n) + ' ' + BigInt.asIntN(3, -5n) + ' ' + BigInt.asUintN(3, -5n) + ' ' + BigInt.asIntN(1, 1n) + ' ' + BigInt.asUintN(64, -1n)
//=> -1 5 -5 -4 3 3 -1 18446744073709551615
BigInt.asUintN(2 ** 53 - 1, -5n)
//!! RangeError: Maximum BigInt size exceeded
