// Requests that are not HTTP: the answer a client gets, and what 'clientError' hears of them.
const http = require('http');
const net = require('net');

const requests = {
  'CL and TE': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  'two lengths': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcd',
  'length is no number': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4x\r\n\r\nabcd',
  'negative length': 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -4\r\n\r\nabcd',
  'chunked is not last': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n',
  'bare LF after a header': 'GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n',
  'bare LF after the first line': 'GET / HTTP/1.1\nHost: a\r\n\r\n',
  'bare CR in a value': 'GET / HTTP/1.1\r\nHost: a\rb\r\n\r\n',
  'space before the colon': 'GET / HTTP/1.1\r\nHost : a\r\n\r\n',
  'a folded line': 'GET / HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n',
  'no name': 'GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n',
  'NUL in a value': 'GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n',
  'unknown method': 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n',
  'no version': 'GET /\r\n\r\n',
  'another protocol': 'GET / RTSP/1.0\r\nHost: a\r\n\r\n',
  'version 9': 'GET / HTTP/9.1\r\nHost: a\r\n\r\n',
  'TLS': '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03',
  'no host': 'GET / HTTP/1.1\r\n\r\n',
  'two hosts': 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'header too large': 'GET / HTTP/1.1\r\nHost: a\r\nX: ' + 'x'.repeat(20000) + '\r\n\r\n',
  'address too long': 'GET /' + 'x'.repeat(20000) + ' HTTP/1.1\r\nHost: a\r\n\r\n',
  'chunk size is no number': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nabc\r\n0\r\n\r\n',
  'chunk size too large': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc\r\n0\r\n\r\n',
  'chunk longer than it says': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n',
  'chunk extension too large': 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2;' + 'x'.repeat(20000) + '\r\nab\r\n0\r\n\r\n',
  'a good one after a good one': 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  'a bad one after a good one': 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGARBAGE\r\n\r\n',
};

const one = (server, name) => new Promise((done) => {
  const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write(requests[name], 'latin1'));
  let answer = '';
  socket.on('data', (data) => {
    answer += data;
    if (/^seen/m.test(answer) && !name.startsWith('a ')) socket.end();
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    const parts = answer.match(/^HTTP\/1.1 .*|^Connection: .*|^seen .*/gm);
    console.log(`${name}:`, parts ? parts.map((part) => part.trim()).join(' | ') : 'no answer');
    done();
  });
});

const serve = async (title, listener) => {
  console.log('--', title);
  const server = http.createServer((request, response) => {
    request.on('error', (error) => console.log('  request error', error.code));
    request.resume().on('end', () => response.end(`seen ${request.method} ${request.url.slice(0, 20)}\n`));
  });
  server.on('close', () => console.log('closed'));
  if (listener) server.on('clientError', listener);
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  for (const name of Object.keys(requests)) await one(server, name);
  await new Promise((done) => server.close(done));
};

(async () => {
  await serve('nobody listens for clientError');
  await serve('clientError', (error, socket) => {
    console.log('  ', error.name, error.code, error.message, Buffer.isBuffer(error.rawPacket), typeof error.bytesParsed, error.reason);
    if (socket.writable) socket.end('HTTP/1.1 418 Teapot\r\n\r\n');
  });
})();
