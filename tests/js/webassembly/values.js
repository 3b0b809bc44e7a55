// How values cross.
const attempt = (what, work) => {
  try {
    console.log(what, work());
  } catch (error) {
    console.log(what, error instanceof Error ? `${error.constructor.name}: ${error.message}` : error);
  }
};

// (module
//   (func (export "i32") (param i32) (result i32) (local.get 0))
//   (func (export "i64") (param i64) (result i64) (local.get 0))
//   (func (export "f32") (param f32) (result f32) (local.get 0))
//   (func (export "f64") (param f64) (result f64) (local.get 0))
//   (func (export "func") (param funcref) (result funcref) (local.get 0))
//   (func (export "extern") (param externref) (result externref) (local.get 0))
//   (func (export "both") (param i32 i64) (result i32 i64) (local.get 0) (local.get 1))
//   (func (export "vector") (result v128) (v128.const i32x4 1 2 3 4))
//   (func (export "lane") (param i32) (result i32) (i32x4.extract_lane 2 (i32x4.mul (i32x4.splat (local.get 0)) (v128.const i32x4 1 2 3 4))))
//   (func (export "none") (param i32)))
const module = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABLglgAX8Bf2ABfgF+YAF9AX1gAXwBfGABcAFwYAFvAW9gAn9+An9+YAABe2ABfwADCwoAAQIDBAUGBwAIB0cKA2kzMgAAA2k2NAABA2YzMgACA2Y2NAADBGZ1bmMABAZleHRlcm4ABQRib3RoAAYGdmVjdG9yAAcEbGFuZQAIBG5vbmUACQpdCgQAIAALBAAgAAsEACAACwQAIAALBAAgAAsEACAACwYAIAAgAQsUAP0MAQAAAAIAAAADAAAABAAAAAseACAA/RH9DAEAAAACAAAAAwAAAAQAAAD9tQH9GwILAgAL', 'base64'));

const { exports: e } = new WebAssembly.Instance(module);
console.log([2 ** 32 + 5, '7', undefined, -1, NaN, 1e300, -0, true, null, { valueOf: () => 9 }].map((value) => e.i32(value)), e.i32(), e.i32(1, 2));
attempt('BigInt', () => e.i32(1n));
attempt('Symbol', () => e.i32(Symbol()));
attempt('i64', () => [e.i64('12'), e.i64(2n ** 65n + 3n), e.i64(-1n), e.i64(true)]);
attempt('i64', () => e.i64(1));
attempt('f32', () => [e.f32(1.1), e.f32('x'), e.f32(1e40), Object.is(e.f32(-0), -0)]);
attempt('f64', () => [e.f64('1.5'), e.f64(), e.f64(Infinity)]);
attempt('func', () => [e.func(null), e.func(e.i32) === e.i32]);
attempt('func', () => e.func(() => 1));
attempt('func', () => e.func());
const object = {}, symbol = Symbol('s');
attempt('extern', () => [e.extern(1), e.extern(), e.extern(null), e.extern(object) === object, e.extern(symbol) === symbol, e.extern('text'), e.extern(5n)]);
attempt('both', () => e.both(1, 2n));
attempt('vector', () => e.vector());
attempt('lane', () => e.lane(7));
attempt('none', () => e.none(1));
console.log(e.both.name, e.both.length, Object.getOwnPropertyNames(e.both), 'prototype' in e.both, String(e.both), e.both);
attempt('new', () => new e.i32(1));
console.log(Object.getOwnPropertyDescriptor(e, 'i32').writable, Object.keys(e).length);
const through = (module, f) => new WebAssembly.Instance(module, { a: { f } }).exports.g;
// (module (import "a" "f" (func $f (param i32) (result i32))) (func (export "g") (param i32) (result i32) (call $f (local.get 0))))
const one = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBgFgAX8BfwIHAQFhAWYAAAMCAQAHBQEBZwABCggBBgAgABAACw==', 'base64'));

attempt('this', () => through(one, function () { 'use strict'; return console.log(this, ...arguments); })(5));
attempt('text', () => through(one, () => '12')());
attempt('throws', () => through(one, () => ({ valueOf() { throw new TypeError('mine'); } }))());
const thrown = { any: 'value' };
attempt('identity', () => { try { through(one, () => { throw thrown; })(); } catch (error) { return error === thrown; } });
// (module (import "a" "f" (func $f (result i64))) (func (export "g") (result i64) (call $f)))
const long = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBQFgAAF+AgcBAWEBZgAAAwIBAAcFAQFnAAEKBgEEABAACw==', 'base64'));

attempt('i64', () => [through(long, () => 5n)(), through(long, () => '6')()]);
attempt('i64', () => through(long, () => 1)());
// (module (import "a" "f" (func $f (result i32 i64))) (func (export "g") (result i32 i64) (call $f)))
const several = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBgFgAAJ/fgIHAQFhAWYAAAMCAQAHBQEBZwABCgYBBAAQAAs=', 'base64'));

attempt('several', () => through(several, () => [1, 2n])());
attempt('several', () => through(several, function* () { yield '3'; yield 4n; })());
attempt('several', () => through(several, () => 1)());
attempt('several', () => through(several, () => undefined)());
attempt('several', () => through(several, () => [1])());
// (module (import "a" "f" (func $f (param i32) (result i32))) (func (export "g") (param i32) (result i32) (return_call $f (i32.add (local.get 0) (i32.const 1)))))
const tail = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBgFgAX8BfwIHAQFhAWYAAAMCAQAHBQEBZwABCgsBCQAgAEEBahIACw==', 'base64'));

attempt('tail call', () => through(tail, (x) => x * 2)(20));
