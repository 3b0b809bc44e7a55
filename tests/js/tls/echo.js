'use strict';
// A server and a client in one process: who they are, what they agreed on, bytes both ways, and the end.
const tls = require('tls');
const { caCert, serverCert, serverKey } = require('./keys.js');

function run(maxVersion, then) {
  const server = tls.createServer({ key: serverKey, cert: serverCert, ALPNProtocols: ['one', 'two'] }, (socket) => {
    console.log(maxVersion, 'server', socket.encrypted, socket.authorized, socket.servername, socket.alpnProtocol, socket.getProtocol());
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1', () => {
    const { port } = server.address();
    const options = { port, host: '127.0.0.1', servername: 'localhost', ca: caCert, maxVersion, ALPNProtocols: ['two', 'three'] };
    const socket = tls.connect(options, () => {
      console.log(maxVersion, 'client', socket.authorized, socket.authorizationError, socket.alpnProtocol, socket.getProtocol());
      console.log(socket.remotePort === port, socket.getCipher(), socket.isSessionReused());
      socket.write('hello ');
      socket.write(Buffer.from('world'));
      socket.end();
    });
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => { text += chunk; });
    socket.on('end', () => console.log(maxVersion, JSON.stringify(text), socket.bytesRead, socket.bytesWritten));
    socket.on('close', (failed) => { console.log(maxVersion, 'close', failed); server.close(() => { console.log(maxVersion, 'server closed'); then(); }); });
  });
}
run('TLSv1.2', () => run('TLSv1.3', () => {}));
