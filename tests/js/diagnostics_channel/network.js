'use strict';
// What the runtime itself publishes of sockets, servers and HTTP, in which order and with which fields.
const dc = require('diagnostics_channel');
const names = [
  'net.client.socket', 'net.server.socket', 'tracing:net.server.listen:asyncStart', 'tracing:net.server.listen:asyncEnd',
  'http.client.request.created', 'http.client.request.start', 'http.client.request.error', 'http.client.response.finish',
  'http.server.request.start', 'http.server.response.created', 'http.server.response.finish',
];
const told = {};
for (const name of names) {
  dc.subscribe(name, (message, channel) => {
    (told[name] ??= []).push(Object.entries(message).map(([key, value]) => `${key}: ${value?.constructor?.name}`).join(', '));
    if (channel !== name) console.log('wrong channel', channel);
  });
}
const http = require('http');
const server = http.createServer((request, response) => response.end('done'));
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, host: '127.0.0.1' }, (response) => {
    response.resume();
    response.on('end', () => server.close());
  });
});
server.on('close', () => {
  http.get({ port: 1, host: '127.0.0.1' }).on('error', (error) => {
    console.log(error.code);
    for (const name of names) console.log(name, told[name]);
  });
});
