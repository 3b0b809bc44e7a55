// Globals.
const attempt = (what, work) => {
  try {
    console.log(what, work());
  } catch (error) {
    console.log(what, error instanceof Error ? `${error.constructor.name}: ${error.message}` : error);
  }
};

const { Global } = WebAssembly;
const made = [[], [{}], [1], [{ value: 'i32' }], [{ value: 'i32' }, 5.7], [{ value: 'i64' }], [{ value: 'i64' }, 5], [{ value: 'i64' }, 5n], [{ value: 'f32' }, 1.1], [{ value: 'f64' }, 1.1], [{ value: 'externref' }], [{ value: 'externref' }, 'x'], [{ value: 'externref' }, undefined], [{ value: 'externref' }, null], [{ value: 'anyfunc' }], [{ value: 'anyfunc' }, () => 1], [{ value: 'v128' }], [{ value: 'x' }], [{ value: 'i32' }, 1n]];
for (const args of made) {
  attempt(args, () => {
    const global = new Global(...args);
    return [global.value, global.valueOf()];
  });
}
const global = new Global({ value: 'i32', mutable: true }, 1);
global.value = '7';
console.log(global.value);
attempt('immutable', () => { 'use strict'; new Global({ value: 'i32' }, 1).value = 3; });
const { get, set } = Object.getOwnPropertyDescriptor(Global.prototype, 'value');
attempt('get', () => get.call({}));
attempt('set', () => set.call({}));
attempt('set', () => set.call(global));
attempt('valueOf', () => Global.prototype.valueOf.call(1));
// (module (global (export "g") (mut i64) (i64.const 5)) (global (export "f") funcref (ref.func $f)) (func $f (export "func") (result i64) (global.get 0)) (global (export "e") (mut externref) (ref.null extern)))
const module = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBQFgAAF+AwIBAAYQA34BQgULcADSAAtvAdBvCwcUBAFnAwABZgMBBGZ1bmMAAAFlAwIKBgEEACMACw==', 'base64'));

const { exports } = new WebAssembly.Instance(module);
exports.g.value = 9n;
console.log(exports.func(), exports.f.value === exports.func, exports.g === exports.g, exports.e.value);
exports.e.value = exports;
console.log(exports.e.value === exports);
const func = new Global({ value: 'anyfunc', mutable: true });
func.value = exports.func;
console.log(func.value === exports.func, func.value());
