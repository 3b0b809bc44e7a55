// Files as responses.
const http2 = require('http2');
const fs = require('fs');
const path = require('path');
const os = require('os');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'http2-file-'));
const file = path.join(folder, 'text.txt');
fs.writeFileSync(file, 'the text of the file');
const server = http2.createServer();
server.on('stream', (stream, headers) => {
  stream.on('error', (error) => console.log('stream', error.code));
  switch (headers[':path']) {
    case '/whole':
      stream.respondWithFile(file, { 'content-type': 'text/plain' }, { statCheck: (stat, headers) => { headers['x-size'] = stat.size; } });
      break;
    case '/part':
      stream.respondWithFile(file, {}, { offset: 4, length: 4 });
      break;
    case '/missing':
      stream.respondWithFile(path.join(folder, 'missing'), {}, { onError: (error) => { console.log(error.code); stream.respond({ ':status': 404 }); stream.end(); } });
      break;
    case '/folder':
      stream.respondWithFile(folder, {}, { onError: (error) => { console.log(error.code); stream.respond({ ':status': 403 }); stream.end(); } });
      break;
  }
});
server.listen(0, async () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  for (const where of ['/whole', '/part', '/missing', '/folder']) {
    await new Promise((resolve) => {
      const request = client.request({ ':path': where });
      let text = '';
      request.on('response', (headers) => console.log(where, headers[':status'], headers['content-length'], headers['x-size']));
      request.on('data', (chunk) => (text += chunk));
      request.on('end', () => console.log(JSON.stringify(text)));
      request.on('close', resolve);
    });
  }
  client.close();
  server.close();
  fs.rmSync(folder, { recursive: true });
});
