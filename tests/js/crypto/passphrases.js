'use strict';
// Encrypted keys, and what is told without their passphrase.
const crypto = require('crypto');

const { privateKey } = crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' });
const options = { cipher: 'aes-128-cbc', passphrase: 'secret' };
const files = {
  pkcs8: privateKey.export({ type: 'pkcs8', format: 'pem', ...options }),
  sec1: privateKey.export({ type: 'sec1', format: 'pem', ...options }),
};
const der = privateKey.export({ type: 'pkcs8', format: 'der', ...options });
const ecb = privateKey.export({ type: 'pkcs8', format: 'der', cipher: 'aes-256-ecb', passphrase: 'secret' });

const read = (name, options) => {
  try {
    console.log(name, crypto.createPrivateKey(options).equals(privateKey));
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};
for (const [name, key] of Object.entries(files)) {
  read(`${name} right`, { key, passphrase: 'secret' });
  read(`${name} none`, key);
  read(`${name} too long`, { key, passphrase: 'x'.repeat(1025) });
}
const given = { key: der, format: 'der', type: 'pkcs8' };
read('DER right', { ...given, passphrase: Buffer.from('secret') });
read('DER none', given);
read('DER wrong', { ...given, passphrase: '' });
read('DER too long', { ...given, passphrase: 'x'.repeat(1025) });
read('ECB', { ...given, key: ecb, passphrase: 'secret' });
