// A server of small answers, and a client that asks it over a few kept connections.
const http = require('node:http');

const server = http.createServer((request, response) => {
  if (request.method === 'POST') {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ length: Buffer.concat(chunks).length, url: new URL(request.url, 'http://x').pathname }));
    });
    return;
  }
  response.setHeader('Content-Type', 'text/plain');
  response.end('hello');
});
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
function ask(method, body) {
  return new Promise((resolve, reject) => {
    const request = http.request({ port: server.address().port, method, agent, path: '/a?b=1', headers: { accept: '*/*' } }, (response) => {
      response.setEncoding('utf8');
      let text = '';
      response.on('data', (chunk) => { text += chunk; });
      response.on('end', () => resolve(text));
    });
    request.on('error', reject);
    request.end(body);
  });
}
server.listen(0, async () => {
  for (let round = 0; round < 40; round++) await Promise.all(Array.from({ length: 8 }, (_, i) => ask(i % 4 ? 'GET' : 'POST', i % 4 ? undefined : 'x'.repeat(i * 100))));
  const [answer] = await Promise.all([fetch(`http://localhost:${server.address().port}/`).then((r) => r.text())]);
  console.log(answer);
  agent.destroy();
  server.close();
  server.closeAllConnections();
});
