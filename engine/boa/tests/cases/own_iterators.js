// Collections that change while they are gone through
var m = new Map([[1, 'a'], [2, 'b'], [3, 'c']]); var seen = []; for (var [k, v] of m) { seen.push(k + v); if (k === 1) { m.delete(2); m.set(4, 'd') } } seen.join()
//=> 1a,3c,4d
var s = new Set([1, 2, 3]); var seen = []; for (var v of s) { seen.push(v); s.delete(v); if (v < 3) s.add(v + 10) } [seen, s.size].join('|')
//=> 1,2,3,11,12|0
[[...new Map([[1, 2]]).keys(), ...new Map([[1, 2]]).values()], [...new Set([5]).entries()], [...'a😀\ud800b'].map((c) => c.length)].join('|')
//=> 1,2|5,5|1,2,1,1
// A replaced next is called
var proto = Object.getPrototypeOf(new Map()[Symbol.iterator]()); var next = proto.next; var calls = 0; proto.next = function () { calls++; return next.call(this) }; try { [...new Map([[1, 2]])] } finally { proto.next = next } calls
//=> 2
var proto = Object.getPrototypeOf([][Symbol.iterator]()); var next = proto.next; var calls = 0; proto.next = function () { calls++; return next.call(this) }; try { var [a] = [1] } finally { proto.next = next } calls
//=> 1
var proto = Object.getPrototypeOf(''[Symbol.iterator]()); proto.return = () => { seen.push('closed'); return {} }; var seen = []; try { for (var c of 'abc') { seen.push(c); break } } finally { delete proto.return } seen.join()
//=> a,closed
var a = [1, 2]; a[Symbol.iterator] = function* () { yield 'mine' }; [...a].join()
//=> mine
// instanceof asks Symbol.hasInstance
class Even { static [Symbol.hasInstance](n) { return n % 2 === 0 } } [2 instanceof Even, 1 instanceof Even, [] instanceof Array, (() => {}).bind() instanceof Function, Object.create(Array.prototype) instanceof Array].join()
//=> true,false,true,true,true
({}) instanceof (() => {})
//!! TypeError: Function has non-object prototype 'undefined' in instanceof check
({}) instanceof {}
//!! TypeError: Right-hand side of 'instanceof' is not callable
