'use strict';
const { mock } = require('node:test');
const shown = (calls) => calls.map(({ arguments: args, result, error, this: self, target }) => ({ args, result, error: error?.message, self: typeof self, target: typeof target }));
const f = mock.fn((a, b) => a + b);
console.log(f(1, 2), f.length, f.mock.callCount(), shown(f.mock.calls));
f.mock.mockImplementation((a) => a * 2);
f.mock.mockImplementationOnce(() => 'once');
console.log(f(4), f(4));
f.mock.resetCalls();
console.log(f.mock.callCount());
f.mock.restore();
console.log(f(1, 2));
const limited = mock.fn(() => 'original', () => 'mocked', { times: 2 });
console.log(limited(), limited(), limited());
const thrower = mock.fn(() => { throw new Error('x'); });
try { thrower(); } catch {}
console.log(shown(thrower.mock.calls));
const object = { value: 5, method(n) { return this.value + n; }, get prop() { return this.value; }, set prop(v) { this.value = v; } };
const m = mock.method(object, 'method');
console.log(object.method(1), m.mock.callCount(), shown(object.method.mock.calls));
m.mock.restore();
console.log(typeof object.method.mock);
mock.getter(object, 'prop', () => 'mocked');
console.log(object.prop);
mock.restoreAll();
console.log(object.prop);
class C { constructor(x) { this.x = x; } }
const K = mock.fn(C);
const made = new K(3);
console.log(made.x, made instanceof C, shown(K.mock.calls));
const p = mock.property(object, 'value', 42);
console.log(object.value, p.mock.accessCount());
object.value = 7;
console.log(object.value, p.mock.accesses.map(({ type, value }) => [type, value]));
p.mock.restore();
console.log(object.value);
for (const call of [() => mock.fn('x'), () => mock.fn(() => {}, 'x'), () => mock.method({}, 'nope'), () => mock.method(5, 'a'), () => mock.method({}, 5), () => mock.method(object, 'value'), () => mock.fn(() => {}, { times: 0 }), () => mock.fn(() => {}, { times: 'x' }), () => mock.property({}, 'x'), () => mock.getter(object, 'prop', { getter: false }), () => mock.method(object, 'prop', { getter: true, setter: true }), () => f.mock.mockImplementation(1), () => f.mock.mockImplementationOnce(() => {}, -1)]) {
  try { call(); console.log('no error'); } catch (error) { console.log(error.name, error.code, error.message); }
}
