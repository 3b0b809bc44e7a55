'use strict';
// Primes, curves, hashes and names at their edges.
const crypto = require('crypto');

const told = (name, call) => {
  try {
    console.log(name, call());
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};

for (const size of [2, 3, 4]) told(`a prime of ${size} bits`, () => crypto.generatePrimeSync(size, { bigint: true }));
told('both high bits', () => crypto.generatePrimeSync(64, { bigint: true }) >> 62n);
told('too small', () => crypto.generatePrimeSync(4, { safe: true }));
told('a long hash', () => crypto.createHash('sha256', { outputLength: 40 }));
told('its own length', () => crypto.createHash('sha256', { outputLength: 32 }).digest().length);
told('an exponent', () => crypto.generateKeyPairSync('rsa', { modulusLength: 512, publicExponent: 4 }));
told('an IV', () => crypto.createCipheriv('aes-128-gcm', Buffer.alloc(16), Buffer.alloc(129)));

// A curve without a name in JWK.
const { publicKey, privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'secp224r1' });
told('secp224r1', () => crypto.verify('sha256', 'text', publicKey, crypto.sign('sha256', 'text', privateKey)));
told('its JWK', () => publicKey.export({ format: 'jwk' }));
told('its point', () => publicKey.export({ type: 'spki', format: 'der' }).length);
const ecdh = [crypto.createECDH('secp224r1'), crypto.createECDH('secp224r1')];
const points = ecdh.map((side) => side.generateKeys());
told('its secret', () => ecdh[0].computeSecret(points[1]).equals(ecdh[1].computeSecret(points[0])));
console.log(crypto.getCurves().includes('secp224r1'));

// Wrong padding opens to bytes that are made up.
const rsa = crypto.generateKeyPairSync('rsa', { modulusLength: 1024 });
const hidden = crypto.publicEncrypt({ key: rsa.publicKey, padding: crypto.constants.RSA_NO_PADDING }, Buffer.concat([Buffer.alloc(1), Buffer.alloc(127, 7)]));
const open = () => crypto.privateDecrypt({ key: rsa.privateKey, padding: crypto.constants.RSA_PKCS1_PADDING }, hidden);
told('made up', () => open().equals(open()));
