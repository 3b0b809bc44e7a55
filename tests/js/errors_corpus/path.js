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

const path = require('path');
const NS = [undefined, null, 1, true, {}, [], s, fn, 1n];
for (const name of ['basename', 'dirname', 'extname', 'isAbsolute', 'normalize', 'parse', 'join', 'matchesGlob']) each(`path.${name}`, NS, (v) => path[name](v));
each('path.resolve', NS, (v) => path.resolve(v)); each('path.relative', NS, (v) => path.relative(v, 'a')); each('path.relative 2', NS, (v) => path.relative('a', v));
each('path.format', [undefined, null, 1, 'x', true, s], (v) => path.format(v)); each('path.basename 2', [1, null, {}, true], (v) => path.basename('a', v)); each('path.win32.join', NS.slice(0, 4), (v) => path.win32.join('a', v));
