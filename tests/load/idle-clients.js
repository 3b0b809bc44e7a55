// Opens as many connections as it is told, says so, and holds them until its standard input ends.
const net = require('net');

const [port, count] = process.argv.slice(2).map(Number);
let open = 0;
let begun = 0;

function connect() {
  if (begun === count) return;
  begun += 1;
  const socket = net.connect(port, '127.0.0.1');
  socket.on('connect', () => {
    open += 1;
    if (open === count) console.log('open', open);
    connect();
  });
  socket.on('error', (error) => {
    console.log('error', error.code, 'at', begun);
    process.exit(1);
  });
}
for (let i = 0; i < 100; i++) connect();
process.stdin.resume().on('end', () => process.exit(0));
