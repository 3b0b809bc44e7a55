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

const os = require('os');
each('os.setPriority', [undefined, null, 'x', {}, 1.5], (v) => os.setPriority(0, v)); each('os.setPriority range', [-21, 20, 100], (v) => os.setPriority(0, v)); each('os.setPriority pid', ['x', null, 1.5, {}], (v) => os.setPriority(v, 1)); each('os.getPriority', ['x', null, 1.5, {}, true, 2 ** 40], (v) => os.getPriority(v)); each('os.userInfo', [{ encoding: 1 }].slice(1), (v) => os.userInfo(v));
