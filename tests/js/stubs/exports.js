'use strict';
// Modules that coil lacks import under Node's names, with Node's constants.
const zlib = require('zlib');
console.log(zlib.constants.Z_BEST_COMPRESSION, typeof zlib.gzip, zlib.gzipSync.length);
const workers = require('worker_threads');
console.log(workers.isMainThread, workers.threadId, workers.parentPort, workers.workerData, typeof workers.Worker);
const cluster = require('cluster');
console.log(cluster.isPrimary, cluster.isMaster, cluster.isWorker, cluster.SCHED_RR, typeof cluster.on);
console.log(typeof require('child_process').spawn, typeof require('crypto').createHash, typeof require('node:test'), typeof require('node:sqlite').DatabaseSync);
console.log(require('http2').constants.NGHTTP2_NO_ERROR, require('dns').promises === require('dns/promises'), require('readline').promises === require('readline/promises'));
class Mine extends require('tls').Server {}
console.log(typeof Mine);
