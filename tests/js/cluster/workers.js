const cluster = require('node:cluster');
const net = require('node:net');

if (cluster.isWorker) {
  const server = net.createServer((socket) => socket.end(`worker ${cluster.worker.id}`));
  server.listen(0, () => process.send({ port: server.address().port, listening: server.listening }));
  process.on('message', () => cluster.worker.disconnect());
} else {
  console.log(cluster.isPrimary, cluster.isMaster, cluster.schedulingPolicy === cluster.SCHED_RR, Object.keys(cluster.workers));
  cluster.on('setup', (settings) => console.log('setup', settings.silent, settings.args));
  cluster.on('fork', (worker) => console.log('fork', worker.id, worker.state));
  cluster.on('online', (worker) => console.log('online', worker.id));
  cluster.on('listening', (worker, { addressType }) => console.log('listening', worker.id, worker.state, addressType));
  cluster.on('disconnect', (worker) => console.log('disconnect', worker.id, worker.isConnected(), worker.exitedAfterDisconnect));
  cluster.on('exit', (worker, code, signal) => console.log('exit', worker.id, code, signal, worker.isDead(), Object.keys(cluster.workers)));
  const worker = cluster.fork();
  worker.on('message', ({ port, listening }) => {
    console.log(listening);
    let text = '';
    net.connect(port).setEncoding('utf8').on('data', (data) => (text += data)).on('close', () => {
      console.log(text);
      worker.send('leave');
    });
  });
}
