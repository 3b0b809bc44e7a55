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

const qs = require('querystring');
each('qs.escape', [s], (v) => qs.escape(v)); bad('qs.escape null proto', () => qs.escape({ __proto__: null })); bad('qs.stringify lone', () => qs.stringify({ a: '\ud800' })); bad('qs.escape lone', () => qs.escape('\udc00')); bad('qs.escape valueOf', () => qs.escape({ toString: 1, valueOf: 2 }));
bad('qs.parse maxKeys', () => { qs.parse('a=1', '&', '=', { decodeURIComponent() { throw new TypeError('custom'); } }); throw new Error('kept'); });
