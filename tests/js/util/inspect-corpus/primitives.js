'use strict';
const { inspect } = require('util');
let n = 0;
const show = (value, options) => console.log(`#${++n}`, inspect(value, options));

for (const v of [0, -0, 1, -1, 1.5, NaN, Infinity, -Infinity, 1e21, 1e-7, 123456789.123, 0xff, 2 ** 53, 5e-324, 1.7976931348623157e308]) show(v);
for (const v of [0n, 1n, -1n, 123456789012345678901234567890n, true, false, null, undefined]) show(v);
for (const v of ['', 'a', "it's", '"', '`', `'"`, `'"\``, '\n', '\t\r\b\f\v\0', '\x1b[31m', '\x7f\x80\x9f\xa0', '\ud800', '\udc00a', 'a\ud83d\ude00', 'é', '日本', '\\', 'a\\b', '\u2028']) show(v);
for (const v of [Symbol(), Symbol(''), Symbol('a'), Symbol('a b'), Symbol('\n'), Symbol.iterator, Symbol.for('x')]) show(v);
for (const v of [1234.5678, 123456789, -1234567.891, 123456789n, 0.0001, 1234.00005]) show(v, { numericSeparator: true });
show('x'.repeat(200));
show('x'.repeat(200), { maxStringLength: 10 });
show('abc', { maxStringLength: 0 });
show('abcd', { maxStringLength: 3 });
show(['x'.repeat(101), 'y'], { maxStringLength: 100 });
for (const v of [1, 'a', 1n, true, null, undefined, Symbol('s')]) show(v, { colors: true });
show('line one\nline two\nline three');
show({ a: 'line one\nline two is quite a bit longer than the first\nline three' });
show(['first line of a long text that goes on\nand another line that goes on and on']);
