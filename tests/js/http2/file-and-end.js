'use strict';
// A file is sent whole, whatever the script ends.
const http2 = require('http2');
const fs = require('fs');

const size = fs.statSync(__filename).size;
const file = fs.openSync(__filename, 'r');
const server = http2.createServer();
server.on('stream', (stream, headers) => {
  stream.on('error', (error) => console.log('server', error.code, error.message));
  switch (headers[':path']) {
    case '/descriptor':
      stream.respondWithFD(file, { 'content-length': size });
      stream.end();
      break;
    case '/part':
      stream.respondWithFD(file, {}, { offset: 3, length: 10 });
      stream.end('nothing');
      break;
    default:
      // There is no such descriptor.
      stream.respondWithFD(999999);
  }
});
server.listen(0, async () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  for (const path of ['/descriptor', '/part', '/nothing']) {
    await new Promise((resolve) => {
      const request = client.request({ ':path': path });
      let body = '';
      request.setEncoding('utf8').on('data', (text) => { body += text; });
      request.on('end', () => console.log(path, body.length === size || body));
      request.on('error', (error) => console.log(path, error.code, error.message));
      request.on('close', () => resolve(console.log(path, request.rstCode)));
    });
  }
  client.close();
  server.close();
  fs.closeSync(file);
});
