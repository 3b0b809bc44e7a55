'use strict';
// What createSecureContext and createServer refuse.
const tls = require('tls');
const { serverCert: cert, serverKey: key } = require('./keys.js');

const cases = [
  { key: 1 }, { cert: {} }, { ca: 5 }, { key, cert: 'nonsense' }, { key: 'nonsense', cert }, { ciphers: 'nope' }, { ciphers: '' }, { ciphers: 1 },
  { minVersion: 'x' }, { maxVersion: 'y' }, { secureProtocol: 'foo' }, { secureProtocol: 'SSLv3_method' }, { secureProtocol: 'TLSv1_2_method', minVersion: 'TLSv1.2' },
  { ecdhCurve: 'nope' }, { ecdhCurve: 1 }, { crl: 'x' }, { sigalgs: '' }, { passphrase: 1, key, cert }, { ticketKeys: 'x' }, { ticketKeys: Buffer.alloc(3) },
  { sessionTimeout: 'x' }, { sessionIdContext: 1 }, { key: [{ pem: 1 }], cert }, { key, cert }, {},
];
for (const options of cases) {
  try {
    console.log(Object.keys(options), tls.createSecureContext(options) instanceof tls.SecureContext);
  } catch (error) {
    console.log(Object.keys(options), error.name, error.code, error.message, error.library, error.reason);
  }
}
for (const make of [() => tls.createServer('x'), () => tls.createServer({ ALPNCallback: 1 }), () => tls.createServer({ ALPNCallback() {}, ALPNProtocols: ['x'] }), () => tls.createServer({ handshakeTimeout: 'x' }), () => tls.createServer().addContext('', {}), () => tls.connect({ checkServerIdentity: null, port: 1 })]) {
  try {
    make();
    console.log('made');
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
