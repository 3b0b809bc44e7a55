// indexOf, lastIndexOf, includes: values, offsets, encodings, alignment.
const b = Buffer.from('abcdef abcdef abc');
const wide = Buffer.from('aĀbaĀb', 'utf16le');
const attempt = (label, f) => { try { console.log(label, f()); } catch (e) { console.log(label, e.name, e.code, e.message); } };
const offsets = [undefined, 0, 1, 6, 7, 16, 17, 18, 99, -1, -3, -17, -18, -99, null, {}, [], 1.9, -1.9, NaN, Infinity, -Infinity, 2 ** 40, -(2 ** 40)];
for (const value of ['abc', 'c', '', 'zz', Buffer.from('def'), new Uint8Array([97]), Buffer.alloc(0), 97, 97 + 256, 99.9, -159, 'abcdef abcdef abcd']) {
  for (const f of ['indexOf', 'lastIndexOf', 'includes']) console.log(f, String(value), offsets.map((offset) => b[f](value, offset)).join());
}
console.log(b.indexOf('616263', 'hex'), b.indexOf('YWJj', 3, 'base64'), b.lastIndexOf('YWJj', 'base64'), b.indexOf('ABC'), b.indexOf('abc', 1, 'latin1'), b.indexOf('ÿ', 'ascii'));
for (const offset of [undefined, 0, 1, 2, 3, 5, 6, 7, 11, 12, -1, -2, -6, -7]) {
  console.log(offset, wide.indexOf('a', offset, 'utf16le'), wide.indexOf('Āb', offset, 'ucs2'), wide.lastIndexOf('Āb', offset, 'ucs2'), wide.indexOf(Buffer.from('b', 'utf16le'), offset, 'ucs2'), wide.lastIndexOf('', offset, 'ucs2'));
}
// A match at an odd place is none in UTF-16.
const odd = Buffer.from([0x01, 0x00, 0x61, 0x00, 0x00, 0x61, 0x00]);
console.log(odd.indexOf('a', 0, 'utf16le'), odd.lastIndexOf('a', undefined, 'utf16le'), Buffer.from([0, 0x61, 0, 0]).indexOf('a', 0, 'ucs2'), Buffer.from([0x61]).indexOf('a', 0, 'ucs2'));
for (const value of [undefined, null, {}, [], () => {}, true, Symbol('x')]) attempt('value', () => b.indexOf(value));
attempt('encoding', () => b.indexOf('a', 0, 'nope'));
attempt('encoding', () => b.indexOf(Buffer.from('a'), 0, 'nope'));
attempt('encoding', () => b.indexOf('a', 0, null));
attempt('this', () => Buffer.prototype.indexOf.call({}, 'a'));
const haystack = Buffer.alloc(100000, 'ab');
haystack.write('needle', 77777);
console.log(haystack.indexOf('needle'), haystack.lastIndexOf('needle'), haystack.indexOf('aba', 50001), haystack.lastIndexOf('bb'));
