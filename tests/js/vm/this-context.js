'use strict';
// Code run in this context: its value, its file name, its scope.
const vm = require('vm');
globalThis.seen = 1;
console.log(vm.runInThisContext('seen + 1'), vm.runInThisContext('typeof require'), vm.isContext({}));
const script = new vm.Script('seen += 10', { filename: 'my-file.js' });
console.log(script.runInThisContext(), script.runInThisContext(), script instanceof vm.Script);
console.log(vm.compileFunction('return a + b', ['a', 'b'])(1, 2));
try {
  new vm.Script('throw new Error("here")', 'named.js').runInThisContext();
} catch (error) {
  console.log(error.message, error.stack.includes('named.js:1'));
}
try {
  new vm.Script('let let');
} catch (error) {
  console.log(error.name);
}
for (const fail of [() => vm.runInThisContext(1), () => vm.isContext(1), () => vm.compileFunction('', [1])]) {
  try {
    fail();
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
