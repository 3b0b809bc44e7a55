'use strict';
// Every call is wrong: what it throws is printed by name, code and message.
let n = 0;
const brief = (value) => (typeof value === 'symbol' ? String(value) : typeof value === 'function' ? 'fn' : typeof value === 'bigint' ? value + 'n' : JSON.stringify(value) ?? String(value));
const told = (label, error) => console.log(`#${++n} ${label}: ${error?.name} ${error?.code} ${String(error?.message).split('\\n').slice(0, 3).join(' | ')}`);
const bad = (label, call) => {
  try {
    call();
    console.log(`#${++n} ${label}: no error`);
  } catch (error) {
    told(label, error);
  }
};
const each = (label, values, call) => values.forEach((value) => bad(`${label}(${brief(value)})`, () => call(value)));
const s = Symbol('s');
const fn = () => {};

const timers = require('timers'); const tp = require('timers/promises');
for (const name of ['setTimeout', 'setInterval', 'setImmediate']) { each(`timers.${name}`, [undefined, null, 1, 'x', {}, s], (v) => timers[name](v)); each(name, [undefined, 'code'], (v) => globalThis[name](v)); }
each('queueMicrotask', [undefined, null, 1, {}], (v) => queueMicrotask(v));
(async () => { for (const [label, call] of [['tp.setTimeout options', (v) => tp.setTimeout(1, 0, v)], ['tp.setImmediate options', (v) => tp.setImmediate(0, v)]]) for (const v of [1, 'x', null, { signal: 1 }, { signal: {} }, { ref: 1 }, { ref: 'x' }]) await call(v).then(() => console.log(label, 'no error'), (e) => told(`${label} ${brief(v)}`, e)); for (const v of [1, { signal: 1 }, { ref: 1 }]) await tp.setInterval(1, 0, v).next().then(() => console.log('no error'), (e) => told(`tp.setInterval ${brief(v)}`, e)); for (const v of ['x', null, {}]) await (async () => tp.setTimeout(v))().then(() => console.log('ok'), (e) => told(`tp.setTimeout delay ${brief(v)}`, e)); bad('scheduler', () => new tp.scheduler.constructor()); })();
