// Digests, compression and bytes.
const crypto = require('node:crypto');
const zlib = require('node:zlib');

const bytes = Buffer.from('some text '.repeat(200));
console.log(crypto.createHash('sha256').update(bytes).digest('hex'), crypto.randomUUID().length, crypto.randomBytes(8).length);
console.log(crypto.createHmac('sha1', 'key').update('x').digest('base64'), zlib.gunzipSync(zlib.gzipSync(bytes)).equals(bytes));
const packed = Buffer.alloc(16);
packed.writeUInt32BE(7, 0);
packed.writeDoubleLE(1.5, 8);
console.log(packed.readUInt32BE(0), packed.subarray(8).toString('latin1').length, Buffer.concat([packed, bytes]).indexOf('text'), bytes.compare(packed));
zlib.deflate(bytes, (error, result) => console.log(error, result.length));
