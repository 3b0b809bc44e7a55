// Strings that are longer than what is looked at in one go: their length in bytes, and the bytes themselves.
const sum = (bytes) => bytes.reduce((a, b) => (a * 31 + b) >>> 0, 7);
const tell = (name, text) => {
  for (const encoding of ['utf8', 'latin1', 'ascii', 'utf16le']) {
    const bytes = Buffer.from(text, encoding);
    console.log(name, encoding, Buffer.byteLength(text, encoding), bytes.length, sum(bytes), bytes.toString(encoding) === text);
  }
  const small = Buffer.alloc(1000);
  console.log(name, 'written', small.write(text), sum(small), small.write(text, 997), sum(small));
};

for (const length of [0, 1, 15, 16, 239, 240, 241, 4095, 4096, 4097, 50001]) {
  tell(`ascii ${length}`, 'a'.repeat(length));
  tell(`latin1 ${length}`, 'é'.repeat(length));
  tell(`one high byte in ${length}`, 'a'.repeat(length) + 'é');
}
tell('three bytes', '€'.repeat(20000));
tell('pairs', '😀'.repeat(20000));
tell('pairs over a border', 'a' + '😀'.repeat(20000));
tell('lone halves', ('a\ud800b\udc00').repeat(10000));
tell('mixed', 'aé€😀\udfff'.repeat(5000));
