// A module can be cloned and sent to another thread; nothing else can.
const { Worker, isMainThread, parentPort, workerData } = require('node:worker_threads');
if (isMainThread) {
  // (module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  const module = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBwFgAn9/AX8DAgEABwcBA2FkZAAACgkBBwAgACABags=', 'base64'));
  
  const copy = structuredClone({ module }).module;
  console.log(copy, copy !== module, new WebAssembly.Instance(copy).exports.add(1, 2));
  const things = { Memory: new WebAssembly.Memory({ initial: 0 }), Table: new WebAssembly.Table({ element: 'anyfunc', initial: 0 }), Global: new WebAssembly.Global({ value: 'i32' }), Instance: new WebAssembly.Instance(module) };
  for (const thing of Object.values(things)) {
    try {
      structuredClone(thing);
    } catch (error) {
      console.log(error.name, error.message);
    }
  }
  const worker = new Worker(__filename, { workerData: module });
  worker.once('message', (first) => {
    console.log(first);
    worker.once('message', console.log);
    worker.postMessage(module);
  });
} else {
  parentPort.postMessage(new WebAssembly.Instance(workerData).exports.add(20, 22));
  parentPort.once('message', (module) => parentPort.postMessage([module instanceof WebAssembly.Module, new WebAssembly.Instance(module).exports.add(1, 1)]));
}
