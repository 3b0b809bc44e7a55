// What is wrong with the input or the options, by code.
const zlib = require('zlib');
const tried = (f) => {
  try { console.log(f()); } catch (error) { console.log(error.name, error.code, error.errno, error.message); }
};
tried(() => zlib.inflateSync(Buffer.from('no zlib here')));
tried(() => zlib.gunzipSync(zlib.gzipSync('cut short').subarray(0, 15)));
tried(() => zlib.gunzipSync(Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0xff, 0xff])));
tried(() => zlib.inflateSync(zlib.deflateSync('abc', { dictionary: Buffer.from('abc') })));
tried(() => zlib.inflateSync(zlib.deflateSync('abc', { dictionary: Buffer.from('abc') }), { dictionary: Buffer.from('abd') }));
tried(() => zlib.brotliDecompressSync(Buffer.from([0xff, 0xff, 0xff])));
tried(() => zlib.brotliDecompressSync(Buffer.from([])));
tried(() => zlib.zstdDecompressSync(Buffer.from([1, 2, 3, 4, 5, 6, 7])));
tried(() => zlib.inflateSync(zlib.deflateSync('a'.repeat(100)), { maxOutputLength: 10 }));
tried(() => zlib.createGzip({ level: 10 }));
tried(() => zlib.createGzip({ windowBits: 8 }));
tried(() => zlib.createGzip({ chunkSize: 63 }));
tried(() => zlib.createGzip({ strategy: 'x' }));
tried(() => zlib.createDeflate({ dictionary: 'x' }));
tried(() => zlib.brotliCompressSync('', { params: { 99: 1 } }));
tried(() => zlib.zstdCompressSync('', { params: { 9999: 1 } }));
tried(() => zlib.gzipSync(5));
tried(() => zlib.gzip('x'));
tried(() => zlib.crc32(5));
zlib.inflate(Buffer.from('no zlib here'), (error, result) => console.log(error.code, error.errno, result));
zlib.createGunzip().on('error', (error) => console.log(error.code, error.message)).on('close', () => console.log('closed')).end('rubbish');
