// TextEncoder.
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message); } };
const encoder = new TextEncoder();
console.log(encoder.encode(), encoder.encode('aé€😀\ud800'), encoder.encode(5), encoder.encode(null), encoder.encode(undefined), encoder.encode('x').constructor.name, encoder.encoding, encoder);
for (const [text, size] of [['', 3], ['abc', 2], ['aé€', 2], ['aé€', 3], ['aé€', 6], ['😀', 3], ['😀b', 4], ['\ud800a', 3], ['ÿÿ', 3], ['a'.repeat(40) + 'é', 41]]) {
  const target = new Uint8Array(size);
  console.log(text.length, encoder.encodeInto(text, target), Buffer.from(target).toString('hex'));
}
const part = new Uint8Array(8);
console.log(encoder.encodeInto('abc', part.subarray(2, 4)), part, encoder.encodeInto('hi', Buffer.alloc(4)));
attempt(() => encoder.encodeInto(5, part));
attempt(() => encoder.encodeInto('a', []));
attempt(() => encoder.encodeInto('a', new Uint16Array(2)));
attempt(() => encoder.encodeInto('a'));
attempt(() => encoder.encode(Symbol()));
attempt(() => TextEncoder());
attempt(() => TextEncoder.prototype.encoding);
attempt(() => TextEncoder.prototype.encode.call({}));
console.log(String(encoder), Object.keys(TextEncoder.prototype), require('util').TextEncoder === TextEncoder, require('util').inspect(encoder, { depth: -1 }));
