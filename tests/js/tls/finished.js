'use strict';
// What both ends of a handshake know, and what is told of its keys.
const tls = require('tls');
const { caCert, serverCert, serverKey } = require('./keys.js');

const run = (version) => new Promise((resolve) => {
  const labels = { server: new Set(), client: new Set() };
  const note = (side) => (line) => labels[side].add(String(line).split(' ')[0]);
  let ends;
  const server = tls.createServer({ key: serverKey, cert: serverCert, maxVersion: version }, (socket) => {
    ends = [socket.getFinished(), socket.getPeerFinished(), socket.exportKeyingMaterial(16, 'label')];
    socket.end('x');
  }).on('keylog', note('server'));
  server.listen(0, () => {
    const socket = tls.connect({ port: server.address().port, servername: 'localhost', ca: caCert }).on('keylog', note('client'));
    socket.resume().on('end', () => {
      console.log(version, socket.getProtocol(), socket.getFinished().length === socket.getPeerFinished().length);
      console.log(ends[0].equals(socket.getPeerFinished()), ends[1].equals(socket.getFinished()), ends[2].equals(socket.exportKeyingMaterial(16, 'label')));
      console.log([...labels.server].sort(), [...labels.client].sort());
    });
    socket.on('close', () => server.close(resolve));
  });
});

run('TLSv1.2').then(() => run('TLSv1.3'));
