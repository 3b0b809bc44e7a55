// flags: --max-memory=100
// out: done

// Nothing refers to them any more.
for (let i = 0; i < 2000; i++) new WebAssembly.Memory({ initial: 10 });
// (module (memory (export "m") 10) (func (export "f") (result i32) (i32.const 1)))
const module = new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBQFgAAF/AwIBAAUDAQAKBwkCAW0CAAFmAAAKBgEEAEEBCw==', 'base64'));
for (let i = 0; i < 2000; i++) {
  const { exports } = new WebAssembly.Instance(module);
  exports.m.self = [exports.f(), exports.m.buffer];
}
console.log('done');
