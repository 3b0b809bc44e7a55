// A callback that throws, in each phase of the loop: uncaughtException hears of it, and what was queued beside it still runs.
const fs = require('fs');

const seen = [];
process.on('uncaughtException', (error, origin) => seen.push(`caught ${error.message} (${origin})`));
const log = (text) => seen.push(text);
const thrower = (name) => () => {
  log(name);
  process.nextTick(() => log(`tick of ${name}`));
  Promise.resolve().then(() => log(`microtask of ${name}`));
  throw new Error(name);
};
const next = [];
const phase = (name, run) => next.push([name, run]);

phase('timer', (done) => {
  setTimeout(thrower('timer 1'), 1);
  setTimeout(() => log('timer 2'), 1);
  setTimeout(done, 10);
});
phase('interval', (done) => {
  let count = 0;
  const interval = setInterval(() => {
    if (++count === 3) {
      clearInterval(interval);
      done();
    }
    throw new Error(`interval ${count}`);
  }, 1);
});
phase('immediate', (done) => {
  setImmediate(thrower('immediate 1'));
  setImmediate(() => log('immediate 2'));
  setTimeout(done, 10);
});
phase('poll: a callback of the pool', (done) => {
  fs.stat(__filename, thrower('stat'));
  setTimeout(done, 50);
});
phase('poll: a callback of a socket', (done) => {
  const net = require('net');
  const server = net.createServer((socket) => {
    socket.on('data', thrower('data'));
    socket.on('end', () => log('end'));
    socket.on('close', () => {
      log('close');
      server.close(done);
    });
    socket.end();
  });
  server.listen(0, '127.0.0.1', () => net.connect(server.address().port, '127.0.0.1').on('connect', function () {
    this.write('x');
    setTimeout(() => this.end(), 30);
  }).resume());
});
phase('close', (done) => {
  const net = require('net');
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    server.close(thrower('close'));
    setTimeout(done, 20);
  });
});
phase('nextTick', (done) => {
  process.nextTick(thrower('tick 1'));
  process.nextTick(() => log('tick 2'));
  setTimeout(done, 10);
});
phase('microtask', (done) => {
  queueMicrotask(thrower('microtask 1'));
  queueMicrotask(() => log('microtask 2'));
  setTimeout(done, 10);
});
phase('a rejection without a handler', (done) => {
  Promise.reject(new Error('rejected'));
  setTimeout(done, 10);
});
phase('an event without a listener', (done) => {
  setTimeout(() => new (require('events'))().emit('error', new Error('unheard')), 1);
  setTimeout(done, 10);
});
phase('a listener of a stream', (done) => {
  const { PassThrough } = require('stream');
  const stream = new PassThrough();
  stream.once('data', thrower('stream'));
  stream.on('end', () => {
    log('stream ended');
    setTimeout(done, 10);
  });
  stream.write('a');
  setTimeout(() => {
    stream.end('b');
    stream.resume();
  }, 5);
});

(function turn() {
  const item = next.shift();
  for (const line of seen.splice(0)) console.log('  ', line);
  if (!item) return;
  console.log(item[0]);
  item[1](() => setImmediate(turn));
})();
