'use strict';
// What is told of certificates.
const tls = require('tls');
const { caCert, serverCert, serverKey, ecCert, ecKey } = require('./keys.js');

const server = tls.createServer({ key: serverKey, cert: serverCert }, (socket) => socket.end());
server.addContext('ec.coil.test', { key: ecKey, cert: ecCert });
server.addContext('*.example.org', tls.createSecureContext({ key: ecKey, cert: ecCert }));
server.listen(0, async () => {
  for (const servername of ['localhost', 'ec.coil.test', 'a.example.org', 'a.b.example.org']) {
    await new Promise((resolve) => {
      const options = { port: server.address().port, servername, ca: caCert, checkServerIdentity: () => {} };
      const socket = tls.connect(options, () => {
        const { issuerCertificate, raw, pubkey, ...rest } = socket.getPeerCertificate(true);
        console.log(servername, rest, raw.length, pubkey.length);
        console.log(issuerCertificate.subject, issuerCertificate.ca, issuerCertificate.issuerCertificate === issuerCertificate);
      });
      socket.on('close', resolve);
      socket.resume();
    });
  }
  server.close();
});
