'use strict';
const { mock } = require('node:test');
const tp = require('timers/promises');
mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'setImmediate', 'Date', 'scheduler.wait'], now: 1000 });
const log = [];
setTimeout((x) => log.push(x), 10, 'timeout');
const i = setInterval(() => log.push(`interval ${Date.now()}`), 4);
setImmediate(() => log.push('immediate'));
mock.timers.tick(9);
console.log(log.splice(0), new Date().getTime(), Date.now());
mock.timers.tick();
console.log(log.splice(0));
clearInterval(i);
mock.timers.tick(100);
console.log(log.splice(0), Date.isMock, typeof Date());
setTimeout(() => log.push('b'), 20);
setTimeout(() => log.push('a'), 10);
mock.timers.runAll();
console.log(log.splice(0));
mock.timers.setTime(5000);
console.log(Date.now(), new Date(0).getTime(), new Date(2020, 1).getFullYear(), new Date() instanceof Date);
const promised = tp.setTimeout(50, 'value').then((v) => console.log('promise', v));
mock.timers.tick(50);
promised.then(async () => {
  const aborted = new AbortController();
  const waiting = tp.setTimeout(50, null, { signal: aborted.signal }).catch((e) => console.log(e.name, e.code));
  aborted.abort();
  await waiting;
  const each = tp.setInterval(10, 'tick');
  const next = each.next();
  await null;
  mock.timers.tick(10);
  console.log(await next);
  mock.timers.reset();
  console.log(Date.isMock, setTimeout.name);
  for (const call of [() => mock.timers.tick(1), () => mock.timers.enable({ apis: ['nope'] }), () => mock.timers.enable({ now: -1 }), () => mock.timers.enable({ now: 'x' }), () => { mock.timers.enable(); mock.timers.enable(); }, () => mock.timers.tick(-1), () => mock.timers.setTime('x')]) {
    try { call(); console.log('no error'); } catch (error) { console.log(error.name, error.code, error.message); }
  }
  mock.timers.reset();
});
