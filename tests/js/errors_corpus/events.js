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

const events = require('events'); const { EventEmitter } = events; const e = new EventEmitter();
for (const m of ['on', 'addListener', 'once', 'prependListener', 'prependOnceListener', 'off', 'removeListener']) each(`e.${m}`, [undefined, null, 1, 'x', {}, []], (v) => e[m]('a', v));
each('setMaxListeners', [-1, NaN, 'x', null, {}, undefined, true], (v) => e.setMaxListeners(v)); each('defaultMaxListeners', [-1, NaN, 'x', null, true], (v) => { EventEmitter.defaultMaxListeners = v; }); each('events.setMaxListeners', [-1, 'x', NaN], (v) => events.setMaxListeners(v)); each('events.setMaxListeners target', [1, 'x', {}], (v) => events.setMaxListeners(1, v)); each('getEventListeners', [1, {}, null, undefined], (v) => events.getEventListeners(v, 'a')); each('getMaxListeners', [1, {}, null], (v) => events.getMaxListeners(v)); each('emit error', [undefined, null, 1, 'x', { a: 1 }, new Error('thrown')], (v) => e.emit('error', v)); bad('emit error none', () => e.emit('error')); each('captureRejections', [1, 'x', {}], (v) => new EventEmitter({ captureRejections: v })); each('EventEmitter.captureRejections', [1, 'x'], (v) => { EventEmitter.captureRejections = v; }); each('listenerCount', [1, {}], (v) => events.listenerCount(v, 'x')); each('on options', [1, 'x', null], (v) => events.on(e, 'x', v)); each('on signal', [1, 'x', {}], (v) => events.on(e, 'x', { signal: v })); each('on water', [0, -1, 'x', 1.5], (v) => events.on(e, 'x', { highWaterMark: v })); each('addAbortListener', [undefined, 1, {}], (v) => events.addAbortListener(v, fn)); each('addAbortListener fn', [undefined, 1], (v) => events.addAbortListener(new AbortController().signal, v)); bad('Async', () => new events.EventEmitterAsyncResource.prototype.constructor.call({}));
const t = new EventTarget(); bad('new Event()', () => new Event()); each('new Event', [s], (v) => new Event(v)); each('new Event options', [1, 'x'], (v) => new Event('a', v)); each('dispatchEvent', [undefined, null, 1, {}], (v) => t.dispatchEvent(v)); bad('addEventListener()', () => t.addEventListener()); bad('addEventListener(1)', () => t.addEventListener('a')); each('addEventListener', [1, 'x', true, s], (v) => t.addEventListener('a', v)); each('addEventListener signal', [1, {}, null], (v) => t.addEventListener('a', fn, { signal: v })); bad('removeEventListener()', () => t.removeEventListener()); bad('foreign', () => t.addEventListener.call({}, 'a', fn)); bad('AbortSignal', () => new AbortSignal()); each('AbortSignal.timeout', [undefined, -1, 'x', 1.5, null], (v) => AbortSignal.timeout(v)); each('AbortSignal.any', [undefined, 1, [1], [{}]], (v) => AbortSignal.any(v)); bad('abort foreign', () => AbortController.prototype.abort.call({})); bad('throwIfAborted', () => AbortSignal.abort('reason').throwIfAborted()); bad('CustomEvent()', () => new CustomEvent());
(async () => { for (const v of [1, {}, null]) await events.once(v, 'x').then(null, (er) => told(`once ${brief(v)}`, er)); for (const v of [1, 'x', { signal: 1 }]) await events.once(e, 'x', v).then(null, (er) => told(`once options ${brief(v)}`, er)); })();
