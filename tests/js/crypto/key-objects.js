// Keys go out and come back in every format, and know what they are.
const { createSecretKey, createPublicKey, createPrivateKey, generateKeyPairSync, KeyObject } = require('crypto');
const pairs = {
  'rsa': ['rsa', { modulusLength: 1024 }],
  'rsa-pss': ['rsa-pss', { modulusLength: 1024, hashAlgorithm: 'sha256', saltLength: 16 }],
  'ec': ['ec', { namedCurve: 'P-384' }],
  'ec explicit': ['ec', { namedCurve: 'P-256', paramEncoding: 'explicit' }],
  'ed25519': ['ed25519'],
  'x25519': ['x25519'],
  'ed448': ['ed448'],
  'x448': ['x448'],
  'ml-dsa-44': ['ml-dsa-44'],
  'ml-kem-768': ['ml-kem-768'],
};
for (const [name, args] of Object.entries(pairs)) {
  const { publicKey, privateKey } = generateKeyPairSync(...args);
  console.log(name, publicKey.type, privateKey.type, publicKey.asymmetricKeyType, publicKey.asymmetricKeyDetails);
  for (const format of ['pem', 'der']) {
    const spki = publicKey.export({ format, type: 'spki' });
    const pkcs8 = privateKey.export({ format, type: 'pkcs8' });
    const back = createPrivateKey({ key: pkcs8, format, type: 'pkcs8' });
    console.log(' ', format,
      createPublicKey({ key: spki, format, type: 'spki' }).equals(publicKey),
      back.equals(privateKey), createPublicKey(back).equals(publicKey), spki.length > 40);
  }
  const sealed = privateKey.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'secret' });
  console.log('  sealed', sealed.split('\n')[0], createPrivateKey({ key: sealed, passphrase: 'secret' }).equals(privateKey));
  try {
    const jwk = privateKey.export({ format: 'jwk' });
    console.log('  jwk', jwk.kty, Object.keys(jwk).join(), createPrivateKey({ key: jwk, format: 'jwk' }).equals(privateKey),
      createPublicKey({ key: publicKey.export({ format: 'jwk' }), format: 'jwk' }).equals(publicKey));
  } catch (error) {
    console.log('  jwk', error.code, error.message);
  }
}
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' });
const sec1 = privateKey.export({ format: 'pem', type: 'sec1', cipher: 'aes-128-cbc', passphrase: 'x' });
console.log(sec1.split('\n').slice(0, 2), createPrivateKey({ key: sec1, passphrase: 'x' }).equals(privateKey));
const secret = createSecretKey('abc', 'utf8');
console.log(secret, secret.symmetricKeySize, secret.export(), secret.export({ format: 'jwk' }), secret.equals(createSecretKey(Buffer.from('abc'))));
console.log(structuredClone(privateKey).equals(privateKey), privateKey instanceof KeyObject, String(secret));
