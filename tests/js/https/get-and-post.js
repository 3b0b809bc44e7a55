'use strict';
// A server and clients: bodies both ways, an agent that keeps connections and sessions.
const https = require('https');
const { caCert, serverCert, serverKey } = require('../tls/keys.js');

const server = https.createServer({ key: serverKey, cert: serverCert }, (request, response) => {
  let length = 0;
  request.on('data', (chunk) => { length += chunk.length; });
  request.on('end', () => {
    const { encrypted, alpnProtocol, servername } = request.socket;
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify({ method: request.method, url: request.url, length, encrypted, alpnProtocol, servername, host: request.headers.host.split(':')[0] }));
  });
});
const agent = new https.Agent({ keepAlive: true, ca: caCert });
function send(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = https.request({ method, path, host: 'localhost', port: server.address().port, agent }, (response) => {
      let text = '';
      const { authorized } = response.socket;
      response.setEncoding('utf8');
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => { console.log(response.statusCode, text, request.reusedSocket, authorized); resolve(); });
    });
    request.on('error', reject);
    request.end(body);
  });
}
server.listen(0, async () => {
  await send('GET', '/one');
  await send('POST', '/two', Buffer.alloc(200_000, 'x'));
  console.log(Object.keys(agent.freeSockets).map((name) => name.split(':').length));
  agent.destroy();
  https.get(`https://localhost:${server.address().port}/plain`).on('error', (error) => {
    console.log(error.code);
    server.close(() => console.log('closed'));
  });
});
console.log(new https.Agent().getName({ host: 'a', port: 1, ca: 'c', servername: 'b', rejectUnauthorized: false, minVersion: 'TLSv1.2', sigalgs: 'x' }));
console.log(https.globalAgent.defaultPort, https.globalAgent.protocol, https.globalAgent.maxCachedSessions, https.globalAgent.keepAlive);
