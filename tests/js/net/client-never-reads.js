// A client that never reads: write says false, 'drain' does not come, a pipe stops, and memory stays bounded.
const http = require('http');
const net = require('net');
const { Readable } = require('stream');

const chunk = Buffer.alloc(64 * 1024, 'x');
const wait = () => new Promise((done) => setTimeout(done, 150));

// Waits until a count has come to rest; -1 if it does not.
async function rest(count) {
  for (let tries = 0; tries < 40; tries++) {
    const before = count();
    await wait();
    if (count() === before) return before;
  }
  return -1;
}

(async () => {
  const sockets = [];
  let produced = 0;
  const endless = () => new Readable({ read() { produced++; this.push(chunk); } });
  const server = net.createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => {});
    endless().pipe(socket);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const client = net.connect(server.address().port, '127.0.0.1');
  client.pause();
  const before = await rest(() => produced);
  console.log('the pipe stops', before > 0, 'after less than 32 MiB', produced < 512);
  console.log('needs drain', sockets[0].writableNeedDrain, 'at most two high water marks and a chunk', sockets[0].writableLength <= 2 * sockets[0].writableHighWaterMark + chunk.length);
  client.resume();
  await wait();
  console.log('it goes on when the client reads', produced > before);
  client.destroy();
  server.close();

  let answered = 0;
  const web = http.createServer((request, response) => {
    response.on('close', () => console.log('response closed'));
    const more = () => {
      do answered++; while (response.write(chunk));
    };
    response.on('drain', more);
    more();
  });
  await new Promise((done) => web.listen(0, '127.0.0.1', done));
  const raw = net.connect(web.address().port, '127.0.0.1', () => raw.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
  raw.pause();
  console.log('the response stops', (await rest(() => answered)) > 0, answered < 512);

  // A client that pipelines and never reads its answers: the server stops reading its requests.
  let asked = 0;
  const greedy = http.createServer((request, response) => {
    asked++;
    response.end(chunk);
  });
  await new Promise((done) => greedy.listen(0, '127.0.0.1', done));
  const many = net.connect(greedy.address().port, '127.0.0.1');
  many.pause();
  const burst = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(1000));
  for (let i = 0; i < 40; i++) many.write(burst);
  console.log('requests are no longer taken', (await rest(() => asked)) > 0, 'before all are', asked < 40000);
  const used = process.memoryUsage().rss;
  console.log('memory is bounded', used < 400 * 1024 * 1024);
  raw.destroy();
  many.destroy();
  web.close();
  greedy.close(() => console.log('done'));
})();
