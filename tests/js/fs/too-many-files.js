// Descriptors run out: EMFILE with its system call, everywhere, and all is well once some are closed.
const { spawnSync } = require('child_process');

if (!process.argv[2]) {
  const { stdout, stderr, status } = spawnSync('sh', ['-c', 'ulimit -n 40; exec "$0" "$1" child', process.execPath, __filename], { encoding: 'utf8' });
  console.log(stdout + stderr, status);
  return;
}
const fs = require('fs');
const net = require('net');
const { spawn } = require('child_process');

const fill = () => {
  const held = [];
  try {
    for (;;) held.push(fs.openSync(__filename));
  } catch (error) {
    console.log(error.code, error.syscall, error.errno, error.message.replace(/'.*'/, 'FILE'));
  }
  return held;
};
const free = (held) => held.splice(0).forEach((fd) => fs.closeSync(fd));

const server = net.createServer((socket) => socket.end('served'));
server.on('error', (error) => console.log('server error', error.code));
server.on('drop', () => console.log('drop'));
server.listen(0, '127.0.0.1', async () => {
  let held = fill();
  console.log('held some', held.length > 5);
  await new Promise((done) => fs.open(__filename, (error) => done(console.log('open', error.code, error.syscall))));
  await fs.promises.readFile(__filename).catch((error) => console.log('readFile', error.code, error.syscall));
  await fs.promises.readdir('.').catch((error) => console.log('readdir', error.code, error.syscall));
  await new Promise((done) => fs.createReadStream(__filename).on('error', (error) => done(console.log('stream', error.code))));
  await new Promise((done) => net.connect(server.address().port, '127.0.0.1').on('error', (error) => done(console.log('connect', error.code, error.syscall))));
  try {
    const child = spawn(process.execPath, ['-e', '0']);
    child.on('error', (error) => console.log('spawn event', error.code, error.syscall.split(' ')[0]));
    await new Promise((done) => setTimeout(done, 50));
  } catch (error) {
    console.log('spawn', error.code, error.syscall.split(' ')[0]);
  }
  console.log('spawnSync', spawnSync(process.execPath, ['-e', '0']).error.code);
  free(held);
  fs.readFileSync(__filename);

  // One descriptor is left: it becomes the client's, and the server cannot accept until others are closed.
  held = fill();
  fs.closeSync(held.pop());
  const client = net.connect(server.address().port, '127.0.0.1');
  client.on('error', (error) => console.log('client error', error.code));
  client.on('connect', () => setTimeout(() => free(held), 30));
  client.on('data', (data) => console.log('client got', String(data)));
  client.on('close', (failed) => {
    console.log('client closed', failed);
    server.close(() => console.log('server closed'));
  });
});
