// A script declares its names where and when it runs, not where it was made.
const vm = require('node:vm');
new vm.Script('const a = 1');
const script = new vm.Script('const a = 2; a');
console.log(script.runInContext(vm.createContext({})), script.runInContext(vm.createContext({})));
globalThis.a = 5;
console.log(vm.runInThisContext('a'), new Function('return a')());
delete globalThis.a;
console.log(script.runInThisContext(), vm.runInThisContext('a'));
try { new vm.Script('const x = ;', { filename: 'bad.vm' }); } catch (error) { console.log(error.stack.split('\n')[0], error.name); }
