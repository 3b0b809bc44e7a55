// Contexts and workers have an Intl of their own.
'use strict';
const vm = require('vm');
const { Worker, isMainThread, parentPort } = require('worker_threads');
const text = "[typeof Intl, Intl.NumberFormat('en').format(1234.5), (1234.5).toLocaleString(), new Date(0).toLocaleString('en', { timeZone: 'UTC' }), 'a'.localeCompare('B'), Object.getPrototypeOf(new Intl.NumberFormat().resolvedOptions()) === Object.prototype].join()";
if (isMainThread) {
  console.log(vm.runInNewContext(text));
  const sandbox = {};
  console.log(vm.runInNewContext('Intl', sandbox) === Intl, Object.getOwnPropertyNames(sandbox).length);
  new Worker(__filename).on('message', (message) => console.log(message));
} else {
  parentPort.postMessage(eval(text));
}
