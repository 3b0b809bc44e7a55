// An error that leaves a script shows where it was thrown, before its stack.
const vm = require('node:vm');
const head = (run) => { try { run(); } catch (error) { console.log(error.stack.split('\n').filter((line) => !line.startsWith('    at '))); } };
head(() => vm.runInThisContext('throw new Error("a")', { filename: 'a.vm' }));
head(() => vm.runInNewContext('\n  null.x', {}, { filename: 'b.vm' }));
head(() => new vm.Script('var 5;', { filename: 'c.vm' }));
head(() => vm.runInThisContext(' throw new Error("d")', { filename: 'd.vm', lineOffset: 10, columnOffset: 20 }));
head(() => vm.runInThisContext('throw new Error("e")', { filename: 'e.vm', displayErrors: false }));
