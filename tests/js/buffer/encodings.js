// What each encoding makes of text and of invalid input.
const encodings = ['utf8', 'utf-8', 'ucs2', 'ucs-2', 'utf16le', 'utf-16le', 'latin1', 'binary', 'ascii', 'hex', 'base64', 'base64url'];
for (const text of ['', 'a', 'hello', 'héllo', 'h€llo', '😀', 'a\ud800b', '\udc00', '\u0000\uffff', 'ffee', 'ffe', 'xx', 'YWJj', 'YWI=', '_-8', '+/8=']) {
  console.log(JSON.stringify(text));
  for (const encoding of encodings) {
    const bytes = Buffer.from(text, encoding);
    console.log(' ', encoding, bytes.toString('hex'), Buffer.byteLength(text, encoding), JSON.stringify(bytes.toString(encoding)));
  }
}
for (const text of ['YQ==', 'YQ', 'YQ=', 'YQ==YQ==', 'Y Q = =', 'YW_-', 'YW+/', '=YQ==', 'Y', 'YWJjZ', 'YWJjZA==\n', '****YWJj', 'YW\u0100Jj', 'YW\u0170Jj', 'YWJjZA==garbage', 'YWJjZB==', '=', 'A=', 'YWJj=ZA==']) {
  console.log(JSON.stringify(text), Buffer.from(text, 'base64'), Buffer.from(text, 'base64url'), Buffer.byteLength(text, 'base64'));
}
for (const text of ['abc', 'abxx', 'zz', 'ab cd', 'ABCDEF0', '0x12', 'a\u0130b', '\u0161\u0162ab']) console.log(JSON.stringify(text), Buffer.from(text, 'hex'));
const invalid = [[0xe2, 0x82, 0x41], [0xf0, 0x9f, 0x98], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xff], [0xef, 0xbb, 0xbf, 0x41], [0xf4, 0x90, 0x80, 0x80], [0xc3, 0x28], [0xe9], [0x80, 0x61]];
for (const bytes of invalid) console.log(bytes.map((b) => b.toString(16)).join(' '), ...encodings.map((e) => JSON.stringify(Buffer.from(bytes).toString(e))));
for (const label of ['UTF8', 'Utf-8', 'UCS2', 'BINARY', 'Base64URL', 'hEx', 'utf16', 'utf-16', '', 'buffer', 'latin-1', 'utf8 ', 1, null, undefined, {}]) console.log(String(label), Buffer.isEncoding(label));
for (const encoding of [undefined, null, '', 'utf8', 'nope', 0, false, 'hex', {}]) console.log(Buffer.byteLength('ab€', encoding));
for (const value of [Buffer.alloc(3), new ArrayBuffer(5), new SharedArrayBuffer(6), new Float64Array(2), new DataView(new ArrayBuffer(4), 1)]) console.log(Buffer.byteLength(value));
for (const value of [5, null, {}, []]) try { Buffer.byteLength(value); } catch (e) { console.log(e.code, e.message); }
const long = 'é€😀x'.repeat(3000);
for (const encoding of ['utf8', 'utf16le']) console.log(Buffer.from(long, encoding).toString(encoding) === long, Buffer.from(long, encoding).length);
const bytes = Buffer.from(Array.from({ length: 9001 }, (_, i) => i * 7));
for (const encoding of ['latin1', 'hex', 'base64', 'base64url']) console.log(encoding, Buffer.from(bytes.toString(encoding), encoding).equals(bytes), bytes.toString(encoding).length);
