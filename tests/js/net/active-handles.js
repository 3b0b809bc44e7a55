'use strict';
// What keeps the process alive: sockets and servers by themselves, and everything by name.
const net = require('net');
const names = () => process.getActiveResourcesInfo().filter((name) => /^TCP|^Timeout/.test(name)).sort();
const server = net.createServer((socket) => {
  const handles = process._getActiveHandles();
  console.log(handles.includes(server), handles.includes(socket), handles.includes(client), names());
  setTimeout(() => {
    console.log(names());
    client.destroy();
    socket.destroy();
    server.close();
  }, 1);
}).listen(0, () => { client = net.connect(server.address().port); });
let client;
for (let i = 0; i < 3; i++) require('fs').open(__filename, 'r', (error, fd) => require('fs').closeSync(fd));
console.log(process._getActiveRequests().length);
