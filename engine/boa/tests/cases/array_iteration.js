// Arrays with holes, accessors and elements of all kinds
var a = [1, , 3]; Object.defineProperty(a, 3, { get() { return 'got' } }); var seen = []; for (const x of a) seen.push(String(x)); [...seen, ...[1.5, 'x'], ...[, 0]].join()
//=> 1,undefined,3,got,1.5,x,,0
// The array grows, shrinks and changes while it is gone through
var a = [1, 2, 3], seen = []; for (const x of a) { seen.push(x); if (x === 1) a.push(4); if (x === 2) a.pop(); if (x === 3) a.length = 0 } seen.join()
//=> 1,2,3
// An iterator that was at the end stays there
var a = [1], it = a[Symbol.iterator](); var seen = [...it]; a.push(2); seen.push(...it); for (const x of it) seen.push(x); seen.join()
//=> 1
// next is replaced, and put back
var next = Object.getPrototypeOf([][Symbol.iterator]()), original = next.next, calls = 0; next.next = function () { calls++; return original.call(this) }; var seen = [...[1, 2]]; for (const x of [3]) seen.push(x); next.next = original; var [p, q] = [5, 6]; [seen.join(), calls, p, q].join(';')
//=> 1,2,3;5;5;6
// Symbol.iterator is replaced
var a = [1, 2]; a[Symbol.iterator] = function* () { yield 'mine' }; [...a].join()
//=> mine
// keys, entries, and typed arrays
var seen = []; for (const k of ['a', 'b'].keys()) seen.push(k); for (const [k, v] of ['a', 'b'].entries()) seen.push(k + v); for (const x of new Uint8Array([7, 8])) seen.push(x); for (const x of new BigInt64Array(1)) seen.push(typeof x); seen.join()
//=> 0,1,0a,1b,7,8,bigint
// A typed array loses its buffer on the way
var t = new Uint8Array(3), seen = []; try { for (const x of t) { seen.push(x); t.buffer.transfer() } } catch (e) { seen.push(e.name) } seen.join()
//=> 0,TypeError
// Leaving early calls return where there is one
var closed = 0; Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())).return = function () { closed++; return {} }; for (const x of [1, 2]) break; var [first] = [1, 2]; var [a1, ...rest] = [1, 2]; delete Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())).return; closed
//=> 2
// Iterators by hand go on where the loop stopped
var it = [1, 2, 3, 4].values(), seen = []; for (const x of it) { seen.push(x); if (x === 2) break } var r = it.next(); seen.push(r.value, r.done, Object.keys(r).join('')); seen.join()
//=> 1,2,3,false,valuedone
// for await over what gives a plain array iterator
var late; (async () => { var seen = []; for await (const x of { [Symbol.asyncIterator]() { return [1, 2].values() } }) seen.push(x); late = seen.join() })()
//=> 1,2
// yield* over an array
function* g() { yield* [1, 2]; return 3 } [...g()].join()
//=> 1,2
// arguments and strings are no arrays
function f() { return [...arguments].join() } f(1, 2) + [...'ab'].join()
//=> 1,2a,b
// Names of objects: own ones first, nothing twice, nothing that was deleted meanwhile.
var o = { b: 1, a: 2, 1: 3 }, log = []; for (var k in o) { log.push(k); delete o.a } log.join()
//=> 1,b
var log = []; for (var k in Object.create({ x: 1, y: 2 }, { x: { value: 1, enumerable: false }, z: { value: 1, enumerable: true } })) log.push(k); log.join()
//=> z,y
var log = []; Object.prototype.far = 1; for (var k in [7]) log.push(k); delete Object.prototype.far; log.join()
//=> 0,far
var log = []; for (var k in 'ab') log.push(k); for (var k in null) log.push(k); for (var k in 5) log.push(k); log.join()
//=> 0,1
