'use strict';
// Secrets under public keys of every kind that has them.
const crypto = require('crypto');

const kinds = [
  ['rsa', { modulusLength: 1024 }],
  ['ec', { namedCurve: 'P-256' }],
  ['ec', { namedCurve: 'P-384' }],
  ['ec', { namedCurve: 'P-521' }],
  ['x25519'],
  ['x448'],
  ['ml-kem-512'],
  ['ml-kem-768'],
  ['ml-kem-1024'],
];
for (const [kind, options] of kinds) {
  const { publicKey, privateKey } = crypto.generateKeyPairSync(kind, options);
  const { sharedKey, ciphertext } = crypto.encapsulate(publicKey);
  console.log(kind, options?.namedCurve, sharedKey.length, ciphertext.length, crypto.decapsulate(privateKey, ciphertext).equals(sharedKey));
}

const refused = (name, call) => {
  try {
    call();
    console.log(name, 'works');
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};
const { publicKey, privateKey } = crypto.generateKeyPairSync('x25519');
refused('no KEM', () => crypto.encapsulate(crypto.generateKeyPairSync('ed25519').publicKey));
refused('a short text', () => crypto.decapsulate(privateKey, Buffer.alloc(3)));
refused('no text', () => crypto.decapsulate(privateKey, 1));
refused('no key', () => crypto.encapsulate(1));
crypto.encapsulate(publicKey, (error, { ciphertext, sharedKey }) => {
  crypto.decapsulate(privateKey, ciphertext, (error, found) => console.log(error, found.equals(sharedKey)));
  crypto.decapsulate(privateKey, ciphertext.subarray(1), (error) => console.log(error.message));
});
