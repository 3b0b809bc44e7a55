// Text from chunks that end anywhere, and the state in between.
const { StringDecoder } = require('string_decoder');
const source = Buffer.from('aé€😀z\u{10ffff}');
const samples = [source, Buffer.from([0xe2, 0x82, 0x41]), Buffer.from([0xf0, 0x9f, 0xe2, 0x82, 0xac]), Buffer.from([0xc3, 0xc3, 0xa9]), Buffer.from([0xff, 0xe2, 0xff]), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xf0, 0x80, 0x80, 0x80]),
  Buffer.from([0xf4, 0x90, 0x80, 0x80]), Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80]), Buffer.from([0xf8, 0x88, 0x80, 0x80, 0x80]), Buffer.from('3dd84ddc3dd8', 'hex'), Buffer.from('610062006300d8', 'hex'), Buffer.from([1, 2, 3, 4, 5])];
for (const encoding of ['utf8', 'utf16le', 'base64', 'base64url', 'hex', 'latin1', 'ascii']) {
  for (const sample of samples) {
    for (const step of [1, 2, 3, 100]) {
      const decoder = new StringDecoder(encoding);
      const out = [];
      for (let i = 0; i < sample.length; i += step) out.push([decoder.write(sample.subarray(i, i + step)), decoder.lastNeed, decoder.lastTotal]);
      out.push(decoder.lastChar.toString('hex'), decoder.end(), decoder.lastNeed, decoder.lastTotal, decoder.write(Buffer.from('6162')));
      console.log(encoding, step, JSON.stringify(out));
    }
  }
}
