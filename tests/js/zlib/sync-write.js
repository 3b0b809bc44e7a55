'use strict';
// Packages drive a stream's handle themselves: pngjs reads _outBuffer and _writeState.
const zlib = require('zlib');
const packed = zlib.deflateSync(Buffer.alloc(1000, 'ab'));
const inflate = new zlib.Inflate({ chunkSize: 600 });
console.log(inflate._outBuffer.length, inflate._outBuffer === inflate._outBuffer, inflate._writeState);
let [start, end] = [0, packed.length];
let text = '';
for (let turn = 0; turn < 2; turn++) {
  const nothing = inflate._handle.writeSync(zlib.constants.Z_FINISH, packed, start, end - start, inflate._outBuffer, 0, 600);
  const [outLeft, inLeft] = inflate._writeState;
  text += inflate._outBuffer.latin1Slice(0, 600 - outLeft);
  console.log(nothing, outLeft);
  start = end - inLeft;
}
console.log(text.length, text === 'ab'.repeat(500));
inflate.close();

const broken = new zlib.Inflate();
broken.on('error', (error) => console.log(error.code, error.errno, error.message));
broken._handle.writeSync(zlib.constants.Z_FINISH, Buffer.from('no zlib at all'), 0, 14, broken._outBuffer, 0, 100);
console.log(broken.destroyed);
