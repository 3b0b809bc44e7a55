'use strict';
// A store follows timers, promises, ticks and bound functions.
const { AsyncLocalStorage, AsyncResource } = require('async_hooks');
const storage = new AsyncLocalStorage();
console.log(storage.getStore(), new AsyncLocalStorage({ name: 'n', defaultValue: 5 }).getStore());
storage.run({ id: 1 }, async () => {
  setTimeout(() => {
    console.log('timer', storage.getStore());
    setImmediate(() => console.log('immediate', storage.getStore().id));
  }, 1);
  process.nextTick(() => console.log('tick', storage.getStore().id));
  Promise.resolve().then(() => console.log('then', storage.getStore().id));
  await null;
  console.log('await', storage.getStore().id);
  storage.run({ id: 2 }, () => console.log('inner', storage.getStore().id));
  storage.exit(() => console.log('exit', storage.getStore()));
  console.log(storage.getStore().id);
});
const bound = storage.run('b', () => AsyncLocalStorage.bind(function (x) { return [storage.getStore(), x, this.t]; }));
console.log(bound.call({ t: 1 }, 2), bound.length);
const snapshot = storage.run('s', () => AsyncLocalStorage.snapshot());
console.log(snapshot((a) => storage.getStore() + a, '!'));
const resource = storage.run('r', () => new AsyncResource('Kind'));
console.log(resource.runInAsyncScope(function (a) { return [this.x, a, storage.getStore()]; }, { x: 1 }, 2), resource.emitDestroy() === resource);
console.log(resource.bind((a, b) => storage.getStore()).length, AsyncResource.bind(() => storage.getStore())());
storage.enterWith('entered');
console.log(storage.getStore());
storage.disable();
console.log(storage.getStore());
for (const fail of [() => new AsyncLocalStorage(1), () => AsyncLocalStorage.bind(1), () => new AsyncResource(), () => new AsyncResource('X', -2), () => resource.bind(1), () => require('async_hooks').createHook({ init: 1 })]) {
  try {
    fail();
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
