// More data than the windows hold, both ways, with a reader that waits.
const http2 = require('http2');

const size = 300000;
const server = http2.createServer();
server.on('stream', (stream) => {
  let received = 0;
  stream.pause();
  setTimeout(() => stream.resume(), 20);
  stream.on('data', (chunk) => (received += chunk.length));
  stream.on('end', () => {
    console.log('server received', received);
    stream.respond();
    stream.end(Buffer.alloc(size, 'x'));
  });
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  const request = client.request({ ':method': 'POST' });
  let received = 0;
  request.on('data', (chunk) => (received += chunk.length));
  request.on('end', () => {
    console.log('client received', received);
    client.close();
    server.close();
  });
  request.write(Buffer.alloc(size / 2), () => console.log('half written'));
  request.end(Buffer.alloc(size / 2));
});
