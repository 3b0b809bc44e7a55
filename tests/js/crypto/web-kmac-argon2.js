'use strict';
// KMAC and Argon2 of web cryptography, and what it supports.
const { subtle } = globalThis.crypto;
const { SubtleCrypto } = globalThis;

const hex = (bytes) => Buffer.from(bytes).toString('hex');
const told = (promise) => promise.then((value) => value, (error) => `${error.name}: ${error.message}`);

(async () => {
  // The samples of SP 800-185.
  const bytes = Uint8Array.from({ length: 32 }, (_, at) => 0x40 + at);
  const data = Uint8Array.of(0, 1, 2, 3);
  for (const [name, length, customization] of [['KMAC128', 256], ['KMAC128', 256, 'My Tagged Application'], ['KMAC256', 512, 'My Tagged Application']]) {
    const key = await subtle.importKey('raw-secret', bytes, name, true, ['sign', 'verify']);
    const algorithm = { name, length, customization: customization && Buffer.from(customization) };
    const tag = await subtle.sign(algorithm, key, data);
    console.log(name, hex(tag), await subtle.verify(algorithm, key, tag, data), await subtle.verify(algorithm, key, tag, bytes));
    console.log(key.algorithm, (await subtle.exportKey('jwk', key)).alg);
    console.log(await told(subtle.sign({ name, length: 9 }, key, data)));
  }
  console.log((await subtle.generateKey('KMAC256', false, ['sign'])).algorithm);

  for (const name of ['Argon2d', 'Argon2i', 'Argon2id']) {
    const key = await subtle.importKey('raw-secret', Buffer.from('password'), name, false, ['deriveBits']);
    const algorithm = { name, nonce: Buffer.from('somesaltsomesalt'), parallelism: 1, memory: 64, passes: 2 };
    console.log(name, hex(await subtle.deriveBits(algorithm, key, 256)));
    console.log(await told(subtle.deriveBits({ ...algorithm, memory: 1 }, key, 256)));
    console.log(await told(subtle.deriveBits(algorithm, key, 8)));
  }

  console.log(SubtleCrypto.supports('digest', 'SHA-256'), SubtleCrypto.supports('digest', 'MD5'), SubtleCrypto.supports('sign', 'HMAC'), SubtleCrypto.supports('encrypt', 'HMAC'));
  console.log(SubtleCrypto.supports('generateKey', { name: 'AES-GCM', length: 128 }), SubtleCrypto.supports('generateKey', { name: 'AES-GCM', length: 5 }));
})();
