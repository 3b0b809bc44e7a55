// An HTTP API: POST /sum adds the numbers of a JSON body, POST /upper answers its body in upper case as it comes, GET /slow waits.
const http = require('http');

const server = http.createServer((request, response) => {
  const { pathname, searchParams } = new URL(request.url, 'http://localhost');
  if (request.method === 'POST' && pathname === '/sum') {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      try {
        const numbers = JSON.parse(Buffer.concat(chunks));
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify({ count: numbers.length, sum: numbers.reduce((a, b) => a + b, 0) }));
      } catch (error) {
        response.writeHead(400, { 'Content-Type': 'text/plain' });
        response.end(`${error.name}\n`);
      }
    });
  } else if (request.method === 'POST' && pathname === '/upper') {
    request.setEncoding('latin1');
    request.on('data', (text) => {
      if (!response.write(text.toUpperCase(), 'latin1')) {
        request.pause();
        response.once('drain', () => request.resume());
      }
    });
    request.on('end', () => response.end());
  } else if (pathname === '/slow') {
    setTimeout(() => response.end(`waited ${searchParams.get('id')}\n`), 20);
  } else {
    response.statusCode = 404;
    response.end();
  }
});
server.listen(0, '127.0.0.1', () => console.log('listening on', server.address().port));
