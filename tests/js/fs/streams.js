// File streams over the operations of another fs, over a FileHandle, and with ranges.
const fs = require('fs');
const os = require('os');
const path = require('path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'streams-'));
const file = path.join(dir, 'file');
const done = (stream, event) => new Promise((resolve) => stream.on(event, resolve));

(async () => {
  const calls = [];
  const spy = Object.fromEntries(['open', 'write', 'writev', 'read', 'close', 'fsync'].map((name) => [name, (...args) => { calls.push(name); return fs[name](...args); }]));
  const writer = fs.createWriteStream(file, { fs: spy, flush: true });
  writer.write('one ');
  writer.write('two ');
  writer.end('three');
  await done(writer, 'close');
  console.log(calls.splice(0), writer.bytesWritten, writer.fd, fs.readFileSync(file, 'utf8'));

  const reader = fs.createReadStream(file, { fs: spy, encoding: 'utf8', start: 4, end: 6 });
  let text = '';
  reader.on('data', (chunk) => { text += chunk; });
  await done(reader, 'close');
  console.log(calls, text, reader.bytesRead, reader.pending);

  const handle = await fs.promises.open(file, 'r+');
  const through = handle.createReadStream({ encoding: 'utf8', autoClose: false });
  text = '';
  for await (const chunk of through) text += chunk;
  console.log(text, handle.fd > 0);
  const over = handle.createWriteStream({ start: 0 });
  over.end('ONE');
  await done(over, 'close');
  console.log(fs.readFileSync(file, 'utf8'), handle.fd);
  await handle.read(Buffer.alloc(1)).catch((error) => console.log(error.message, error.code, error.syscall));

  const broken = fs.createReadStream(path.join(dir, 'nope'));
  console.log((await done(broken, 'error')).code);
  for (const options of [{ start: 3, end: 2 }, { start: 'x' }, { fs: {} }, { fd: 'x' }, { flush: 5 }]) {
    try { fs.createWriteStream(file, options); fs.createReadStream(file, options); } catch (error) { console.log(error.code, error.message); }
  }
  const patched = fs.open;
  fs.open = (name, ...rest) => { console.log('patched', path.basename(name)); return patched(name, ...rest); };
  await done(fs.createReadStream(file).resume(), 'close');
  fs.open = patched;

  const controller = new AbortController();
  const writing = fs.promises.writeFile(file, 'x'.repeat(10), { signal: controller.signal });
  controller.abort();
  await writing.catch((error) => console.log(error.name, error.code));
  await fs.promises.writeFile(file, (async function* () { yield 'a'; yield Buffer.from('b'); })());
  await fs.promises.appendFile(file, ['c', 'd']);
  console.log(await fs.promises.readFile(file, 'utf8'));
  fs.rmSync(dir, { recursive: true });
})();
