// One request with a body, one without, informational headers and trailers.
const http2 = require('http2');

const server = http2.createServer();
server.on('stream', (stream, headers, flags) => {
  console.log('request', headers[':method'], headers[':path'], headers['x-many'], headers.cookie, flags);
  stream.additionalHeaders({ ':status': 103, link: '</a.css>' });
  let body = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk) => (body += chunk));
  stream.on('end', () => {
    stream.respond({ ':status': 201, 'content-type': 'text/plain', 'set-cookie': ['a=1', 'b=2'] }, { waitForTrailers: true, sendDate: false });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'x-length': body.length }));
    stream.end(body.toUpperCase());
  });
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  const run = (headers, body, then) => {
    const request = client.request(headers);
    request.on('headers', (headers) => console.log('informational', headers[':status'], headers.link));
    request.on('response', (headers) => console.log('response', headers[':status'], headers['content-type'], headers['set-cookie'], 'date' in headers));
    request.on('trailers', (trailers) => console.log('trailers', trailers['x-length']));
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => console.log('end', JSON.stringify(text)));
    request.on('close', () => {
      console.log('close', request.rstCode, request.closed, request.destroyed, request.aborted);
      then();
    });
    request.end(body);
  };
  run({ ':path': '/one', ':method': 'POST', 'x-many': ['1', '2'], cookie: ['x=1', 'y=2'] }, 'some text', () => {
    run({ ':path': '/two' }, undefined, () => {
      client.close(() => console.log('client closed'));
      server.close(() => console.log('server closed'));
    });
  });
});
