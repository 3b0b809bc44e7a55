const { fork } = require('node:child_process');
const net = require('node:net');

if (process.argv[2] === 'child') {
  let server;
  process.on('message', (message, handle) => {
    if (message === 'server') {
      server = handle;
      console.log(handle instanceof net.Server, handle.listening);
      handle.on('connection', (socket) => socket.end('from the child'));
      process.send('ready');
    } else if (message === 'socket') {
      console.log(handle instanceof net.Socket);
      handle.resume().end('taken over');
      handle.on('close', () => {
        server.close();
        process.disconnect();
      });
    }
  });
} else {
  const child = fork(__filename, ['child']);
  const server = net.createServer((socket) => child.send('socket', socket));
  const read = (port, then) => {
    let text = '';
    net.connect(port).setEncoding('utf8').on('data', (data) => (text += data)).on('close', () => {
      console.log(text);
      then?.();
    });
  };
  const shared = net.createServer().listen(0, () => child.send('server', shared));
  child.on('message', () => {
    const { port } = shared.address();
    shared.close();
    read(port, () => server.listen(0, () => read(server.address().port, () => server.close())));
  });
  child.on('exit', (code) => console.log('exit', code));
}
