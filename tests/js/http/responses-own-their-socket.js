'use strict';
// `request`, and yarn with it, takes a response whose socket is not its own property for one that came over an insecure connection.
const http = require('http');
const server = http.createServer((request, response) => response.end('x'));
server.listen(0, () => {
  const request = http.get({ port: server.address().port }, (response) => {
    const own = Object.getOwnPropertyDescriptor(response, 'socket');
    console.log(Object.hasOwn(response, 'socket'), own.value === request.socket, own.writable, own.enumerable, own.configurable);
    response.resume();
    server.close();
  });
});
