'use strict';
// Ciphers, versions, signature algorithms and files that a context is given.
const tls = require('tls');
const { serverKey } = require('./keys.js');

const told = (name, options) => {
  try {
    tls.createSecureContext(options);
    console.log(name, 'is taken');
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};

told('one suite', { ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' });
told('a suite of TLS 1.3', { ciphers: 'TLS_AES_256_GCM_SHA384' });
told('a mixed list', { ciphers: 'TLS_AES_256_GCM_SHA384:!TLS_CHACHA20_POLY1305_SHA256:HIGH:!aNULL' });
told('no suite', { ciphers: 'aes256-nothing' });
told('an empty list', { ciphers: '' });
told('no text', { ciphers: 1 });
told('a level', { ciphers: 'DEFAULT@SECLEVEL=0' });
told('versions', { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3' });
told('no version', { minVersion: 'TLSv9' });
told('versions twice', { secureProtocol: 'TLSv1_2_method', minVersion: 'TLSv1.2' });
told('old method', { secureProtocol: 'SSLv3_method' });
told('no method', { secureProtocol: 'blah' });
told('algorithms', { sigalgs: 'RSA-PSS+SHA256:ECDSA+SHA256' });
told('empty algorithms', { sigalgs: '' });
told('no PFX', { pfx: 'sample' });
told('no key', { key: 'sample' });
told('no certificate', { cert: 'sample' });
told('curve', { ecdhCurve: 'P-256:X25519' });
told('no curve', { ecdhCurve: 'P-9' });
told('passphrase', { key: serverKey, passphrase: 1 });
console.log(tls.getCiphers().includes('tls_aes_128_gcm_sha256'), tls.DEFAULT_MIN_VERSION, tls.DEFAULT_MAX_VERSION);
