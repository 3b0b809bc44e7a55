const crypto = require('crypto');
const assert = require('assert');

for (const name of crypto.getHashes()) {
  const options = name.startsWith('shake') ? { outputLength: 20 } : undefined;
  console.log(name, crypto.createHash(name, options).update('coil ').update(Buffer.from('ä')).digest('hex'));
}
for (const name of ['md5', 'SHA1', 'sha256', 'sha512', 'sha3-256', 'blake2b512', 'ripemd160']) {
  console.log(name, crypto.createHmac(name, 'key'.repeat(60)).update('data').digest('base64url'));
}
const whole = crypto.createHash('sha256').update('a');
const copy = whole.copy();
console.log(whole.update('b').digest('hex') === crypto.hash('sha256', 'ab'), copy.digest('latin1').length);
console.log(crypto.createHash('md5').update('616263', 'hex').digest().toString('hex'), crypto.hash('sha1', 'x', 'base64'));

crypto.createHash('sha1').on('readable', function () {
  const digest = this.read();
  if (digest) console.log('stream', digest.toString('hex'));
}).end('piped');

console.log(crypto.pbkdf2Sync('secret', 'salt', 1000, 24, 'sha512').toString('hex'));
console.log(crypto.scryptSync('secret', 'salt', 24, { N: 1024 }).toString('hex'));
console.log(Buffer.from(crypto.hkdfSync('sha256', 'key', 'salt', 'info', 24)).toString('hex'));
crypto.pbkdf2('secret', 'salt', 1, 8, 'sha1', (error, key) => {
  console.log(error, key.toString('hex'));
  crypto.scrypt('secret', 'salt', 8, (error, key) => {
    console.log(error, key.toString('hex'));
    crypto.webcrypto.subtle.digest('SHA-256', Buffer.from('abc')).then((digest) => console.log(Buffer.from(digest).toString('hex')));
  });
});
assert.strictEqual(crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('a')), true);
assert.strictEqual(crypto.timingSafeEqual(Buffer.from('a'), Buffer.from('b')), false);
