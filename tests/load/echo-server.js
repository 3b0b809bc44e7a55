// Sends back what it gets.
const net = require('net');

const server = net.createServer({ allowHalfOpen: true }, (socket) => {
  socket.on('error', (error) => console.error(error));
  socket.pipe(socket);
});
server.listen(0, '127.0.0.1', 4096, () => console.log('listening on', server.address().port));
