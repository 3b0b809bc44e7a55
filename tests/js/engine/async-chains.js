'use strict';
// Who waits for an async function: found through `then`, `race`, promises resolved with promises, and async generators.
const show = (error) => console.log(error.stack.split('\n').slice(1).filter((line) => !line.includes('node:')).map((line) => line.trim().replace(/\(.*\)|\/.*/, '')).join(' | '));
async function leaf() { await 0; throw new Error('leaf'); }
async function* values() { await 0; throw new Error('values'); }
async function* delegated() { yield* values(); }
const waiting = {
  async then() { await leaf().then(() => 1); },
  async catches() { await leaf().catch((error) => { throw error; }); },
  async finals() { await leaf().finally(() => 1); },
  async race() { await Promise.race([leaf()]); },
  async all() { await Promise.all([0, leaf()]); },
  async callback() { await Promise.resolve().then(function step() { throw new Error('step'); }); },
  async thenable() { await { then(resolve, reject) { reject(new Error('thenable')); } }; },
  async next() { await values().next(); },
  async delegation() { await delegated().next(); },
  async resolved() { await new Promise((resolve) => resolve(leaf())); },
};
(async () => {
  for (const [name, wait] of Object.entries(waiting)) {
    console.log(name);
    await wait().catch(show);
  }
})();
