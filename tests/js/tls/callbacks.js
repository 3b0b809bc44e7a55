'use strict';
// Callbacks that choose a context and a protocol, and their failures.
const tls = require('tls');
const { caCert, serverCert, serverKey, ecCert, ecKey } = require('./keys.js');

const serve = (options) => {
  const server = tls.createServer({ key: serverKey, cert: serverCert, ...options }, (socket) => socket.end());
  server.on('tlsClientError', (error) => console.log('server', error.code ?? error.message));
  return new Promise((resolve) => server.listen(0, () => resolve(server)));
};

const ask = (server, options) => new Promise((resolve) => {
  const socket = tls.connect({ port: server.address().port, servername: 'localhost', ca: caCert, checkServerIdentity() {}, ...options }, () => {
    console.log('client', socket.alpnProtocol, socket.getPeerCertificate().subject.CN);
  });
  socket.on('error', (error) => console.log('client', error.code)).on('close', resolve).resume();
});

(async () => {
  const ec = tls.createSecureContext({ key: ecKey, cert: ecCert });
  const names = await serve({
    SNICallback(name, done) {
      switch (name) {
        case 'a.test': return done(null, ec);
        case 'b.test': return setTimeout(done, 10, null, ec);
        case 'c.test': return done(null, null);
        case 'd.test': return done(new Error('refused'));
        case 'e.test': return done(null, {});
      }
    },
  });
  for (const servername of ['a.test', 'b.test', 'c.test', 'd.test', 'e.test']) await ask(names, { servername });
  names.close();

  const protocols = await serve({
    ALPNCallback({ servername, protocols }) {
      console.log(servername, protocols);
      return protocols.find((name) => name !== 'one');
    },
  });
  await ask(protocols, { ALPNProtocols: ['one', 'two'] });
  await ask(protocols, { ALPNProtocols: ['one'] });
  await ask(protocols, {});
  protocols.close();

  for (const options of [{ ALPNCallback: 1 }, { SNICallback: 1 }, { ALPNCallback() {}, ALPNProtocols: ['a'] }]) {
    try {
      tls.createServer(options);
    } catch (error) {
      console.log(error.code, error.message);
    }
  }
})();
