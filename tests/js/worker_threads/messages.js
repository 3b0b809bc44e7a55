// A worker's life: workerData, messages both ways, a transferred buffer, an uncaught error, the exit code.
const { Worker, isMainThread, parentPort, workerData, threadId } = require('worker_threads');

if (isMainThread) {
  const worker = new Worker(__filename, { workerData: { base: 20 }, argv: ['one', 2] });
  worker.on('online', () => console.log('online'));
  worker.on('message', (message) => {
    console.log('message', message);
    if (message.sum) {
      const bytes = new Uint8Array([1, 2, 3]);
      worker.postMessage({ bytes }, [bytes.buffer]);
      console.log('left here:', bytes.length);
    }
  });
  worker.on('error', (error) => console.log('error', error.name, error.message, error.code, error instanceof RangeError));
  worker.on('exit', (code) => console.log('exit', code, worker.threadId));
} else {
  parentPort.postMessage({ sum: workerData.base + 1, argv: process.argv.slice(2), first: threadId === 1 });
  parentPort.once('message', ({ bytes }) => {
    parentPort.postMessage({ got: [...bytes] });
    throw Object.assign(new RangeError('too much'), { code: 'TOO_MUCH' });
  });
}
