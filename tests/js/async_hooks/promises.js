// Promises as resources: each is told of once, its reactions run between before and after, and ids follow await.
const { createHook, executionAsyncId, executionAsyncResource } = require('async_hooks');

const seen = new Map();
const hook = createHook({
  init(id, type, trigger, resource) { if (type === 'PROMISE') seen.set(id, { n: seen.size, trigger, before: 0, after: 0, resolved: 0, is: resource instanceof Promise }); },
  before(id) { if (seen.has(id)) seen.get(id).before++; },
  after(id) { if (seen.has(id)) seen.get(id).after++; },
  promiseResolve(id) { if (seen.has(id)) seen.get(id).resolved++; },
}).enable();

const first = new Promise((resolve) => setTimeout(resolve, 1, 'value'));
const second = first.then((value) => {
  console.log(value, seen.has(executionAsyncId()), executionAsyncResource() === second);
});
second.then(() => {
  hook.disable();
  const name = (id) => (seen.has(id) ? `promise ${seen.get(id).n}` : id);
  for (const { n, trigger, before, after, resolved, is } of seen.values()) {
    console.log(n, 'by', n === 0 ? name(trigger) : name(trigger), before, after, resolved, is);
  }
});
