'use strict';
// Whom a certificate is for.
const tls = require('tls');

const cases = [
  ['a.com', { subject: { CN: 'a.com' } }], ['b.com', { subject: { CN: 'a.com' } }], ['a.com.', { subject: { CN: 'a.com' } }], ['a.com', { subject: {} }], ['A.com', { subject: { CN: 'a.COM' } }],
  ['1.2.3.4', { subject: { CN: '1.2.3.4' } }], ['1.2.3.4', { subject: {}, subjectaltname: 'IP Address:1.2.3.4' }], ['::1', { subject: {}, subjectaltname: 'IP Address:0:0:0:0:0:0:0:1' }],
  ['x.b.com', { subject: {}, subjectaltname: 'DNS:*.b.com' }], ['b.com', { subject: { CN: 'b.com' }, subjectaltname: 'DNS:*.b.com' }], ['x.y.b.com', { subject: {}, subjectaltname: 'DNS:*.b.com' }],
  ['foo-x.b.com', { subject: {}, subjectaltname: 'DNS:foo-*.b.com' }], ['a.com', { subject: { CN: ['a.com', 'b.com'] } }], ['c.com', { subject: { CN: ['a.com', 'b.com'] } }],
  ['x', {}], ['com', { subject: {}, subjectaltname: 'DNS:*' }], ['a.com', { subject: {}, subjectaltname: 'DNS:"a.com", DNS:b.com' }], ['a.com', { subject: {}, subjectaltname: 'DNS:"a.com' }],
  ['xn--a.b.com', { subject: {}, subjectaltname: 'DNS:xn--*.b.com' }],
];
for (const [host, certificate] of cases) {
  try {
    const error = tls.checkServerIdentity(host, certificate);
    console.log(host, error === undefined ? 'fits' : [error.code, error.message, error.host, error.cert === certificate]);
  } catch (error) {
    console.log(host, error.name, error.code, error.message);
  }
}
const out = {};
tls.convertALPNProtocols(['h2', 'http/1.1'], out);
console.log(out.ALPNProtocols);
try {
  tls.convertALPNProtocols(['a'.repeat(300)], out);
} catch (error) {
  console.log(error.name, error.code, error.message);
}
console.log(tls.DEFAULT_MIN_VERSION, tls.DEFAULT_MAX_VERSION, tls.DEFAULT_ECDH_CURVE, tls.CLIENT_RENEG_LIMIT, tls.CLIENT_RENEG_WINDOW);
console.log(tls.getCiphers().includes('tls_aes_256_gcm_sha384'), tls.rootCertificates.length > 100, Object.isFrozen(tls.rootCertificates), tls.rootCertificates === tls.rootCertificates);
console.log(process.features.tls, process.features.tls_alpn, process.features.tls_sni);
