'use strict';
// What look-ups and resolvers refuse, and what addresses give.
const dns = require('dns');
const attempt = async (name, work) => {
  try {
    const value = await work();
    console.log(name, value === undefined ? '' : value);
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};
(async () => {
  await attempt('empty', () => dns.lookup('', () => {}));
  await attempt('empty promise', () => dns.promises.lookup(''));
  await attempt('no callback', () => dns.lookup('a', 'x'));
  await attempt('options', () => dns.lookup('a', 'x', () => {}));
  await attempt('family', () => dns.lookup('a', 5, () => {}));
  await attempt('order', () => dns.lookup('a', { order: 'x' }, () => {}));
  await attempt('hints', () => dns.lookup('a', { hints: 3 }, () => {}));
  await attempt('name', () => dns.resolve4());
  await attempt('callback', () => dns.resolve4('a'));
  await attempt('rrtype', () => dns.resolve('a', 'X', () => {}));
  await attempt('reverse', () => dns.promises.reverse('a'));
  await attempt('servers', () => dns.setServers('a'));
  await attempt('server', () => dns.setServers([1]));
  await attempt('server', () => dns.setServers(['1.2.3.4:x']));
  await attempt('timeout', () => new dns.Resolver({ timeout: 'a' }));
  await attempt('tries', () => new dns.Resolver({ tries: 0 }));
  await attempt('local', () => new dns.Resolver().setLocalAddress('x'));
  await attempt('local', () => new dns.Resolver().setLocalAddress('1.1.1.1', '2.2.2.2'));
  await attempt('default order', () => dns.setDefaultResultOrder('x'));
  await attempt('service', () => dns.lookupService('1'));
  await attempt('address', () => dns.promises.lookup('127.0.0.1'));
  await attempt('address', () => dns.promises.lookup('::1', { all: true }));
  dns.setServers(['4.4.4.4:53', '[2001:4860:4860::8888]:666', '103.238.225.181:666']);
  console.log(dns.getServers(), dns.getDefaultResultOrder());
})();
