// flags: --max-memory=100
// out: true true
// out: RangeError

// (module (memory 1) (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))
const { grow } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from('AGFzbQEAAAABBgFgAX8BfwMCAQAFAwEAAQcIAQRncm93AAAKCAEGACAAQAAL', 'base64'))).exports;
console.log(grow(100) === 1, grow(10000) === -1);
try {
  new WebAssembly.Memory({ initial: 10000 });
} catch (error) {
  console.log(error.name);
}
