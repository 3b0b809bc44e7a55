'use strict';
const { inspect } = require('util');
let n = 0;
const show = (value, options) => console.log(`#${++n}`, inspect(value, options));

const { format, formatWithOptions } = require('util');
const f = (...a) => console.log(`#${++n}`, format(...a));
f('%s', 'a'); f('%s', 1); f('%s', -0); f('%s', 1n); f('%s', Symbol('x')); f('%s', null); f('%s', undefined); f('%s', {}); f('%s', { a: { b: { c: 1 } } }); f('%s', [1, [2, [3]]]); f('%s', () => {}); f('%s', class A {}); f('%s', new Date(0)); f('%s', new Error('e').message); f('%s', { toString() { return 'ts'; } }); f('%s', new (class { toString() { return 'cls'; } })()); f('%s', Object.create(null)); f('%s', true);
f('%d', 1); f('%d', '2'); f('%d', 'x'); f('%d', 1n); f('%d', -0); f('%d', Symbol('a')); f('%d', {}); f('%d', null); f('%i', 1.9); f('%i', '2.5px'); f('%i', 5n); f('%i', 'x'); f('%i', {}); f('%f', '1.5x'); f('%f', 1n); f('%f', Symbol('b')); f('%f', 'x');
f('%j', { a: 1 }); f('%j', undefined); f('%j', 'x'); const c = {}; c.c = c; f('%j', c); f('%j', { toJSON() { return 'tj'; } }); f('%o', { a: [1] }); f('%o', [1]); f('%O', { a: { b: { c: { d: {} } } } }); f('%O', [1]); f('%c', 'css'); f('a%cb', 'css'); f('%%'); f('%%', 1); f('100%', 1); f('%s'); f('%x', 1); f('%s %s', 'a'); f('%s', 'a', 'b'); f('a', 'b', { c: 1 }); f(1, 2, '3'); f({ a: 1 }, 'x'); f(); f(''); f('%s', ''); f('%', 1); f('%s%d%i%f%j%o%O%c%%', 1, 2, 3, 4, 5, 6, 7, 8); f(null, undefined); f('%s', 'x\ny'); f('%s', -0, -0); f('%d', '0x10'); f('%i', 1e21); f('%s', 12345678901234567890n);
console.log(formatWithOptions({ colors: true }, '%s %O', 'a', { b: 1 })); console.log(formatWithOptions({ compact: false }, '%O', { b: { c: 1 } })); console.log(formatWithOptions({ numericSeparator: true }, '%d %s', 12345, 67890n));
