// Tables.
const attempt = (what, work) => {
  try {
    console.log(what, work());
  } catch (error) {
    console.log(what, error instanceof Error ? `${error.constructor.name}: ${error.message}` : error);
  }
};

const { Table } = WebAssembly;
for (const descriptor of [undefined, {}, { element: 'anyfunc' }, { element: 'funcref', initial: 1 }, { element: 'x', initial: 1 }, { element: 'anyfunc', initial: -1 }, { element: 'anyfunc', initial: 10000001 }, { element: 'anyfunc', initial: 5, maximum: 2 }, { element: 'anyfunc', initial: 1, maximum: 2 ** 32 }]) {
  attempt(descriptor, () => new Table(descriptor));
}
const table = new Table({ element: 'anyfunc', initial: 2, maximum: 5 });
attempt('get', () => table.get(0));
attempt('get', () => table.get());
attempt('get', () => table.get(2));
attempt('get', () => table.get(-1));
attempt('set', () => table.set(2, null));
attempt('set', () => table.set(0));
attempt('set', () => table.set());
for (const value of [() => 1, {}, undefined, 1]) attempt('set', () => table.set(0, value));
attempt('grow', () => table.grow(1));
attempt('grow', () => table.grow(10));
attempt('grow', () => table.grow(1, {}));
attempt('grow', () => table.grow());
console.log(table.length);
attempt('receiver', () => Table.prototype.get.call({}, 0));
const any = new Table({ element: 'externref', initial: 2 }, 'first');
const key = Symbol('key');
console.log(any.get(0), any.grow(1, key), any.get(2) === key, any.set(0), any.get(0), any.set(1, null), any.get(1), new Table({ element: 'externref', initial: 1 }).get(0));
attempt('first', () => new Table({ element: 'anyfunc', initial: 1 }, () => 1));
// (module (table (export "t") 3 10 funcref) (elem (i32.const 0) $f $g) (type $r (func (result i32)))
//   (func $f (export "f") (result i32) (i32.const 1)) (func $g (result i32) (i32.const 2))
//   (func (export "call") (param i32) (result i32) (call_indirect (type $r) (local.get 0)))
//   (func (export "shift") (table.set (i32.const 2) (table.get (i32.const 0)))))
const module = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABDQNgAAF/YAF/AX9gAAADBQQAAAECBAUBcAEDCgcYBAF0AQABZgAABGNhbGwAAgVzaGlmdAADCQgBAEEACwIAAQoeBAQAQQELBABBAgsHACAAEQAACwoAQQJBACUAJgAL', 'base64'));

const { exports } = new WebAssembly.Instance(module);
const { t } = exports;
console.log(t.get(0) === exports.f, t.get(1), t.get(1) === t.get(1), t.get(1)(), t.get(2), t.length);
exports.shift();
console.log(t.get(2) === exports.f, exports.call(1));
t.set(0, t.get(1));
console.log(exports.call(0));
// Functions of another instance keep what they are.
const other = new WebAssembly.Instance(module).exports;
other.t.set(0, null);
t.set(1, other.f);
console.log(t.get(1) === other.f, exports.call(1), t.grow(2, other.f), t.get(4) === other.f, exports.call(4));
attempt('null', () => other.call(0));
const filled = new Table({ element: 'anyfunc', initial: 2 }, exports.f);
console.log(filled.get(1) === exports.f);
table.set(0, exports.f);
console.log(table.get(0) === exports.f, table.get(1), table.length);
