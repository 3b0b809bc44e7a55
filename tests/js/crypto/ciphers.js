// Every cipher gives OpenSSL's bytes, in pieces as at once.
const { createCipheriv, createDecipheriv, getCiphers, getCipherInfo, createHash } = require('crypto');
const bytes = (length, salt) => Buffer.alloc(length, createHash('sha256').update(String(salt)).digest());
for (const name of getCiphers()) {
  const info = getCipherInfo(name);
  if (/hmac|des3-wrap|CMS3DES/.test(name)) continue;
  const key = bytes(info.keyLength, 'key').map((byte, at) => byte ^ at);
  const iv = info.ivLength ? bytes(info.ivLength, 'iv') : null;
  const aead = /gcm|ccm|ocb|poly/i.test(name);
  const options = aead ? { authTagLength: 16 } : undefined;
  const plain = bytes(name.includes('wrap') ? 32 : 83, 'plain');
  const cipher = createCipheriv(name, key, iv, options);
  if (aead) cipher.setAAD(bytes(21, 'aad'), { plaintextLength: plain.length });
  const single = /ccm|wrap|xts/i.test(name);
  const pieces = single ? [plain] : [plain.subarray(0, 5), plain.subarray(5, 40), plain.subarray(40)];
  const hidden = Buffer.concat([...pieces.map((piece) => cipher.update(piece)), cipher.final()]);
  const tag = aead ? cipher.getAuthTag() : Buffer.alloc(0);
  const decipher = createDecipheriv(name, key, iv, options);
  if (aead) {
    decipher.setAuthTag(tag);
    decipher.setAAD(bytes(21, 'aad'), { plaintextLength: hidden.length });
  }
  const shown = Buffer.concat([decipher.update(hidden), decipher.final()]);
  console.log(name, createHash('md5').update(hidden).update(tag).digest('hex'), shown.equals(plain));
}
