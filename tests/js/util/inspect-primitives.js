const { inspect } = require('util');
const show = (...args) => console.log(inspect(...args));
for (const value of [undefined, null, true, false, 0, -0, 1, -1, 1.5, NaN, Infinity, -Infinity, 1e21, 1e-7, 123456789.123, 2 ** 53,
  0n, 1n, -12345678901234567890n, Symbol('a'), Symbol(''), Symbol(), Symbol.iterator, Symbol.for('x y'), Symbol('a\nb')]) show(value);
for (const value of ['', 'a', "it's", '"', '\'"', '\'"`', "'\"${", '`', 'a\nb', '\t\r\b\f\v\0', '\\', '\x7f\x80\x9f\xa0', 'é', '日本', '😀',
  '\ud83d', 'a\udc00b', '\ude00\ud83d', 'a'.repeat(20), '\u2028', '\u{10ffff}', "it's\n\"x\""]) show(value);
for (const value of ['a'.repeat(100), 'line one is long\nline two is long too\nand three makes it longer than eighty\n', 'short\nlines', `${'x'.repeat(80)}\n`,
  "it's a line\nand \"another\" one that is long enough to go over the limit of the line\n'\"`", '\n'.repeat(90)]) {
  show(value);
  show({ a: value });
  show([value, value]);
  show(value, { breakLength: 20 });
  show(value, { compact: true });
}
for (const value of [0, -0, 1, 12, 123, 1234, 12345, 123456, 1234567, -1234567, 1234567.1234567, 0.1234567, 1e21, 1.5e-7, 1e-7, -0.5, NaN, Infinity, 1234n,
  -123456789n, 12n]) show(value, { numericSeparator: true });
show([1234567, 12345678n, { a: 1e6 }], { numericSeparator: true });
show(new Float64Array([1234567.891, 1]), { numericSeparator: true });
for (const maxStringLength of [0, 1, 3, 5, 10, Infinity, null]) show('abcde', { maxStringLength });
show(['abcdefgh', { a: 'abcdefgh' }], { maxStringLength: 4 });
show(new String('abcdefgh'), { maxStringLength: 4 });
