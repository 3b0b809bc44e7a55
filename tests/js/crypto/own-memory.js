// What crypto gives lies in memory of its own: `.buffer` holds nothing else, and it can be transferred.
const crypto = require('node:crypto');
const { privateKey } = crypto.generateKeyPairSync('ed25519');
const cipher = crypto.createCipheriv('aes-128-cbc', Buffer.alloc(16), Buffer.alloc(16));
const made = {
  randomBytes: crypto.randomBytes(4),
  digest: crypto.createHash('sha1').digest(),
  hmac: crypto.createHmac('sha1', 'key').digest(),
  sign: crypto.sign(null, Buffer.from('x'), privateKey),
  pbkdf2: crypto.pbkdf2Sync('a', 'b', 1, 8, 'sha1'),
  update: cipher.update('a'.repeat(20)),
  final: cipher.final(),
  export: privateKey.export({ format: 'der', type: 'pkcs8' }),
};
for (const [name, buffer] of Object.entries(made)) console.log(name, buffer.byteOffset, buffer.buffer.byteLength === buffer.length);
console.log(structuredClone(made.digest, { transfer: [made.digest.buffer] }).length, made.digest.length);
