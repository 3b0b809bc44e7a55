// createHook: init, before, after and destroy of timers, ticks, immediates and AsyncResources; ids in callbacks.
const { createHook, executionAsyncId, triggerAsyncId, executionAsyncResource, AsyncResource } = require('async_hooks');

const lines = [];
const names = new Map();
const kinds = ['Timeout', 'TickObject', 'Immediate', 'Microtask', 'OURS'];
const hook = createHook({
  init(id, type, trigger) { if (kinds.includes(type)) { names.set(id, type); lines.push(`init ${type} by ${names.get(trigger) ?? (trigger === 1 ? 'main' : 'other')}`); } },
  before(id) { if (names.has(id)) lines.push(`before ${names.get(id)} ${executionAsyncId() === id}`); },
  after(id) { if (names.has(id)) lines.push(`after ${names.get(id)}`); },
  destroy(id) { if (names.has(id)) lines.push(`destroy ${names.get(id)}`); },
});
console.log(executionAsyncId(), triggerAsyncId(), typeof executionAsyncResource());
hook.enable();
const timeout = setTimeout(() => {
  lines.push(`timer ${executionAsyncResource() === timeout}`);
  setImmediate(() => lines.push('immediate'));
}, 1);
process.nextTick((value) => lines.push(`tick ${value}`), 'one');
queueMicrotask(() => lines.push('microtask'));
const ours = new AsyncResource('OURS');
ours.runInAsyncScope(() => lines.push(`ours ${executionAsyncId() === ours.asyncId()} ${executionAsyncResource() === ours}`));
ours.emitDestroy();
clearTimeout(setTimeout(() => {}, 1));
setTimeout(() => {
  hook.disable();
  console.log(lines.sort().join('\n'));
}, 50);
