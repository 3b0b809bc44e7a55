'use strict';
// Every form of `send` gives one datagram, and its callback the length.
const dgram = require('dgram');
const server = dgram.createSocket('udp4');
const got = [];
server.on('message', (message, from) => {
  got.push(`${message} ${message.length} ${from.address} ${from.family} ${from.size}`);
  if (got.length === 6) {
    console.log(got.sort().join('\n'));
    server.close(() => console.log('server closed'));
    client.close();
  }
});
const client = dgram.createSocket('udp4');
server.bind(0, '127.0.0.1', () => {
  const { port, address, family } = server.address();
  console.log(address, family, port > 0);
  const tell = (error, length) => lengths.push(`${error} ${length}`);
  const lengths = [];
  client.send('text', port, '127.0.0.1', tell);
  client.send(Buffer.from('abuffer'), 1, 6, port, '127.0.0.1', tell);
  client.send(['a ', Buffer.from('list')], port, '127.0.0.1', tell);
  client.send([], port, '127.0.0.1', tell);
  client.send(new Uint8Array([104, 105]), port, '127.0.0.1', (...args) => {
    tell(...args);
    client.connect(port, '127.0.0.1', () => {
      console.log(client.remoteAddress().address);
      client.send('connected', (error, length) => console.log(error, length, lengths.sort().join(', ')));
    });
  });
});
