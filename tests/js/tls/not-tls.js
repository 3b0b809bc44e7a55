'use strict';
// Peers that speak something else, or nothing.
const tls = require('tls');
const net = require('net');
const { serverCert, serverKey } = require('./keys.js');

const server = tls.createServer({ key: serverKey, cert: serverCert });
server.on('tlsClientError', (error) => console.log('server', error.code, error.library, error.reason, error.message.split(':').slice(1, 3).join()));
function send(text) {
  return new Promise((resolve) => {
    const socket = net.connect(server.address().port, () => { if (text === null) socket.destroy(); else socket.write(text); });
    socket.on('error', () => {});
    socket.on('close', resolve);
    socket.resume();
  });
}
function answer(reply) {
  return new Promise((resolve) => {
    const plain = net.createServer((socket) => { socket.on('error', () => {}); socket.resume(); if (reply === null) socket.destroy(); else socket.end(reply); });
    plain.listen(0, '127.0.0.1', () => {
      const socket = tls.connect({ port: plain.address().port, host: '127.0.0.1' });
      socket.on('error', (error) => console.log('client', error.code, error.reason, error.host));
      socket.on('close', () => plain.close(resolve));
    });
  });
}
server.listen(0, async () => {
  await send('GET / HTTP/1.1\r\n\r\n');
  await send('what is this thing\n');
  await send(null);
  await answer('HTTP/1.1 400 Bad Request\r\n\r\n');
  await answer(null);
  server.close();
});
