'use strict';
// What is written before the peer is known goes to no one who is refused.
const tls = require('tls');
const { caCert, serverCert, serverKey } = require('./keys.js');

const server = tls.createServer({ key: serverKey, cert: serverCert }, (socket) => {
  let heard = '';
  socket.setEncoding('utf8').on('data', (text) => { heard += text; });
  socket.on('error', () => {});
  socket.on('close', () => console.log('server heard', JSON.stringify(heard)));
}).on('tlsClientError', (error) => console.log('server', error.code));

const attempt = (name, options) => new Promise((resolve) => {
  const socket = tls.connect({ port: server.address().port, ...options }, () => {
    console.log(name, 'secure', socket.authorized);
    socket.end();
  });
  socket.write('secret');
  socket.on('error', (error) => console.log(name, error.code));
  socket.on('close', () => setTimeout(resolve, 50));
});

server.listen(0, async () => {
  await attempt('unknown authority', { servername: 'localhost' });
  await attempt('wrong name', { servername: 'example.org', ca: caCert });
  await attempt('own check', { servername: 'localhost', ca: caCert, checkServerIdentity: () => Object.assign(new Error('no'), { code: 'NO' }) });
  await attempt('good', { servername: 'localhost', ca: caCert });
  await attempt('careless', { servername: 'example.org', rejectUnauthorized: false });
  server.close();
});
