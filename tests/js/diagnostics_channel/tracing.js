'use strict';
// Channels, stores bound to them, and the three ways to trace an operation.
const dc = require('diagnostics_channel');
const { AsyncLocalStorage } = require('async_hooks');
const channel = dc.channel('a');
console.log(channel === dc.channel('a'), channel.hasSubscribers, channel.name, channel instanceof dc.Channel);
const listener = (message, name) => console.log('got', message, name);
channel.subscribe(listener);
channel.publish({ x: 1 });
console.log(dc.hasSubscribers('a'), dc.unsubscribe('a', listener), dc.unsubscribe('a', listener), dc.hasSubscribers('a'));
const storage = new AsyncLocalStorage();
channel.bindStore(storage, (message) => message.y);
console.log(channel.runStores({ y: 'store' }, function (z) { return [storage.getStore(), z, this.t]; }, { t: 3 }, 4), channel.unbindStore(storage), channel.unbindStore(storage));
const tracing = dc.tracingChannel('op');
console.log(tracing.hasSubscribers, tracing.start.name, tracing.traceSync((a) => a * 2, {}, null, 4));
const handlers = {};
for (const name of ['start', 'end', 'asyncStart', 'asyncEnd', 'error']) handlers[name] = (message) => console.log(name, JSON.stringify(message), message.error instanceof Error);
tracing.subscribe(handlers);
console.log(tracing.hasSubscribers, tracing.traceSync((a) => a + 1, { k: 1 }, null, 1));
try {
  tracing.traceSync(() => { throw new Error('bad'); });
} catch (error) {
  console.log(error.message);
}
(async () => {
  console.log(await tracing.tracePromise(async (v) => v, { p: 1 }, null, 'v'));
  await tracing.tracePromise(async () => { throw new Error('no'); }, { p: 2 }).catch((error) => console.log(error.message));
  tracing.traceCallback((value, callback) => setImmediate(callback, null, value), -1, { c: 1 }, null, 'value', (error, value) => {
    console.log(error, value);
    console.log(tracing.unsubscribe(handlers), tracing.hasSubscribers);
    channel.subscribe(() => { throw new Error('listener'); });
    process.on('uncaughtException', (error) => console.log('uncaught', error.message));
    channel.publish(1);
    console.log('published');
  });
})();
for (const fail of [() => dc.channel(1), () => dc.subscribe('a', 1), () => dc.tracingChannel(1)]) {
  try {
    fail();
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
