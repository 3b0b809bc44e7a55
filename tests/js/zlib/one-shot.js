// Every format there and back, with and without a callback.
const zlib = require('zlib');
const text = 'A line of text that comes again and again. '.repeat(200);
for (const [pack, unpack] of [['gzip', 'gunzip'], ['deflate', 'inflate'], ['deflateRaw', 'inflateRaw'], ['gzip', 'unzip'], ['deflate', 'unzip'], ['brotliCompress', 'brotliDecompress'], ['zstdCompress', 'zstdDecompress']]) {
  const packed = zlib[pack + 'Sync'](text);
  console.log(pack, unpack, packed.length < 200, zlib[unpack + 'Sync'](packed).toString() === text);
}
zlib.gzip(text, (error, packed) => {
  console.log(error, Buffer.isBuffer(packed));
  zlib.gunzip(packed, { info: true }, (error, { buffer, engine }) => console.log(error, buffer.length, engine instanceof zlib.Gunzip, engine.bytesWritten === packed.length));
});
require('util').promisify(zlib.inflate)(zlib.deflateSync('promised')).then((bytes) => console.log(bytes.toString()));
console.log(zlib.gunzipSync(Buffer.concat([zlib.gzipSync('one '), zlib.gzipSync('two'), Buffer.alloc(5)])).toString());
console.log(zlib.inflateSync(new Uint16Array(new Uint8Array([0x78, 0x9c, 0x4b, 0x04, 0, 0, 0x62, 0, 0x62, 0]).buffer)).toString());
