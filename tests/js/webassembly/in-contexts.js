// Contexts of node:vm have it too.
const vm = require('node:vm');
const bytes = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
console.log(vm.runInNewContext('typeof WebAssembly.compile'), vm.runInNewContext('WebAssembly.validate(bytes)', { bytes }));
const context = vm.createContext({ bytes });
console.log(vm.runInContext('Object.keys(new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports).length', context), Object.keys(context));
console.log(vm.runInContext('try { new WebAssembly.Module(new bytes.constructor()) } catch (error) { error.name }', context));
vm.runInContext('WebAssembly = 1', context);
console.log(context.WebAssembly, typeof WebAssembly);
