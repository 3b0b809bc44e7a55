'use strict';
// Header lists, settings of other numbers, pings, and what is written before there is a connection.
const http2 = require('http2');

const server = http2.createServer({ remoteCustomSettings: [55], settings: { customSettings: { 1244: 456 } } });
server.on('session', (session) => {
  session.on('remoteSettings', (settings) => console.log('server', settings.customSettings, session.localSettings.customSettings));
});
server.on('stream', (stream, headers, flags, raw) => {
  console.log(raw.map((text) => text.replace(/:\d+$/, ':0')).join(' '));
  let parts = 0;
  stream.on('data', (chunk) => {
    parts += 1;
    console.log('part', parts, String(chunk));
  });
  stream.on('end', () => {
    stream.respond([':status', '201', 'x-One', 'a', 'x-One', 'b', 'date', 'now']);
    const { ':status': status, ...rest } = stream.sentHeaders;
    console.log(status, rest);
    stream.end('x');
  });
});
server.listen(0, () => {
  const client = http2.connect(`http://localhost:${server.address().port}`, { settings: { customSettings: { 55: 12, 155: 144 } } });
  const request = client.request(['x-Two', 'c', ':method', 'POST']);
  console.log(request.writableCorked, request.pending);
  request.write('one,');
  request.write('two,');
  request.end('three');
  request.on('response', (headers, flags, raw) => console.log(raw.join(' ')));
  request.resume().on('close', () => {
    console.log('client', client.localSettings.customSettings, client.pendingSettingsAck);
    client.ping(Buffer.from('abcdefgh'), (error, duration, answer) => {
      console.log(error, typeof duration, String(answer), answer.buffer.byteLength);
      client.close();
      server.close();
    });
  });
});
