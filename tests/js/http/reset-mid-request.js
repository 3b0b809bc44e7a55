// The connection breaks in the middle: each side hears of it once, and nothing is left open.
const http = require('http');
const net = require('net');

const server = http.createServer((request, response) => {
  const name = request.url.slice(1);
  request.on('aborted', () => console.log(name, 'request aborted'));
  request.on('error', (error) => console.log(name, 'request error', error.code, error.message));
  request.on('end', () => console.log(name, 'request end'));
  request.on('close', () => console.log(name, 'request close', request.complete, request.destroyed));
  response.on('error', (error) => console.log(name, 'response error', error.code));
  response.on('finish', () => console.log(name, 'response finish'));
  response.on('close', () => console.log(name, 'response close', response.writableFinished));
  request.resume();
  if (name === 'hang-up') request.socket.destroy();
  if (name === 'reset') request.socket.resetAndDestroy();
  if (name === 'half-body') {
    response.writeHead(200, { 'Content-Length': 100 });
    response.write('only this', () => request.socket.destroy());
  }
  if (name === 'half-chunk') {
    response.write('a chunk', () => request.socket.destroy());
  }
  if (name === 'slow') response.write('begun');
});
server.on('clientError', (error, socket) => {
  console.log('clientError', error.code, socket.writable);
  socket.destroy();
});

const step = (title, run) => new Promise((done) => {
  console.log('--', title);
  run(() => setTimeout(done, 30));
});

const ask = (name, done, options = {}) => {
  const request = http.request({ port: server.address().port, host: '127.0.0.1', path: `/${name}`, agent: false, ...options });
  request.on('response', (response) => {
    console.log('client', response.statusCode);
    response.on('data', (data) => console.log('client data', String(data)));
    response.on('aborted', () => console.log('client aborted'));
    response.on('error', (error) => console.log('client response error', error.code, error.message));
    response.on('end', () => console.log('client end'));
    response.on('close', () => console.log('client response close', response.complete));
  });
  request.on('error', (error) => console.log('client error', error.code, error.message));
  request.on('close', () => {
    console.log('client close', request.destroyed);
    done();
  });
  return request;
};

server.listen(0, '127.0.0.1', async () => {
  await step('the server hangs up before it answers', (done) => ask('hang-up', done).end());
  await step('the server resets', (done) => ask('reset', done).end());
  await step('the server hangs up inside a body of known length', (done) => ask('half-body', done).end());
  await step('the server hangs up between chunks', (done) => ask('half-chunk', done).end());
  await step('the client leaves inside its body', (done) => {
    const request = ask('upload', done, { method: 'POST', headers: { 'Content-Length': 1000 } });
    request.write('some');
    setTimeout(() => request.destroy(), 30);
  });
  await step('the client resets inside its body', (done) => {
    const socket = net.connect(server.address().port, '127.0.0.1', () => {
      socket.write('POST /raw HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc');
      setTimeout(() => socket.resetAndDestroy(), 30);
    });
    socket.on('close', () => setTimeout(done, 30));
  });
  await step('the client ends inside its headers', (done) => {
    const socket = net.connect(server.address().port, '127.0.0.1', () => socket.end('GET /headers HTTP/1.1\r\nHos'));
    socket.on('close', () => setTimeout(done, 30));
    socket.on('error', (error) => console.log('socket error', error.code));
  });
  await step('the client leaves while it is answered', (done) => {
    const request = ask('slow', done);
    request.on('response', (response) => response.once('data', () => request.destroy()));
    request.end();
  });
  await step('nobody listens', (done) => {
    server.close(done);
  });
  ask2(server);
});

function ask2() {
  const port = 1;
  http.get({ port, host: '127.0.0.1' }).on('error', (error) => console.log(error.code, error.syscall, error.address, error.port));
}
