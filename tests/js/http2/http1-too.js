'use strict';
// A server that speaks HTTP/1 to those who do not ask for HTTP/2, and one that does not.
const http2 = require('http2');
const http = require('http');
const https = require('https');
const tls = require('tls');
const { caCert, serverCert, serverKey } = require('../tls/keys.js');

class Request extends http.IncomingMessage {
  agent() {
    return this.headers['user-agent'];
  }
}

const secrets = { key: serverKey, cert: serverCert };
const trust = { servername: 'localhost', ca: caCert };

const both = http2.createSecureServer({ ...secrets, allowHTTP1: true, http1Options: { IncomingMessage: Request } }, (request, response) => {
  response.end(`${request.httpVersion} ${request.agent?.()}`);
});
const only = http2.createSecureServer({ ...secrets, unknownProtocolTimeout: 50 });
only.on('secureConnection', (socket) => socket.on('close', () => {
  console.log('closed');
  only.close();
}));

both.listen(0, () => {
  const agent = new https.Agent({ keepAlive: true });
  https.get({ port: both.address().port, agent, headers: { 'user-agent': 'test' }, ...trust }, (response) => {
    response.setEncoding('utf8').on('data', console.log).on('end', () => {
      const client = http2.connect(`https://localhost:${both.address().port}`, trust);
      const request = client.request();
      request.setEncoding('utf8').on('data', console.log).on('close', () => {
        client.close();
        // The connection that waits for another request goes too.
        both.close(() => {
          console.log('both are closed');
          only.listen(0, () => {
            const socket = tls.connect({ port: only.address().port, ...trust });
            socket.setEncoding('utf8').on('data', (text) => console.log(text.split('\r\n')[0]));
          });
        });
      });
    });
  });
});
for (const options of [{ settings: 1 }, { settings() {} }, { settings: null }]) {
  try {
    http2.createSecureServer(options);
  } catch (error) {
    console.log(error.code, error.message);
  }
}
