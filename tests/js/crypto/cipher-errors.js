// What ciphers refuse, with OpenSSL's codes.
const { createCipheriv, createDecipheriv } = require('crypto');
const attempt = (name, run) => {
  try {
    console.log(name, run());
  } catch (error) {
    console.log(name, error.name, error.code, error.message, error.library, error.reason);
  }
};
const key = Buffer.alloc(16), iv = Buffer.alloc(16);
attempt('bad decrypt', () => { const d = createDecipheriv('aes-128-cbc', key, iv); d.update(Buffer.alloc(16)); return d.final(); });
attempt('wrong length', () => { const d = createDecipheriv('aes-128-cbc', key, iv); d.update(Buffer.alloc(15)); return d.final(); });
attempt('no padding', () => { const c = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false); c.update('abc'); return c.final(); });
attempt('final twice', () => { const c = createCipheriv('aes-128-cbc', key, iv); c.final(); return c.final(); });
attempt('update late', () => { const c = createCipheriv('aes-128-cbc', key, iv); c.final(); return c.update('a'); });
attempt('iv', () => createCipheriv('aes-128-cbc', key, Buffer.alloc(15)));
attempt('key', () => createCipheriv('aes-128-cbc', Buffer.alloc(15), iv));
attempt('name', () => createCipheriv('nope', key, iv));
attempt('tag', () => { const d = createDecipheriv('aes-128-gcm', key, iv); d.setAuthTag(Buffer.alloc(16)); d.update('a'); return d.final(); });
attempt('tag length', () => createDecipheriv('aes-128-gcm', key, iv).setAuthTag(Buffer.alloc(3)));
attempt('tag twice', () => createDecipheriv('aes-128-gcm', key, iv).setAuthTag(Buffer.alloc(16)).setAuthTag(Buffer.alloc(16)));
attempt('early tag', () => createCipheriv('aes-128-gcm', key, iv).getAuthTag());
attempt('ccm', () => createCipheriv('aes-128-ccm', key, Buffer.alloc(12)));
attempt('ccm aad', () => createCipheriv('aes-128-ccm', key, Buffer.alloc(12), { authTagLength: 16 }).setAAD(Buffer.alloc(3)));
attempt('xts', () => createCipheriv('aes-128-xts', Buffer.alloc(32), iv));
attempt('hex', () => createCipheriv('aes-128-cbc', key, iv).update('abc', 'hex'));
attempt('encoding', () => { const c = createCipheriv('aes-128-cbc', key, iv); c.update('abcd', 'hex', 'hex'); return c.final('utf8'); });
