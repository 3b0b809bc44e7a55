// Flushing, parameters, backpressure and rubbish after the end, on streams.
const zlib = require('zlib');
const { pipeline, Readable, Writable } = require('stream');
const chunks = [];
const gzip = zlib.createGzip();
gzip.on('data', (chunk) => chunks.push(chunk));
gzip.write('first');
gzip.flush(() => {
  console.log('flushed', zlib.gunzipSync(Buffer.concat(chunks), { finishFlush: zlib.constants.Z_SYNC_FLUSH }).toString());
  gzip.end(' second');
});
gzip.on('end', () => {
  console.log(zlib.gunzipSync(Buffer.concat(chunks)).toString(), gzip.bytesWritten);
  levels();
});
function levels() {
  const deflate = zlib.createDeflate({ level: 9 });
  const out = [];
  deflate.on('data', (chunk) => out.push(chunk));
  deflate.write('a'.repeat(1000));
  deflate.params(0, zlib.constants.Z_HUFFMAN_ONLY, (error) => {
    console.log(error, deflate._level, deflate._strategy);
    deflate.end('b'.repeat(1000));
  });
  deflate.on('end', () => {
    const whole = Buffer.concat(out);
    console.log(whole.length > 1000, zlib.inflateSync(whole).toString() === 'a'.repeat(1000) + 'b'.repeat(1000));
    bomb();
  });
}
function bomb() {
  let count = 0, sizes = new Set();
  const slow = new Writable({ highWaterMark: 1, write(chunk, encoding, done) { count += chunk.length; sizes.add(chunk.length); setImmediate(done); } });
  pipeline(Readable.from([zlib.gzipSync(Buffer.alloc(1 << 20))]), zlib.createGunzip(), slow, (error) => {
    console.log(error, count, [...sizes]);
    rubbish();
  });
}
function rubbish() {
  const gunzip = zlib.createGunzip();
  gunzip.on('data', (chunk) => console.log(chunk.toString())).on('end', () => console.log('end')).on('error', (error) => console.log(error.message));
  gunzip.end(Buffer.concat([zlib.gzipSync('kept'), Buffer.alloc(3)]));
}
