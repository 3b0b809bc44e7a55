// What is written is counted, and nothing else is touched; slices of nothing are nothing.
const show = (label, buffer, written) => console.log(label, written, buffer.toString('hex'));
for (const [text, encoding] of [['/:!', 'base64'], ['ab*cd', 'base64'], ['ab\u0100cd', 'base64url'], ['////', 'base64url'], ['zz', 'hex'], ['12zz34', 'hex'], ['\ud800', 'utf8'], ['é', 'utf8'], ['☃☃☃', 'utf8']]) {
  const buffer = Buffer.alloc(8, 1);
  show(`${JSON.stringify(text)} ${encoding}`, buffer, buffer.write(text, 0, 7, encoding));
}
const empty = Buffer.alloc(0);
for (const name of ['utf8', 'latin1', 'ascii', 'hex', 'base64', 'base64url', 'ucs2']) console.log(name, JSON.stringify(empty[`${name}Slice`](3, 5)));
const odd = Buffer.from([1, 0, 2, 0, 3]);
console.log(odd.indexOf('', 9, 'utf16le'), odd.lastIndexOf('', 9, 'utf16le'), odd.indexOf('\u0002', 0, 'utf16le'));
const { transcode } = require('buffer');
for (const [hex, from, to] of [['00d841', 'ucs2', 'ucs2'], ['41000d20', 'ucs2', 'latin1'], ['f0ff4100', 'ucs2', 'ascii'], ['c2ad41', 'utf8', 'ascii'], ['efbbbf41', 'utf8', 'latin1'], ['e2808e', 'utf8', 'ascii']]) {
  console.log(hex, from, to, transcode(Buffer.from(hex, 'hex'), from, to).toString('hex'));
}
for (const number of [1e300, -1e300, 2 ** 53, 4294967297, 1e21, -0.5]) {
  try {
    odd.readInt8(number);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
