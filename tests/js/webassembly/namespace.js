// Names, attributes and how things show.
const describe = (object, name) => {
  for (const key of Reflect.ownKeys(object)) {
    const { writable, enumerable, configurable, value, get, set } = Object.getOwnPropertyDescriptor(object, key);
    const shown = get ? [get.name, set?.name, set?.length] : typeof value === 'function' ? [value.name, value.length] : [typeof value];
    console.log(name, key, [writable, enumerable, configurable].map(Number).join(''), ...shown);
  }
};
const { Module, Instance, Memory, Table, Global, CompileError, LinkError, RuntimeError } = WebAssembly;
console.log(Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly').enumerable, String(WebAssembly), Object.keys(WebAssembly).slice(0, 5));
for (const item of [Module, Instance, Memory, Table, Global, CompileError, LinkError, RuntimeError]) {
  console.log(item, Object.getOwnPropertyDescriptor(WebAssembly, item.name).enumerable);
  describe(item, item.name);
  describe(item.prototype, item.name + '.prototype');
}
const module = new Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0));
const instance = new Instance(module);
console.log([module, instance, new Memory({ initial: 0 }), new Table({ element: 'anyfunc', initial: 0 }), new Global({ value: 'i32' })]);
console.log(instance.exports, Object.isFrozen(instance.exports), Object.getPrototypeOf(instance.exports), instance.exports === instance.exports);
console.log(String(module), String(instance), String(new Memory({ initial: 0 })));
for (const item of [CompileError, LinkError, RuntimeError]) {
  const error = item('called');
  console.log(error instanceof item, error instanceof Error, error.name, error.message, Object.getOwnPropertyNames(error), String(error.stack).split('\n')[0]);
  console.log(new item('made', { cause: 1 }).cause, Object.getPrototypeOf(item) === Error, 'message' in new item());
}
for (const item of [Module, Instance, Memory, Table, Global]) {
  try {
    item();
  } catch (error) {
    console.log(error.message);
  }
}
class Mine extends Memory {}
console.log(new Mine({ initial: 1 }) instanceof Mine, new Mine({ initial: 1 }).buffer.byteLength);
