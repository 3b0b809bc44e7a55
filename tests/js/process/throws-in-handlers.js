// A handler that throws, of each thing that calls one: uncaughtException hears of it, and all goes on.
const fs = require('fs');
const http = require('http');
const net = require('net');
const { spawn, exec } = require('child_process');
const { Worker, MessageChannel, isMainThread, parentPort } = require('worker_threads');
const { PassThrough, Writable, Transform } = require('stream');

if (!isMainThread) {
  parentPort.on('message', (message) => {
    if (message === 'throw') throw new TypeError('in the worker');
    parentPort.postMessage(message);
  });
} else {
  const caught = [];
  process.on('uncaughtException', (error, origin) => {
    console.log('  caught', error.message, `(${origin})`);
    caught.splice(0).forEach((waiting) => setTimeout(waiting, 20));
  });
  const thrown = () => new Promise((done) => caught.push(done));
  const boom = (name) => { throw new Error(name); };
  const phases = {
    async 'a request of a server'() {
      const server = http.createServer((request, response) => {
        if (request.url === '/throw') boom('request handler');
        response.end('fine');
      });
      await new Promise((done) => server.listen(0, '127.0.0.1', done));
      const ask = (path) => new Promise((done) => {
        const request = http.get({ port: server.address().port, host: '127.0.0.1', path, agent: false }, (response) => response.resume().on('end', () => done(response.statusCode)));
        request.on('error', (error) => done(error.code));
        setTimeout(() => request.destroy(), 100);
      });
      console.log('  the client sees', await ask('/throw'));
      console.log('  the next one sees', await ask('/'));
      server.close();
      server.closeAllConnections();
    },
    async 'a response of a client'() {
      const server = http.createServer((request, response) => response.end('x'));
      await new Promise((done) => server.listen(0, '127.0.0.1', done));
      http.get({ port: server.address().port, host: '127.0.0.1', agent: false }, () => boom('response handler'));
      await thrown();
      server.close();
      server.closeAllConnections();
    },
    async 'a connection of a server'() {
      const server = net.createServer(() => boom('connection handler'));
      await new Promise((done) => server.listen(0, '127.0.0.1', done));
      const client = net.connect(server.address().port, '127.0.0.1');
      await thrown();
      client.destroy();
      server.close();
    },
    async 'a signal'() {
      process.once('SIGUSR2', () => boom('signal handler'));
      process.kill(process.pid, 'SIGUSR2');
      await thrown();
    },
    async 'the exit of a child'() {
      spawn(process.execPath, ['-e', '0']).on('exit', () => boom('exit handler')).on('close', () => console.log('  close comes all the same'));
      await thrown();
      await new Promise((done) => setTimeout(done, 50));
    },
    async 'the output of a child'() {
      exec('echo out', () => boom('exec callback'));
      await thrown();
    },
    async 'a message of a worker'() {
      const worker = new Worker(__filename);
      worker.on('message', (message) => boom(`message ${message}`));
      worker.postMessage(1);
      await thrown();
      console.log('  terminated', await worker.terminate());
    },
    async 'in a worker'() {
      const worker = new Worker(__filename);
      worker.on('error', (error) => console.log('  error event', error.name, error.message));
      worker.on('message', (message) => console.log('  message', message));
      worker.postMessage('before');
      worker.postMessage('throw');
      worker.postMessage('after');
      await new Promise((done) => worker.on('exit', (code) => done(console.log('  exit', code))));
    },
    async 'a message port'() {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', (message) => (message === 1 ? boom('port handler') : console.log('  message', message)));
      port2.postMessage(1);
      port2.postMessage(2);
      await thrown();
      port1.close();
    },
    async 'write of a stream'() {
      const stream = new Writable({ write: () => boom('write method') });
      setImmediate(() => stream.write('x'));
      await thrown();
      console.log('  destroyed', stream.destroyed, stream.writableLength);
    },
    async 'the callback of a write'() {
      new PassThrough().resume().write('x', () => boom('write callback'));
      await thrown();
    },
    async 'transform of a stream'() {
      const stream = new Transform({ transform: () => boom('transform method') });
      setImmediate(() => stream.write('x'));
      await thrown();
      console.log('  destroyed', stream.destroyed);
    },
    async 'a watcher of a file'() {
      const watcher = fs.watch(__dirname, () => {});
      watcher.once('change', () => boom('change handler'));
      watcher.emit('change');
    },
    async 'dns'() {
      require('dns').lookup('127.0.0.1', () => boom('lookup callback'));
      await thrown();
    },
    async 'zlib'() {
      require('zlib').gzip('x', () => boom('gzip callback'));
      await thrown();
    },
    async 'crypto'() {
      require('crypto').randomBytes(4, () => boom('randomBytes callback'));
      await thrown();
    },
    async 'an abort signal'() {
      const controller = new AbortController();
      controller.signal.addEventListener('abort', () => boom('abort listener'));
      controller.signal.addEventListener('abort', () => console.log('  the second listener'));
      controller.abort();
      await thrown();
    },
    async 'an async listener'() {
      const emitter = new (require('events'))({ captureRejections: false });
      emitter.on('x', async () => boom('async listener'));
      emitter.emit('x');
      await thrown();
    },
  };
  (async () => {
    for (const [name, run] of Object.entries(phases)) {
      console.log(name);
      try {
        await run();
      } catch (error) {
        console.log('  thrown to the caller', error.message);
      }
      if (name === 'a watcher of a file') process.getActiveResourcesInfo();
    }
    process.exit();
  })();
}
