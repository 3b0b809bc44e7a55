// Locks by name: whose turn it is, who leaves, who steals, who gives up, what a query shows.
const { locks } = navigator;
const tried = async (...args) => {
  try { return await locks.request(...args); } catch (error) { return [error.name, error.code, error.message]; }
};
const clients = (list) => list.map(({ name, mode }) => `${name}:${mode}`).join();
(async () => {
  const nothing = () => {};
  for (const args of [['a', 5, nothing], ['a'], ['a', { mode: 'x' }, nothing], ['a', { signal: {} }, nothing], ['-a', nothing], ['a', { steal: true, ifAvailable: true }, nothing], ['a', { steal: true, mode: 'shared' }, nothing]]) console.log(await tried(...args));
  console.log(await locks.request('a', (lock) => `${lock.name} ${lock.mode} ${Object.prototype.toString.call(lock)}`));
  const order = [];
  await Promise.all([
    locks.request('q', async () => { order.push('first'); await new Promise((done) => setTimeout(done, 5)); order.push('first ends'); }),
    locks.request('q', { mode: 'shared' }, async () => { order.push('shared 1'); await null; await null; order.push('shared 1 ends'); }),
    locks.request('q', { mode: 'shared' }, () => { order.push('shared 2'); }),
    locks.request('q', () => { order.push('last'); }),
  ]);
  console.log(order.join(' | '));
  await locks.request('b', async () => {
    console.log(await locks.request('b', { ifAvailable: true }, (lock) => lock));
    const later = locks.request('b', { mode: 'shared' }, () => 'in turn');
    const { held, pending } = await locks.query();
    console.log(clients(held), '/', clients(pending), /^node-\d+-0$/.test(held[0].clientId));
    later.then(console.log);
  });
  console.log(await tried('c', () => { throw new RangeError('thrown'); }));
  const robbed = tried('d', () => new Promise(() => {}));
  await new Promise(setImmediate);
  console.log(await locks.request('d', { steal: true }, () => 'stolen'), await robbed);
  const controller = new AbortController();
  locks.request('e', () => new Promise(() => {}));
  const given = tried('e', { signal: controller.signal }, nothing);
  controller.abort(new TypeError('no more'));
  console.log(await given, await tried('e', { signal: controller.signal }, nothing));
  locks.request('e', () => console.log('never'));
})();
