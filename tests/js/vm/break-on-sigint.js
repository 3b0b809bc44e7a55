'use strict';

// Ctrl+C stops a script, and nothing else hears of it.
const vm = require('node:vm');

process.on('SIGINT', () => console.log('the listener'));

const interrupted = (run) => {
  try {
    run();
    console.log('not stopped');
  } catch (error) {
    console.log(error.code, error.message);
  }
};

const interrupt = "process.kill(process.pid, 'SIGINT'); for (;;);";
interrupted(() => vm.runInThisContext(interrupt.replaceAll('process', 'globalThis.process'), { breakOnSigint: true }));
interrupted(() => vm.runInContext(interrupt, vm.createContext({ process }), { breakOnSigint: true }));
interrupted(() => vm.runInThisContext('1', { breakOnSigint: true }));
setTimeout(() => {
  process.kill(process.pid, 'SIGINT');
  setTimeout(() => console.log('done'), 100);
}, 100);
