const { inspect } = require('util');
const show = (value, ...args) => console.log(inspect(value, ...args).replace(/\n +at .*/g, '\n at *').replace(/(\n at \*)+/g, '\n at *'));
const make = (Type, message, props, stack) => { const e = Object.assign(new Type(message), props); if (stack !== undefined) e.stack = stack; return e; };
const S = (head) => `${head}\n    at f (/a/b.js:1:2)\n    at g (/a/b.js:3:4)`;
show(new Error('x')); show(new Error('')); show(new Error()); show(new TypeError('multi\nline')); show(new RangeError('r')); show([new Error('in array')]); show({ e: new Error('in object') });
show(make(Error, 'a', { code: 'E1' })); show(make(Error, 'a', { code: 'E1', errno: -2, nested: { x: 1 } }));
show(new Error('outer', { cause: 'why' })); show(new Error('outer', { cause: undefined })); show(new Error('outer', { cause: { a: 1 } }));
show(make(Error, 'a', {}, '')); show(make(Error, '', {}, '')); show(make(Error, 'a', {}, 'Error: a')); show(make(Error, 'a', {}, undefined)); show(make(Error, 'a', {}, S('Error: a'))); show(make(Error, 'a', {}, 'custom stack')); show(make(Error, 'a', {}, 5)); show(make(Error, 'a', {}, { x: 1 }));  show(make(Error, 'a', {}, null));
show(make(Error, 'a', { name: 'Custom' }, S('Error: a'))); show(make(Error, 'a', { name: 'CustomError' }, S('Error: a'))); show(make(Error, 'a', { message: 'changed' }, S('Error: a'))); show(make(Error, 'a', { name: 'CustomError', message: 'b' }, S('CustomError: b')));
class MyError extends Error {} show(make(MyError, 'm', {}, S('Error: m'))); class Weird extends Error { constructor(m) { super(m); this.name = 'Named'; } } show(make(Weird, 'm', {}, S('Error: m'))); show(make(Weird, 'm', {}, S('Named: m'))); class FooError extends TypeError {} show(make(FooError, 'm', {}, S('TypeError: m'))); show(make(FooError, 'm', {}, 'TypeError')); show(make(FooError, 'm', {}, 'TypeError: m'));
class Tagged extends Error { get [Symbol.toStringTag]() { return 'tag'; } } show(make(Tagged, 'm', {}, S('Error: m')));
class ValidationError extends Error { name = 'ValidationError'; } show(make(ValidationError, 'v', {}, S('Error: v'))); show(make(ValidationError, 'v', {}, S('ValidationError: v')));
show(Object.setPrototypeOf(make(Error, 'm', {}, S('Error: m')), null)); show(Object.setPrototypeOf(make(TypeError, 'm', {}, S('TypeError: m')), null)); show(Object.setPrototypeOf(make(Error, 'm', {}, 'Error: m'), null)); show(Object.setPrototypeOf(make(MyError, 'm', {}, 'no name'), null));
show(make(Error, 'outer', { cause: 1 }, S('Error: outer')));
{ const inner = make(Error, 'inner', {}, `Error: inner\n    at x (/i.js:1:1)\n    at y (/i.js:2:2)\n    at a (/s.js:1:1)\n    at b (/s.js:2:2)\n    at c (/s.js:3:3)\n    at d (/s.js:4:4)`);
  const outer = new Error('outer', { cause: inner }); outer.stack = `Error: outer\n    at z (/o.js:1:1)\n    at a (/s.js:1:1)\n    at b (/s.js:2:2)\n    at c (/s.js:3:3)\n    at d (/s.js:4:4)`;
  console.log(inspect(outer)); console.log(inspect({ outer })); console.log(inspect(outer, { colors: true })); console.log(inspect(outer, { compact: false })); console.log(inspect([[outer]])); }
{ const rec = make(Error, 'deep', {}, 'Error: deep\n' + Array.from({ length: 12 }, () => '    at rec (/r.js:1:1)').join('\n') + '\n    at end (/r.js:9:9)'); console.log(inspect(rec));
  const pair = make(Error, 'deep', {}, 'Error: deep\n    at s (/r.js:0:0)\n' + Array.from({ length: 8 }, () => '    at ping (/r.js:1:1)\n    at pong (/r.js:2:2)').join('\n') + '\n    at end (/r.js:9:9)'); console.log(inspect(pair));
  const tri = make(Error, 'deep', {}, 'Error: deep\n' + Array.from({ length: 4 }, () => '    at a (/r.js:1:1)\n    at b (/r.js:2:2)\n    at b (/r.js:2:2)\n    at c (/r.js:2:3)').join('\n') + '\n    at end (/r.js:9:9)'); console.log(inspect(tri)); }
show(new AggregateError([make(Error, '1', {}, S('Error: 1')), make(TypeError, '2', {}, 'TypeError: 2')], 'all')); show(new AggregateError([], 'none')); show(new AggregateError([1, 2])); show(Object.assign(new Error('fake'), { errors: [1] }));
show(make(Error, 'hidden', { a: 1 }, S('Error: hidden')), { showHidden: true });
show(Object.create(Error.prototype)); show(Object.create(TypeError.prototype, { message: { value: 'made' } })); show(Object.assign(Object.create(MyError.prototype), { x: 1 }));
{ const e = make(Error, 'x', {}, S('Error: x')); e.self = e; show(e); }
{ const e = new Error('boom'); Object.defineProperty(e, 'stack', { get() { throw new Error('no'); } }); show(e); }
{ const e = new Error('boom'); Object.defineProperty(e, 'message', { get() { throw new Error('no'); } }); e.stack = 'Error: boom'; show(e); }
{ const e = new Error('boom'); Object.defineProperty(e, 'name', { get() { throw new Error('no'); } }); e.stack = 'Error: boom'; show(e); }
{ const e = new Error('boom'); e.stack = S('Error: boom'); e.name = { a: 1 }; show(e); }
{ const e = new Error('boom'); e.stack = S('Error: boom'); e.name = null; show(e); e.name = undefined; show(e); e.name = ''; show(e); e.name = 5; show(e); }
{ const e = new Error('boom'); e.stack = S('Error: boom'); e.message = { a: 1 }; show(e); e.message = null; show(e); e.message = ''; show(e); }
show(make(Error, 'msg with\n    at fake (x.js:1:1)', {}, S('Error: msg with\n    at fake (x.js:1:1)')));
show({ a: { b: { c: new Error('deep') } } }); show({ a: { b: { c: make(Error, 'deep', { x: 1 }, S('Error: deep')) } } }); show(new Error('d', { cause: new Error('e', { cause: new Error('f', { cause: new Error('g') }) }) }));
console.log(inspect(make(Error, 'c', {}, `Error: c\n    at f (node:internal/x:1:1)\n    at fs.read (node:fs:1:1)\n    at g (/x/node_modules/pkg/i.js:1:1)\n    at h (/x/node_modules/@s/p/i.js:1:1)\n    at ${'/y/z'}/node_modules/q/node_modules/r/i.js:1:1\n    at i (node:nope:1:1)\n    at node:fs:1:1`), { colors: true }));
