// flags: --max-memory=128 --max-time=9000
// out: transfer RangeError
// out: transfer RangeError
// out: transferToFixedLength RangeError
// out: chunkSize RangeError
// out: chunkSize RangeError
// out: shake RangeError
// out: shake RangeError
// out: argon2 tag RangeError
// out: argon2 memory RangeError
// out: pbkdf2 RangeError
// out: scrypt key RangeError
// out: scrypt memory RangeError
// out: randomBytes RangeError
// out: hmac key RangeError
// out: inspect [ <4294967295 empty items> ]
// out: equal AssertionError
// out: readv RangeError
// out: highWaterMark RangeError
// out: cSHAKE256 RangeError

// Numbers that native code makes room for: none may take more than the limit, or what the system does not give.
const crypto = require('crypto');
const fs = require('fs');
const zlib = require('zlib');

const tell = (what, f) => {
  try {
    const value = f();
    console.log(what, typeof value === 'string' ? value : typeof value);
  } catch (error) {
    console.log(what, error.name);
  }
};

tell('transfer', () => new ArrayBuffer(8).transfer(2 ** 50));
tell('transfer', () => new ArrayBuffer(8).transfer(2 ** 30));
tell('transferToFixedLength', () => new ArrayBuffer(8).transferToFixedLength(2 ** 33));
tell('chunkSize', () => zlib.deflateSync('a', { chunkSize: 2 ** 33 }));
tell('chunkSize', () => zlib.createGzip({ chunkSize: 2 ** 31 }));
tell('shake', () => crypto.createHash('shake256', { outputLength: 2 ** 32 - 1 }).digest());
tell('shake', () => crypto.hash('shake128', 'a', { outputLength: 2 ** 31 }));
const argon = { message: 'a', nonce: '12345678', parallelism: 1, memory: 8, passes: 1, tagLength: 16 };
tell('argon2 tag', () => crypto.argon2Sync('argon2id', { ...argon, tagLength: 2 ** 32 - 1 }));
tell('argon2 memory', () => crypto.argon2Sync('argon2id', { ...argon, memory: 2 ** 32 - 1 }));
tell('pbkdf2', () => crypto.pbkdf2Sync('a', 'b', 1, 2 ** 31 - 1, 'sha256'));
tell('scrypt key', () => crypto.scryptSync('a', 'b', 2 ** 31 - 1));
tell('scrypt memory', () => crypto.scryptSync('a', 'b', 32, { N: 2 ** 30, r: 8, p: 1, maxmem: 2 ** 53 - 1 }));
tell('randomBytes', () => crypto.randomBytes(2 ** 31 - 1));
tell('hmac key', () => crypto.generateKeySync('hmac', { length: 2 ** 31 - 8 }));
const holes = [];
holes.length = 2 ** 32 - 1;
tell('inspect', () => require('util').inspect(holes, { maxArrayLength: null }));
tell('equal', () => require('assert').strictEqual(holes, 1));
const fd = fs.openSync(__filename, 'r');
tell('readv', () => fs.readvSync(fd, new Array(1000).fill(new Uint8Array(1 << 24))));
fs.createReadStream(__filename, { highWaterMark: 2 ** 33 }).on('error', (error) => {
  console.log('highWaterMark', error.name);
  crypto.subtle.digest({ name: 'cSHAKE256', length: 2 ** 32 - 8 }, new Uint8Array(1)).catch((error) => console.log('cSHAKE256', error.name));
}).resume();
