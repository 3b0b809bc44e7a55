'use strict';
// A server that asks for certificates: of a client that has one, of one that has none, of one nobody vouches for.
const tls = require('tls');
const { caCert, serverCert, serverKey, clientCert, clientKey } = require('./keys.js');

async function ask(rejectUnauthorized, ca, own) {
  const server = tls.createServer({ key: serverKey, cert: serverCert, ca, requestCert: true, rejectUnauthorized });
  server.on('secureConnection', (socket) => {
    const peer = socket.getPeerCertificate();
    console.log('server', socket.authorized, socket.authorizationError, peer.subject && peer.subject.CN, peer.ext_key_usage);
    socket.end('welcome');
  });
  server.on('tlsClientError', (error) => console.log('tlsClientError', error.code));
  await new Promise((resolve) => server.listen(0, resolve));
  await new Promise((resolve) => {
    const socket = tls.connect({ port: server.address().port, ca: caCert, servername: 'localhost', ...own });
    socket.on('data', (chunk) => console.log(String(chunk)));
    socket.on('error', () => {});
    socket.on('close', resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}

(async () => {
  const own = { key: clientKey, cert: clientCert };
  await ask(true, caCert, own);
  await ask(false, caCert, {});
  await ask(false, serverCert, own);
  await ask(true, caCert, {});
})();
