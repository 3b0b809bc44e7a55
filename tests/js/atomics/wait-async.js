// Promises of Atomics.waitAsync: notified by this thread, by a worker, by nobody in time. They keep no program running.
const { Worker } = require('worker_threads');

const shared = new Int32Array(new SharedArrayBuffer(64));
console.log(Atomics.waitAsync(shared, 2, 5), Atomics.waitAsync(shared, 3, 0, 0));
const told = (name) => (how) => console.log(name, how);
const notified = Atomics.waitAsync(shared, 1, 0).value.then(told('by this thread'));
setTimeout(() => console.log(Atomics.notify(shared, 1)), 10);
notified.then(() => {
  const byWorker = Atomics.waitAsync(shared, 4, 0, 60_000).value.then(told('by a worker'));
  const source = `Atomics.notify(new Int32Array(require('worker_threads').workerData), 4)`;
  new Worker(source, { eval: true, workerData: shared.buffer });
  return byWorker;
}).then(() => {
  const kept = setTimeout(() => {}, 10_000);
  return Atomics.waitAsync(shared, 8, 0, 20).value.then(told('by nobody')).then(() => clearTimeout(kept));
}).then(() => {
  Atomics.waitAsync(shared, 9, 0, 60_000).value.then(told('never'));
  Atomics.waitAsync(shared, 10, 0).value.then(told('at the end'));
  Atomics.notify(shared, 10);
});
process.on('exit', () => console.log('exit'));
