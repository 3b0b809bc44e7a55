'use strict';
// Certificates that are not believed, and what is told of them.
const tls = require('tls');
const { caCert, serverCert, serverKey, ecCert, ecKey } = require('./keys.js');

const server = tls.createServer({ key: serverKey, cert: serverCert });
server.on('tlsClientError', () => {});
server.on('secureConnection', (socket) => { socket.on('error', () => {}); socket.end(); });
const cases = [
  ['nobody is trusted', {}],
  ['another name', { ca: caCert, servername: 'elsewhere.example' }],
  ['another address', { ca: caCert, host: '127.0.0.2' }],
  ['a wildcard', { ca: caCert, servername: 'some.coil.test' }],
  ['too many dots', { ca: caCert, servername: 'a.b.coil.test' }],
  ['not rejected', { rejectUnauthorized: false }],
  ['own check', { ca: caCert, checkServerIdentity: (host, certificate) => new Error(`no ${host} ${certificate.subject.CN}`) }],
  ['own authority twice', { ca: [caCert, ecCert], servername: 'localhost' }],
];
server.listen(0, async () => {
  const { port } = server.address();
  for (const [name, options] of cases) {
    await new Promise((resolve) => {
      const socket = tls.connect({ port, host: '127.0.0.1', ...options });
      socket.on('error', (error) => console.log(name, error.code, error.message, error.host, error.reason));
      socket.on('secureConnect', () => console.log(name, socket.authorized, socket.authorizationError));
      socket.on('close', resolve);
      socket.resume();
    });
  }
  server.close();
});
