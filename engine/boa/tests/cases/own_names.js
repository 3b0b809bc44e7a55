// Names in order, hidden ones left out; a name that is deleted on the way is not visited, one that is added may be
var o = { b: 1, 2: 1, a: 1, 1: 1, [Symbol('s')]: 1 }; Object.defineProperty(o, 'hidden', { value: 1 }); var seen = []; for (var k in o) { seen.push(k); delete o.a } [seen, Object.keys({ b: 1, 2: 1, a: 1, 1: 1 })].join('|')
//=> 1,2,b|1,2,b,a
// V8 visits a name that becomes hidden on the way
var o = { a: 1, b: 2, c: 3 }; var seen = []; for (var k in o) { seen.push(k); if (k === 'a') Object.defineProperty(o, 'b', { enumerable: false }) } seen.join()
//=> a,b,c
// Names of prototypes come after, shadowed ones do not
var p = { x: 1, y: 2, hidden: 3 }; var o = Object.create(p, { hidden: { value: 1 }, z: { value: 1, enumerable: true }, y: { value: 1, enumerable: true } }); var seen = []; for (var k in o) seen.push(k); seen.join()
//=> z,y,x
Array.prototype.extra = 1; var seen = []; try { for (var k in [5, , 7]) seen.push(k) } finally { delete Array.prototype.extra } seen.join()
//=> 0,2,extra
var seen = []; for (var k in 'ab') seen.push(k); for (var k in new Uint8Array(2)) seen.push(k); for (var k in new Proxy({ q: 1 }, {})) seen.push(k); for (var k in null) seen.push('no'); for (var k in 5) seen.push('no'); seen.join()
//=> 0,1,0,1,q
var a = [1, 2, 3]; var seen = []; for (var k in a) { seen.push(k); a.length = 2 } seen.join()
//=> 0,1
// Getters run in order and may change the object
var o = { a: 1, get b() { delete this.c; return 2 }, c: 3 }; [Object.values(o), Object.entries(o)].join('|')
//=> 1,2|a,1,b,2
[Object.entries([7, , 8]), Object.values('hi'), Object.keys(function f(a) {}), Object.keys(new Proxy({ a: 1, b: 2 }, { ownKeys: () => ['b', 'a'] }))].join('|')
//=> 0,7,2,8|h,i||b,a
var sparse = []; sparse[100000] = 1; sparse[5] = 2; Object.defineProperty(sparse, 7, { value: 3, enumerable: false }); var seen = []; for (var k in sparse) seen.push(k); [seen, Object.keys(sparse)].join('|')
//=> 5,100000|5,100000
