// Web cryptography: keys are made, used, exported and imported again.
const { subtle } = globalThis.crypto;
const data = new TextEncoder().encode('some data');
const hex = (buffer) => Buffer.from(buffer).toString('hex');
const attempt = async (name, run) => {
  try {
    console.log(name, await run());
  } catch (error) {
    console.log(name, error.name, error.message);
  }
};
(async () => {
  for (const algorithm of [{ name: 'AES-CBC', iv: new Uint8Array(16) }, { name: 'AES-CTR', counter: new Uint8Array(16).fill(255), length: 8 }, { name: 'AES-GCM', iv: new Uint8Array(12), additionalData: data }]) {
    const key = await subtle.importKey('raw', new Uint8Array(16), algorithm.name, true, ['encrypt', 'decrypt']);
    const hidden = await subtle.encrypt(algorithm, key, data);
    console.log(algorithm.name, hex(hidden), hex(await subtle.decrypt(algorithm, key, hidden)) === hex(data), await subtle.exportKey('jwk', key));
  }
  const rsa = { modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]), hash: 'SHA-256' };
  for (const [algorithm, use] of [
    [{ name: 'RSASSA-PKCS1-v1_5', ...rsa }], [{ name: 'RSA-PSS', ...rsa }, { name: 'RSA-PSS', saltLength: 16 }],
    [{ name: 'ECDSA', namedCurve: 'P-256' }, { name: 'ECDSA', hash: 'SHA-384' }], [{ name: 'Ed25519' }], [{ name: 'HMAC', hash: 'SHA-512' }],
  ]) {
    const made = await subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const [secret, open] = made.publicKey ? [made.privateKey, made.publicKey] : [made, made];
    const signature = await subtle.sign(use ?? algorithm.name, secret, data);
    console.log(algorithm.name, await subtle.verify(use ?? algorithm.name, open, signature, data), await subtle.verify(use ?? algorithm.name, open, signature, new Uint8Array(3)));
    console.log('  ', secret.type, secret.usages, open.type, open.usages, Object.keys(secret.algorithm).join());
    for (const format of made.publicKey ? ['pkcs8', 'jwk'] : ['raw', 'jwk']) {
      const exported = await subtle.exportKey(format, secret);
      const again = await subtle.importKey(format, exported, algorithm, true, made.publicKey ? ['sign'] : ['sign', 'verify']);
      console.log('  ', format, await subtle.verify(use ?? algorithm.name, open, await subtle.sign(use ?? algorithm.name, again, data), data));
    }
  }
  const oaep = await subtle.generateKey({ name: 'RSA-OAEP', ...rsa }, true, ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']);
  console.log('OAEP', hex(await subtle.decrypt('RSA-OAEP', oaep.privateKey, await subtle.encrypt('RSA-OAEP', oaep.publicKey, data))) === hex(data));
  for (const name of ['ECDH', 'X25519']) {
    const algorithm = name === 'ECDH' ? { name, namedCurve: 'P-256' } : { name };
    const [one, two] = await Promise.all([1, 2].map(() => subtle.generateKey(algorithm, true, ['deriveBits', 'deriveKey'])));
    const bits = await subtle.deriveBits({ name, public: two.publicKey }, one.privateKey, 256);
    console.log(name, hex(bits) === hex(await subtle.deriveBits({ name, public: one.publicKey }, two.privateKey, 256)));
  }
  const base = await subtle.importKey('raw', data, 'PBKDF2', false, ['deriveBits', 'deriveKey']);
  const pbkdf2 = { name: 'PBKDF2', hash: 'SHA-256', salt: data, iterations: 10 };
  console.log('PBKDF2', hex(await subtle.deriveBits(pbkdf2, base, 128)));
  const key = await subtle.deriveKey(pbkdf2, base, { name: 'AES-KW', length: 256 }, true, ['wrapKey', 'unwrapKey']);
  console.log(key);
  const inner = await subtle.importKey('raw', new Uint8Array(32), { name: 'HMAC', hash: 'SHA-256' }, true, ['sign']);
  const wrapped = await subtle.wrapKey('raw', inner, key, 'AES-KW');
  console.log('wrapped', hex(wrapped), (await subtle.unwrapKey('raw', wrapped, key, 'AES-KW', { name: 'HMAC', hash: 'SHA-256' }, true, ['sign'])).algorithm);
  await attempt('usage', () => subtle.generateKey({ name: 'AES-GCM', length: 128 }, true, ['sign']));
  await attempt('length', () => subtle.generateKey({ name: 'AES-GCM', length: 5 }, true, ['encrypt']));
  await attempt('name', () => subtle.generateKey('nope', true, ['encrypt']));
  await attempt('arguments', () => subtle.digest('SHA-256'));
  await attempt('not a key', () => subtle.sign('HMAC', {}, data));
  await attempt('wrong key', () => subtle.sign('HMAC', key, data));
  await attempt('data', () => subtle.importKey('raw', new Uint8Array(3), 'AES-GCM', true, ['encrypt']));
  await attempt('decrypt', async () => subtle.decrypt({ name: 'AES-CBC', iv: new Uint8Array(16) }, await subtle.importKey('raw', new Uint8Array(16), 'AES-CBC', true, ['decrypt']), new Uint8Array(32)));
})();
