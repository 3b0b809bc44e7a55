// The interface of node:http over HTTP/2.
const http2 = require('http2');

const server = http2.createServer((request, response) => {
  console.log(request.method, request.url, request.httpVersion, request.headers['x-in'], request.scheme, typeof request.authority);
  response.setHeader('X-Out', 'yes');
  response.setHeader('list', ['a', 'b']);
  response.appendHeader('list', 'c');
  console.log(response.getHeaderNames(), response.hasHeader('X-OUT'), response.headersSent, response.statusCode);
  for (const [name, value] of [[':path', '/'], ['a b', 1], ['x', undefined]]) {
    try {
      response.setHeader(name, value);
    } catch (error) {
      console.log(error.code, error.message);
    }
  }
  let body = '';
  request.on('data', (chunk) => (body += chunk));
  request.on('end', () => {
    console.log('body', body, request.complete);
    response.writeHead(202, { 'content-type': 'text/plain' });
    console.log(response.headersSent);
    try {
      response.setHeader('late', 1);
    } catch (error) {
      console.log(error.code);
    }
    response.write('hello ');
    response.addTrailers({ 'x-trailer': 'end' });
    response.end('world', () => console.log('ended', response.finished));
  });
  response.on('finish', () => console.log('finish'));
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  const request = client.request({ ':path': '/compat', ':method': 'PUT', 'x-in': 'in' });
  request.on('response', (headers) => console.log(headers[':status'], headers['x-out'], headers.list));
  request.on('trailers', (headers) => console.log(headers['x-trailer']));
  let text = '';
  request.on('data', (chunk) => (text += chunk));
  request.on('end', () => {
    console.log(text);
    client.close();
    server.close();
  });
  request.end('sent');
});
