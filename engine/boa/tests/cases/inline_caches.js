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
