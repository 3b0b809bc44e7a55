// Which imports fit, and what is said of those that do not.
const attempt = (what, work) => {
  try {
    console.log(what, work());
  } catch (error) {
    console.log(what, error instanceof Error ? `${error.constructor.name}: ${error.message}` : error);
  }
};

const { Memory, Table, Global, Instance } = WebAssembly;
attempt('not a module', () => new Instance({}));
attempt('imports', () => new Instance(new WebAssembly.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)), 1));
// (module (import "a" "f" (func)))
const func = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAACBwEBYQFmAAA=', 'base64'));

attempt('nothing', () => new Instance(func));
attempt('no module', () => new Instance(func, {}));
attempt('a number', () => new Instance(func, { a: 1 }));
attempt('no function', () => new Instance(func, { a: {} }));
attempt('a function as the module', () => new Instance(func, { a: Object.assign(() => {}, { f() {} }) }));
// (module (import "a" "f" (func)) (import "b" "g" (func)))
const two = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAACDQIBYQFmAAABYgFnAAA=', 'base64'));

attempt('the second', () => new Instance(two, { a: { f() {} }, b: { g: 5 } }));
const asked = [];
attempt('the order', () => new Instance(two, new Proxy({}, { get: (target, key) => (asked.push(key), {}) })));
console.log(asked);
// (module (import "a" "g" (global i32)) (export "g" (global 0)))
const global = new WebAssembly.Module(Buffer.from('AGFzbQEAAAACCAEBYQFnA38ABwUBAWcDAA==', 'base64'));

for (const g of [undefined, 'x', 1n, new Global({ value: 'i32', mutable: true }), new Global({ value: 'f32' }), 7.9, new Global({ value: 'i32' }, 8)]) {
  attempt(g, () => new Instance(global, { a: { g } }).exports.g.value);
}
// (module (import "a" "g" (global i64)) (export "g" (global 0)))
const long = new WebAssembly.Module(Buffer.from('AGFzbQEAAAACCAEBYQFnA34ABwUBAWcDAA==', 'base64'));

attempt('i64', () => new Instance(long, { a: { g: 1 } }));
attempt('i64', () => new Instance(long, { a: { g: 2n ** 64n + 5n } }).exports.g.value);
// (module (import "a" "g" (global $g (mut i32))) (func (export "add") (global.set $g (i32.add (global.get $g) (i32.const 1)))) (export "g" (global 0)))
const variable = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAACCAEBYQFnA38BAwIBAAcLAgNhZGQAAAFnAwAKCwEJACMAQQFqJAAL', 'base64'));

attempt('mutable', () => new Instance(variable, { a: { g: 1 } }));
attempt('mutable', () => new Instance(variable, { a: { g: new Global({ value: 'i32' }, 1) } }));
const shared = new Global({ value: 'i32', mutable: true }, 1);
const adds = new Instance(variable, { a: { g: shared } }).exports;
adds.add();
console.log(shared.value, adds.g === shared, shared.valueOf());
// (module (import "a" "m" (memory 2 3)) (export "m" (memory 0)))
const memory = new WebAssembly.Module(Buffer.from('AGFzbQEAAAACCQEBYQFtAgECAwcFAQFtAgA=', 'base64'));

for (const m of [undefined, {}, new Memory({ initial: 1, maximum: 3 }), new Memory({ initial: 2 }), new Memory({ initial: 2, maximum: 5 }), new Memory({ initial: 2, maximum: 3 })]) {
  attempt('memory', () => new Instance(memory, { a: { m } }).exports.m === m);
}
// (module (import "a" "t" (table 2 3 funcref)) (export "t" (table 0)))
const table = new WebAssembly.Module(Buffer.from('AGFzbQEAAAACCgEBYQF0AXABAgMHBQEBdAEA', 'base64'));

for (const t of [undefined, {}, { initial: 1, maximum: 3 }, { initial: 2 }, { initial: 2, maximum: 5 }, { initial: 2, maximum: 3 }]) {
  const made = t?.initial ? new Table({ element: 'anyfunc', ...t }) : t;
  attempt('table', () => new Instance(table, { a: { t: made } }).exports.t === made);
}
attempt('externref', () => new Instance(table, { a: { t: new Table({ element: 'externref', initial: 2, maximum: 3 }) } }));
// (module (func (export "f") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
const exports = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBgFgAX8BfwMCAQAHBQEBZgAACgkBBwAgAEEBags=', 'base64'));

// (module (import "a" "f" (func (param i64))))
const wants = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBQFgAX4AAgcBAWEBZgAA', 'base64'));

const { f } = new Instance(exports).exports;
attempt('signature', () => new Instance(wants, { a: { f } }));
// (module (import "a" "f" (func $f (param i32) (result i32))) (export "g" (func $f)) (func (export "twice") (param i32) (result i32) (call $f (call $f (local.get 0)))))
const passes = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBgFgAX8BfwIHAQFhAWYAAAMCAQAHDQIBZwAABXR3aWNlAAEKCgEIACAAEAAQAAs=', 'base64'));

const passed = new Instance(passes, { a: { f } }).exports;
console.log(passed.g === f, passed.twice(1), f.name, passed.twice.name);
const plain = (x) => x + 0.9;
const wrapped = new Instance(passes, { a: { f: plain } }).exports;
console.log(wrapped.g === plain, wrapped.g(1.5), wrapped.g.name, wrapped.g.length, wrapped.twice(1));
