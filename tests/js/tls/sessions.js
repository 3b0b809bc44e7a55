'use strict';
// A session of an earlier connection shortens the next one.
const tls = require('tls');
const { caCert, ecCert, ecKey } = require('./keys.js');

const server = tls.createServer({ key: ecKey, cert: ecCert }, (socket) => socket.end(`server ${socket.isSessionReused()}`));
function connect(options) {
  return new Promise((resolve) => {
    const socket = tls.connect({ port: server.address().port, servername: 'ec.coil.test', ca: caCert, ...options });
    let session;
    socket.on('session', (given) => { session = given; });
    socket.on('secureConnect', () => console.log('client', socket.isSessionReused(), socket.authorized));
    socket.on('data', (chunk) => console.log(String(chunk)));
    socket.on('close', () => resolve(session));
  });
}
server.listen(0, async () => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3']) {
    const session = await connect({ maxVersion });
    console.log(maxVersion, Buffer.isBuffer(session));
    await connect({ maxVersion, session });
    const keys = server.getTicketKeys();
    server.setTicketKeys(Buffer.alloc(48, 1));
    await connect({ maxVersion, session });
    server.setTicketKeys(keys);
  }
  server.close();
});
