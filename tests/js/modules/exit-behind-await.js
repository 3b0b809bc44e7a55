// A worker whose ES module exits behind an await at its top level; limits and terminate() end one too.
const { Worker } = require('worker_threads');
const run = (code, after) => new Promise((resolve) => {
  const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(code)));
  worker.on('error', (error) => resolve('error ' + error.message));
  worker.on('exit', (code) => resolve('exit ' + code));
  after?.(worker);
});
(async () => {
  console.log(await run('await 1; process.exit(3)'));
  console.log(await run('await 1; process.exit()'));
  console.log(await run('await 1; throw new Error("thrown")'));
  console.log(await run('await 1; for (;;);', (worker) => worker.on('online', () => setTimeout(() => worker.terminate(), 100))));
})();
