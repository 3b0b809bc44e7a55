'use strict';
// Operations on files are resources: told at the call, before and after the callback, and when they are over.
const { createHook, executionAsyncId, triggerAsyncId } = require('async_hooks');
const fs = require('fs');
const kinds = new Map();
const told = [];
const hook = createHook({
  init(id, kind, trigger) {
    if (!kind.startsWith('FSREQ')) return;
    kinds.set(id, kind);
    told.push(`init ${kind} ${trigger === executionAsyncId()}`);
  },
  before(id) { if (kinds.has(id)) told.push(`before ${kinds.get(id)}`); },
  after(id) { if (kinds.has(id)) told.push(`after ${kinds.get(id)}`); },
  destroy(id) { if (kinds.has(id)) told.push(`destroy ${kinds.get(id)}`); },
}).enable();
fs.access(__filename, () => {
  told.push(`callback ${kinds.get(executionAsyncId())} ${triggerAsyncId() > 0}`);
  setImmediate(() => setImmediate(() => {
    hook.disable();
    console.log(told.join('\n'));
  }));
});
