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

const { StringDecoder } = require('string_decoder');
each('new StringDecoder', [1, 'nope', {}, null, true, 'utf', s], (v) => { new StringDecoder(v); throw new Error('made'); }); const d = new StringDecoder(); each('write', [undefined, null, 1, true, {}, [], s, fn], (v) => d.write(v)); each('end', [1, true, {}, []], (v) => d.end(v));
