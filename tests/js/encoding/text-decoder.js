// TextDecoder: labels, byte order marks, fatal, streams.
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message); } };
for (const label of [undefined, 'utf8', ' UTF-8\n', 'unicode-1-1-utf-8', 'utf-16', 'utf-16be', 'UCS-2', 'latin1', 'ascii', 'iso-8859-1', 'iso-8859-2', 'windows-1251', 'cp1252', 'koi8-r', 'macintosh', 'ibm866', 'shift_jis', 'sjis', 'euc-jp', 'gbk', 'gb18030', 'big5', 'euc-kr', 'iso-8859-8-i', 'x-user-defined']) attempt(() => new TextDecoder(label).encoding);
for (const label of ['nope', 'replacement', '', null, 5, 'utf-8\u00a0', 'hz-gb-2312']) attempt(() => new TextDecoder(label).encoding);
for (const options of [5, 'x', null, {}, { fatal: 1 }, { ignoreBOM: 'x' }, () => {}]) attempt(() => { const d = new TextDecoder('utf-8', options); return [d.fatal, d.ignoreBOM]; });
const hex = (s) => new Uint8Array(Buffer.from(s, 'hex'));
const decode = (label, bytes, options) => JSON.stringify(new TextDecoder(label, options).decode(hex(bytes)));
for (const [label, bytes] of [['utf-8', '61c3a9e282acf09f9880'], ['utf-8', 'efbbbf61efbbbf'], ['utf-8', 'e282'], ['utf-8', 'ff61c3'], ['utf-8', 'eda080'], ['utf-16le', '6100ac203dd800de'], ['utf-16le', 'fffe6100'], ['utf-16le', '3dd8'], ['utf-16le', '610062'],
  ['utf-16be', '006120ac'], ['utf-16be', 'feff0061'], ['latin1', '6180e99f'], ['windows-1251', 'cff0e8e2e5f2'], ['koi8-r', 'f0d2c9d7c5d4'], ['iso-8859-2', 'a1b1'], ['ibm866', '8fe0'], ['shift_jis', '82a082a2'], ['euc-jp', 'a4a2a4a4'], ['gbk', 'c4e3bac3'], ['big5', 'a741a66e'], ['euc-kr', 'b0a1'], ['x-user-defined', '61ff']]) {
  console.log(label, bytes, decode(label, bytes), decode(label, bytes, { ignoreBOM: true }));
  attempt(() => decode(label, bytes, { fatal: true }));
}
for (const [label, bytes] of [['utf-8', 'efbbbf61c3a9e282acf09f9880ffe2'], ['utf-16le', 'fffe6100ac203dd800de3d'], ['utf-16be', 'feff006120acd8'], ['gbk', 'c4e361bac3c4']]) for (const options of [{}, { ignoreBOM: true }]) for (const step of [1, 2, 3]) {
  const decoder = new TextDecoder(label, options);
  const all = hex(bytes), out = [];
  for (let i = 0; i < all.length; i += step) out.push(decoder.decode(all.subarray(i, i + step), { stream: true }));
  out.push(decoder.decode(), decoder.decode(hex(bytes)));
  console.log(label, step, JSON.stringify(out));
}
const fatal = new TextDecoder('utf-8', { fatal: true });
attempt(() => JSON.stringify([fatal.decode(hex('e282'), { stream: true }), fatal.decode(hex('ac'))]));
attempt(() => [fatal.decode(hex('e282'), { stream: true }), fatal.decode()]);
attempt(() => fatal.decode(hex('61')));
const decoder = new TextDecoder();
for (const value of [new ArrayBuffer(1), new SharedArrayBuffer(1), new DataView(hex('006162').buffer, 1), new Uint16Array([0x6261]), Buffer.from('x'), undefined]) attempt(() => JSON.stringify(decoder.decode(value)));
for (const value of [null, 5, 'x', {}, []]) attempt(() => decoder.decode(value));
attempt(() => new TextDecoder('latin1').decode(5));
attempt(() => new TextDecoder('utf-16le').decode(5));
attempt(() => decoder.decode(hex('61'), 5));
attempt(() => TextDecoder());
attempt(() => TextDecoder.prototype.encoding);
console.log(decoder, [decoder], { a: { b: { c: decoder } } }, String(decoder), Object.keys(TextDecoder.prototype));
