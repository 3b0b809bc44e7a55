// v8.promiseHooks: what is told of promises, in order; what a hook throws is uncaught.
const { promiseHooks } = require('v8');
const names = new Map();
const log = [];
const name = (promise) => names.get(promise) ?? 'new';
const stop = promiseHooks.createHook({
  init: (promise, parent) => log.push(`init ${parent ? `after ${name(parent)}` : 'alone'}`),
  before: (promise) => log.push(`before ${name(promise)}`),
  after: (promise) => log.push(`after ${name(promise)}`),
  settled: (promise) => log.push(`settled ${name(promise)}`),
});
const first = Promise.resolve(1);
names.set(first, 'first');
const second = first.then(() => log.push('reaction'));
names.set(second, 'second');
second.then(() => {
  stop();
  console.log(log.join('\n'));
  process.on('uncaughtException', (error) => console.log('uncaught', error.message));
  const only = promiseHooks.onInit(() => {
    only();
    throw new Error('of a hook');
  });
  Promise.resolve();
  for (const hook of [undefined, 1, async () => {}, async function* () {}]) {
    try {
      promiseHooks.onSettled(hook);
    } catch (error) {
      console.log(error.code, error.message);
    }
  }
});
