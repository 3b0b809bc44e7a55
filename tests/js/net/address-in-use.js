// Two servers want one address: the second is told, and may try again when the first is gone.
const dgram = require('dgram');
const fs = require('fs');
const http = require('http');
const net = require('net');
const os = require('os');
const path = require('path');

const first = net.createServer();
first.listen(0, '127.0.0.1', () => {
  const { port } = first.address();
  const second = http.createServer();
  second.on('error', (error) => {
    console.log(error.name, error.code, error.syscall, error.address, error.port === port, error.errno);
    console.log(error.message.replace(port, 'PORT'));
    console.log('listening', second.listening, second.address());
    first.close(() => second.listen(port, '127.0.0.1', () => {
      console.log('second time', second.listening);
      second.close(unix);
    }));
  });
  second.listen(port, '127.0.0.1', () => console.log('never'));
});

function unix() {
  const name = path.join(os.tmpdir(), `coil-in-use-${process.pid}.sock`);
  const a = net.createServer().listen(name, () => {
    net.createServer().on('error', (error) => {
      console.log(error.code, error.syscall, error.message.replace(name, 'NAME'), error.address === name, error.port);
      a.close(() => {
        console.log('socket file is gone', !fs.existsSync(name));
        datagrams();
      });
    }).listen(name);
  });
}

function datagrams() {
  const a = dgram.createSocket('udp4').bind(0, '127.0.0.1', () => {
    const { port } = a.address();
    const b = dgram.createSocket('udp4').on('error', (error) => {
      console.log(error.code, error.syscall, error.message.replace(port, 'PORT'));
      b.close();
      a.close(unavailable);
    });
    b.bind(port, '127.0.0.1');
  });
}

function unavailable() {
  net.createServer().on('error', (error) => console.log(error.code, error.syscall, error.message)).listen(0, '192.0.2.1');
}
