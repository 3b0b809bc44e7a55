'use strict';
// More than fits into records and socket buffers, both ways at once.
const tls = require('tls');
const crypto = require('crypto');
const { caCert, ecCert, ecKey } = require('./keys.js');

const bytes = Buffer.alloc(3_000_000, 'all work and no play ');
const sum = (data) => crypto.createHash('sha256').update(data).digest('hex').slice(0, 16);
const sums = {};
const server = tls.createServer({ key: ecKey, cert: ecCert }, (socket) => {
  const chunks = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('end', () => { sums.server = sum(Buffer.concat(chunks)); });
  socket.end(bytes);
});
server.listen(0, () => {
  const socket = tls.connect({ port: server.address().port, servername: 'ec.coil.test', ca: [caCert] });
  const chunks = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.end(bytes);
  socket.on('close', () => { sums.client = sum(Buffer.concat(chunks)); server.close(); });
});
server.on('close', () => console.log('server', sums.server, 'client', sums.client));
