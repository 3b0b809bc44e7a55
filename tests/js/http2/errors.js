// What ends streams and sessions, and what is refused beforehand.
const http2 = require('http2');

const attempt = (name, body) => {
  try {
    body();
    console.log(name, 'passes');
  } catch (error) {
    console.log(name, error.name, error.code, error.message);
  }
};

attempt('protocol', () => http2.connect('ftp://localhost'));
const server = http2.createServer();
server.on('stream', (stream, headers) => {
  attempt('status', () => stream.respond({ ':status': 99 }));
  attempt('pseudo', () => stream.respond({ ':path': '/' }));
  attempt('connection', () => stream.respond({ connection: 'close' }));
  if (headers[':path'] === '/reset') {
    stream.on('error', (error) => console.log('server stream', error.code, error.message));
    stream.close(http2.constants.NGHTTP2_ENHANCE_YOUR_CALM);
    return;
  }
  stream.respond();
  attempt('twice', () => stream.respond());
  attempt('early trailers', () => stream.sendTrailers({}));
  stream.end();
});
server.on('sessionError', (error) => console.log('session error', error.message));
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`);
  attempt('method', () => client.request({ ':method': 'CONNECT' }));
  attempt('single', () => client.request({ 'content-type': ['a', 'b'] }));
  attempt('upgrade', () => client.request({ upgrade: 'websocket' }));
  attempt('name', () => client.request({ 'a b': 1 }));
  attempt('ping', () => client.ping(Buffer.alloc(3), () => {}));
  const reset = client.request({ ':path': '/reset' });
  reset.on('error', (error) => console.log('client stream', error.code, error.message));
  reset.on('close', () => {
    console.log('reset', reset.rstCode);
    const whole = client.request({ ':path': '/whole' });
    whole.resume();
    whole.on('close', () => {
      console.log('whole', whole.rstCode);
      client.destroy(new Error('enough'));
      attempt('destroyed', () => client.request());
    });
  });
  client.on('error', (error) => console.log('client', error.message));
  client.on('close', () => {
    console.log('closed', client.destroyed);
    server.close();
  });
});
