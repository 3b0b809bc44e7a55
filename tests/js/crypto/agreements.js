// Diffie-Hellman of every kind: both sides come to one secret.
const { createDiffieHellman, getDiffieHellman, createECDH, ECDH, diffieHellman, generateKeyPairSync, getCurves, createHash } = require('crypto');
for (const name of ['modp1', 'modp2', 'modp5', 'modp14', 'modp15', 'modp16', 'modp17', 'modp18']) {
  const group = getDiffieHellman(name);
  console.log(name, createHash('sha256').update(group.getPrime()).digest('hex').slice(0, 16), group.getGenerator('hex'), group.verifyError);
}
const alice = getDiffieHellman('modp5');
const bob = createDiffieHellman(alice.getPrime(), alice.getGenerator());
alice.generateKeys();
bob.generateKeys();
console.log(alice.computeSecret(bob.getPublicKey()).equals(bob.computeSecret(alice.getPublicKey())), bob.verifyError);
for (const curve of ['prime256v1', 'secp384r1', 'secp521r1', 'secp256k1']) {
  const [one, two] = [createECDH(curve), createECDH(curve)];
  one.generateKeys();
  one.setPrivateKey(Buffer.alloc(20, 5));
  two.generateKeys('hex', 'compressed');
  const secret = one.computeSecret(two.getPublicKey(null, 'hybrid'));
  console.log(curve, secret.equals(two.computeSecret(one.getPublicKey('hex', 'compressed'), 'hex')), secret.length, one.getPublicKey('hex', 'compressed'), getCurves().includes(curve));
  console.log('  ', ECDH.convertKey(one.getPublicKey('hex', 'compressed'), curve, 'hex', 'hex', 'uncompressed') === one.getPublicKey('hex'));
}
for (const [type, options] of [['ec', { namedCurve: 'P-256' }], ['x25519'], ['x448'], ['dh', { group: 'modp5' }]]) {
  const [one, two] = [generateKeyPairSync(type, options), generateKeyPairSync(type, options)];
  const secret = diffieHellman({ privateKey: one.privateKey, publicKey: two.publicKey });
  console.log(type, secret.equals(diffieHellman({ privateKey: two.privateKey, publicKey: one.publicKey })), secret.length);
}
const attempt = (run) => {
  try {
    console.log(run());
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
};
attempt(() => createECDH('nope'));
attempt(() => createECDH('prime256v1').getPublicKey());
attempt(() => createECDH('prime256v1').setPrivateKey(Buffer.alloc(32)));
attempt(() => getDiffieHellman('nope'));
attempt(() => getDiffieHellman('modp1').getPublicKey());
attempt(() => createDiffieHellman(13.37));
attempt(() => alice.computeSecret(Buffer.from([1])));
attempt(() => diffieHellman({ privateKey: generateKeyPairSync('x25519').privateKey, publicKey: generateKeyPairSync('x448').publicKey }));
