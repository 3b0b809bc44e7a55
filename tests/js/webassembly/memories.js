// Memories and their buffers.
const attempt = (what, work) => {
  try {
    console.log(what, work());
  } catch (error) {
    console.log(what, error instanceof Error ? `${error.constructor.name}: ${error.message}` : error);
  }
};

const { Memory } = WebAssembly;
const wrong = [undefined, null, 1, {}, { initial: -1 }, { initial: 'x' }, { initial: 65537 }, { initial: 2, maximum: 1 }, { initial: 1, maximum: 70000 }, { initial: 1, maximum: -1 }, { initial: 1n }, { initial: Infinity }, { initial: 1, address: 'i64' }, { initial: 1, address: 'foo' }, { initial: 2 ** 32 }, { initial: 1, shared: true }];
for (const descriptor of wrong) attempt(descriptor, () => new Memory(descriptor));
for (const descriptor of [{ initial: 1.7 }, { initial: { valueOf: () => 2 } }, { initial: '1', maximum: 3 }, { initial: 1n, address: 'i64' }]) attempt('right', () => new Memory(descriptor).buffer.byteLength);
const memory = new Memory({ initial: 1, maximum: 3 });
const { buffer } = memory;
console.log(memory.buffer === buffer, buffer.resizable, Object.isExtensible(buffer), buffer instanceof ArrayBuffer);
const view = new Uint8Array(buffer, 8, 4);
view.set([1, 2, 3]);
attempt('transfer', () => buffer.transfer());
attempt('clone', () => structuredClone(buffer, { transfer: [buffer] }));
console.log(structuredClone(view).byteLength);
console.log(memory.grow(1), buffer.byteLength, buffer.detached, view.length, memory.buffer === buffer, memory.buffer.byteLength, new Uint8Array(memory.buffer, 8, 4));
const before = memory.buffer;
console.log(memory.grow(0), before.detached);
attempt('grow', () => memory.grow());
attempt('grow', () => memory.grow(-1));
attempt('grow', () => memory.grow('1'));
attempt('grow', () => memory.grow(1));
attempt('grow', () => Memory.prototype.grow.call({}, 1));
attempt('buffer', () => Reflect.get(Memory.prototype, 'buffer', {}));
// (module (import "a" "memory" (memory 1)) (import "a" "look" (func $look))
//   (func (export "load") (param i32) (result i32) (i32.load8_u (local.get 0)))
//   (func (export "store") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
//   (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)) (call $look))
//   (func (export "copy") (memory.copy (i32.const 100) (i32.const 0) (i32.const 50)))
//   (export "memory" (memory 0)))
const module = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABDgNgAABgAX8Bf2ACf38AAhYCAWEGbWVtb3J5AgABAWEEbG9vawAAAwUEAQIBAAcnBQRsb2FkAAEFc3RvcmUAAgRncm93AAMEY29weQAEBm1lbW9yeQIACioEBwAgAC0AAAsJACAAIAE6AAALCAAgAEAAEAALDQBB5ABBAEEy/AoAAAs=', 'base64'));

const mine = new Memory({ initial: 1 });
const early = new Uint8Array(mine.buffer);
early[3] = 33;
const exports = new WebAssembly.Instance(module, { a: { memory: mine, look() { console.log('while it runs', early.length, mine.buffer.byteLength); } } }).exports;
console.log(early.length, early[3], exports.load(3), exports.memory === mine);
exports.store(5, 300);
early[7] = 7;
console.log(early[5], exports.load(7), Buffer.from(mine.buffer, 0, 10));
exports.copy();
console.log(early[103], new DataView(mine.buffer).getUint32(100, true));
console.log(exports.grow(2), early.length, mine.buffer.byteLength, exports.load(3), exports.grow(70000));
// A second instance of the same memory, and one with a table beside it.
const second = new WebAssembly.Instance(module, { a: { memory: mine, look() {} } }).exports;
second.store(9, 99);
console.log(exports.load(9), new Uint8Array(mine.buffer)[9], second.memory === mine);
// (module (import "a" "memory" (memory 1)) (import "a" "table" (table 1 funcref)) (import "a" "global" (global $g (mut i32))) (elem (i32.const 0) $f)
//   (func $f (result i32) (i32.add (i32.load8_u (i32.const 0)) (global.get $g))))
const mixed = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBQFgAAF/AiUDAWEGbWVtb3J5AgABAWEFdGFibGUBcAABAWEGZ2xvYmFsA38BAwIBAAkHAQBBAAsBAAoMAQoAQQAtAAAjAGoL', 'base64'));

const three = { memory: new Memory({ initial: 1 }), table: new WebAssembly.Table({ element: 'anyfunc', initial: 1 }), global: new WebAssembly.Global({ value: 'i32', mutable: true }, 1) };
const bytes = new Uint8Array(three.memory.buffer);
new WebAssembly.Instance(mixed, { a: three });
bytes[0] = 41;
console.log(three.table.get(0)());
three.global.value = 2;
console.log(three.table.get(0)());
// What moves to another instance's store takes its bytes along.
const late = new Memory({ initial: 1 }), lateBytes = new Uint8Array(late.buffer);
lateBytes[0] = 100;
new WebAssembly.Instance(mixed, { a: { memory: late, table: three.table, global: three.global } });
lateBytes[0]++;
console.log(three.table.get(0)(), lateBytes.length, late.buffer === lateBytes.buffer);
const own = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBAFgAAADAgEABQMBAAEHDAIBbQIABGdyb3cAAAoJAQcAQQFAABoLCwoBAEEBCwRBQmhp', 'base64'))).exports;
console.log(Buffer.from(own.m.buffer, 0, 6), own.m === own.m);
own.grow();
console.log(Buffer.from(own.m.buffer, 0, 6), own.m.buffer.byteLength);
