'use strict';
// TLS over streams that are no sockets, and over a socket that is connected already.
const tls = require('tls');
const net = require('net');
const { duplexPair } = require('stream');
const { caCert, serverCert, serverKey } = require('./keys.js');

const [near, far] = duplexPair();
const served = new tls.TLSSocket(far, { isServer: true, key: serverKey, cert: serverCert });
served.on('secure', () => console.log('served', served.getProtocol()));
served.on('data', (chunk) => served.end(`got ${chunk}`));
const socket = tls.connect({ socket: near, ca: caCert, servername: 'localhost' }, () => {
  console.log(socket.authorized, socket.remoteAddress);
  socket.write('over a pair');
});
socket.on('data', (chunk) => console.log(String(chunk)));
socket.on('end', () => {
  socket.end();
  const server = net.createServer((plain) => {
    plain.once('data', (line) => {
      console.log(String(line));
      plain.write('go ahead');
      const upgraded = new tls.TLSSocket(plain, { isServer: true, secureContext: tls.createSecureContext({ key: serverKey, cert: serverCert }) });
      upgraded.on('data', (chunk) => { console.log('upgraded', String(chunk)); upgraded.end('bye'); });
    });
  });
  server.listen(0, () => {
    const plain = net.connect(server.address().port, () => plain.write('STARTTLS'));
    plain.once('data', (answer) => {
      console.log(String(answer));
      const upgraded = tls.connect({ socket: plain, ca: caCert, servername: 'localhost' }, () => upgraded.write('secret'));
      upgraded.on('data', (chunk) => console.log(String(chunk)));
      upgraded.on('close', () => server.close());
    });
  });
});
