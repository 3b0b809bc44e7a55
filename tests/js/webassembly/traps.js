// Traps are RuntimeErrors; recursion without an end is a RangeError.
const attempt = (what, work) => {
  try {
    console.log(what, work());
  } catch (error) {
    console.log(what, error instanceof Error ? `${error.constructor.name}: ${error.message}` : error);
  }
};

// (module (memory 1 2) (table 4 funcref) (elem (i32.const 0) $unreachable) (type $v (func)) (type $i (func (param i32)))
//   (func $unreachable (export "unreachable") unreachable)
//   (func (export "divide") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
//   (func (export "truncate") (param f64) (result i32) (i32.trunc_f64_s (local.get 0)))
//   (func (export "load") (param i32) (result i32) (i32.load (local.get 0)))
//   (func (export "indirect") (param i32) (call_indirect (type $v) (local.get 0)))
//   (func (export "signature") (param i32) (call_indirect (type $i) (i32.const 1) (local.get 0)))
//   (func (export "place") (param i32) (drop (table.get 0 (local.get 0))))
//   (func $recurse (export "recurse") (call $recurse))
//   (func (export "fill") (memory.fill (i32.const 65530) (i32.const 1) (i32.const 100)))
//   (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
const module = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABGAVgAABgAX8AYAJ/fwF/YAF8AX9gAX8BfwMLCgACAwQBAQEAAAQEBAFwAAQFBAEBAQIHYQoLdW5yZWFjaGFibGUAAAZkaXZpZGUAAQh0cnVuY2F0ZQACBGxvYWQAAwhpbmRpcmVjdAAECXNpZ25hdHVyZQAFBXBsYWNlAAYHcmVjdXJzZQAHBGZpbGwACARncm93AAkJBwEAQQALAQAKUAoDAAALBwAgACABbQsFACAAqgsHACAAKAIACwcAIAARAAALCQBBASAAEQEACwcAIAAlABoLBAAQBwsOAEH6/wNBAUHkAPwLAAsGACAAQAAL', 'base64'));

const { exports: e } = new WebAssembly.Instance(module);
attempt('unreachable', () => e.unreachable());
attempt('zero', () => e.divide(1, 0));
attempt('NaN', () => e.truncate(NaN));
attempt('large', () => e.truncate(1e20));
attempt('load', () => e.load(65536));
attempt('load', () => e.load(-1));
attempt('null', () => e.indirect(1));
attempt('outside', () => e.indirect(10));
attempt('signature', () => e.signature(0));
attempt('place', () => e.place(10));
attempt('recurse', () => e.recurse());
attempt('fill', () => e.fill());
attempt('grow', () => [e.grow(1), e.grow(1), e.grow(0)]);
try {
  e.unreachable();
} catch (error) {
  console.log(Object.getOwnPropertyNames(error), error instanceof WebAssembly.RuntimeError, error.stack.split('\n')[0]);
}
// (module (import "a" "t" (table 1 funcref)) (func $f) (elem (i32.const 1) $f))
const elements = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAACCQEBYQF0AXAAAQMCAQAJBwEAQQELAQAKBAECAAs=', 'base64'));

attempt('elements', () => new WebAssembly.Instance(elements, { a: { t: new WebAssembly.Table({ element: 'anyfunc', initial: 1 }) } }));
// (module (import "a" "f" (func $f)) (start $f))
const starts = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAACBwEBYQFmAAAIAQA=', 'base64'));

attempt('start', () => new WebAssembly.Instance(starts, { a: { f() { throw new Error('of the start function'); } } }));
// (module (import "a" "f" (func $f (param i32))) (func $s (call $f (i32.const 7))) (func (export "other")) (start $s))
const startsOwn = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABCAJgAX8AYAAAAgcBAWEBZgAAAwMCAQEHCQEFb3RoZXIAAggBAQoLAgYAQQcQAAsCAAs=', 'base64'));

attempt('start', () => Object.keys(new WebAssembly.Instance(startsOwn, { a: { f(x) { console.log('started with', x); } } }).exports));
let depth = 0;
const { g } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAACBwEBYQFmAAADAgEABwUBAWcAAQoGAQQAEAAL', 'base64')), { a: { f() { depth++; g(); } } }).exports;
attempt('through both', () => g());
console.log(depth > 100);
