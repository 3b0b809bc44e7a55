// Classes, and what a stream shows.
const zlib = require('zlib');
for (const name of ['Deflate', 'Gunzip', 'BrotliCompress', 'ZstdDecompress']) {
  const made = new zlib[name]();
  const chain = [];
  for (let proto = Object.getPrototypeOf(made); proto; proto = Object.getPrototypeOf(proto)) chain.push(proto.constructor.name);
  console.log(chain.join(' '), made._closed, made.bytesWritten, made._chunkSize, made._defaultFlushFlag, made._finishFlushFlag);
  made.close(() => console.log(name, made._closed, made.destroyed));
}
console.log(zlib.Gunzip() instanceof zlib.Gunzip, typeof zlib.createGzip().params, zlib.crc32('hello'), zlib.crc32(Buffer.from('lo'), zlib.crc32('hel')));
console.log(zlib.codes.Z_OK, zlib.codes['-3'], Object.isFrozen(zlib.codes), zlib.constants.Z_BEST_SPEED, zlib.Z_FINISH, Object.keys(zlib).length);
process.on('warning', (warning) => console.log(warning.code, warning.message));
