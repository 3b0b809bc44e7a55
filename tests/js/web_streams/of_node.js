// Node's streams as the web's, and back.
const { Readable, Writable, Duplex, PassThrough, Transform } = require('stream');
(async () => {
  const web = Readable.toWeb(Readable.from(['a', 'b']));
  console.log(web);
  for await (const chunk of web) console.log(chunk);
  const node = Readable.fromWeb(ReadableStream.from([new Uint8Array([104, 105]), new Uint8Array([33])]));
  for await (const chunk of node) console.log(chunk);
  const taken = [];
  const writable = Writable.toWeb(new Writable({ write(chunk, encoding, done) { taken.push(chunk.toString()); done(); }, final(done) { taken.push('end'); done(); } }));
  await ReadableStream.from(['x', 'y']).pipeTo(writable);
  console.log(taken);
  const into = [];
  const back = Writable.fromWeb(new WritableStream({ write(chunk) { into.push(chunk); }, close() { into.push('close'); } }));
  await new Promise((done) => { back.write('one'); back.end('two', done); });
  console.log(into);
  const pair = Duplex.fromWeb(new TransformStream({ transform(chunk, c) { c.enqueue(chunk); } }), { encoding: 'utf8' });
  pair.end('through');
  for await (const chunk of pair) console.log(chunk);
  const { readable, writable: sink } = Duplex.toWeb(new PassThrough());
  const writer = sink.getWriter();
  writer.write(new Uint8Array([1])); writer.close();
  for await (const chunk of readable) console.log(chunk);
  const failing = new Readable({ read() { this.destroy(new Error('gone')); } });
  try { for await (const chunk of Readable.toWeb(failing)) console.log(chunk); } catch (error) { console.log(error.message); }
  const bytes = Readable.toWeb(Readable.from([Buffer.from('abc')], { objectMode: false }), { type: 'bytes' }).getReader({ mode: 'byob' });
  console.log(await bytes.read(new Uint8Array(2)));
  for (const make of [() => Readable.toWeb({}), () => Readable.fromWeb({}), () => Writable.toWeb({}), () => Writable.fromWeb({}), () => Duplex.toWeb({})]) {
    try { make(); } catch (error) { console.log(error.code, error.message); }
  }
})();
