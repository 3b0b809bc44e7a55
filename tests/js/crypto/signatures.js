// Signatures of every kind of key verify, and others do not.
const { generateKeyPairSync, sign, verify, createSign, createVerify, createPrivateKey, createPublicKey, constants } = require('crypto');
const data = Buffer.from('some data');
const kinds = [
  ['rsa', { modulusLength: 1024 }], ['rsa-pss', { modulusLength: 1024 }], ['ec', { namedCurve: 'P-256' }], ['ec', { namedCurve: 'P-521' }],
  ['ec', { namedCurve: 'secp256k1' }], ['dsa', { modulusLength: 1024, divisorLength: 160 }], ['ed25519'], ['ed448'], ['ml-dsa-65'],
];
for (const [kind, options] of kinds) {
  const { publicKey, privateKey } = generateKeyPairSync(kind, options);
  const digest = options ? 'sha512' : null;
  const made = sign(digest, data, privateKey);
  console.log(kind, verify(digest, data, publicKey, made), verify(digest, Buffer.from('other'), publicKey, made));
  if (!options) continue;
  const stream = createSign(digest).update(data.subarray(0, 3)).update(data.subarray(3)).sign(privateKey, 'base64');
  console.log('  stream', createVerify(digest).update(data).verify(publicKey, stream, 'base64'));
  if (kind === 'ec' || kind === 'dsa') {
    const pair = sign(digest, data, { key: privateKey, dsaEncoding: 'ieee-p1363' });
    console.log('  p1363', pair.length, verify(digest, data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, pair), verify(digest, data, publicKey, pair));
  }
}
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
for (const saltLength of [0, 20, constants.RSA_PSS_SALTLEN_DIGEST, constants.RSA_PSS_SALTLEN_MAX_SIGN]) {
  const made = sign('sha256', data, { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
  const good = (saltLength) => verify('sha256', data, { key: publicKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength }, made);
  console.log(saltLength, good(saltLength), good(constants.RSA_PSS_SALTLEN_AUTO), good(7));
}
// PKCS #1 is deterministic: a fixed key gives OpenSSL's bytes. So is Ed25519.
const seed = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, 7)]);
const ed = createPrivateKey({ key: seed, format: 'der', type: 'pkcs8' });
console.log(sign(null, data, ed).toString('hex'), createPublicKey(ed).export({ format: 'jwk' }));
sign('sha256', data, privateKey, (error, made) => {
  console.log('callback', error, made.length);
  verify('sha256', data, publicKey, made, (error, good) => console.log('callback', error, good));
});
