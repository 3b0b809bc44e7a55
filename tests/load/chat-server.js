// A chat: the first line of a client is its name, each line after it goes to all others. `/who` asks who is there.
const net = require('net');
const readline = require('readline');

const clients = new Map();

function broadcast(line, except) {
  for (const [name, socket] of clients) if (name !== except) socket.write(line + '\n');
}

const server = net.createServer((socket) => {
  let name;
  const lines = readline.createInterface({ input: socket });
  lines.on('line', (line) => {
    if (name === undefined) {
      if (clients.has(line)) return socket.end('the name is taken\n');
      name = line;
      clients.set(name, socket);
      socket.write(`welcome ${name}\n`);
    } else if (line === '/who') {
      socket.write([...clients.keys()].sort().join(' ') + '\n');
    } else {
      broadcast(`${name}: ${line}`, name);
    }
  });
  socket.on('error', () => {});
  socket.on('close', () => {
    if (clients.get(name) === socket) clients.delete(name);
  });
});

server.listen(0, '127.0.0.1', () => console.log('listening on', server.address().port));
