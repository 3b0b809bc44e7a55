// A device without room, and files that change while they are read.
const fs = require('fs');
const os = require('os');
const path = require('path');
const { pipeline } = require('stream/promises');
const { spawnSync } = require('child_process');

const show = (error) => [error.name, error.code, error.syscall, error.errno, error.message].join(' | ');
const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'coil-full-')));
const at = (name) => path.join(root, name);

(async () => {
  const fd = fs.openSync('/dev/full', 'w');
  for (const [name, work] of Object.entries({
    writeFileSync: () => fs.writeFileSync('/dev/full', 'x'),
    appendFileSync: () => fs.appendFileSync('/dev/full', 'x'),
    writeSync: () => fs.writeSync(fd, 'x'),
    writevSync: () => fs.writevSync(fd, [Buffer.from('x')]),
    'write of nothing': () => fs.writeSync(fd, ''),
  })) {
    try {
      console.log(name, work());
    } catch (error) {
      console.log(name, show(error));
    }
  }
  await new Promise((done) => fs.write(fd, 'x', (error, count) => done(console.log('write', show(error), count))));
  await new Promise((done) => fs.writeFile('/dev/full', 'x', (error) => done(console.log('writeFile', show(error)))));
  await fs.promises.writeFile('/dev/full', 'x').catch((error) => console.log('promises.writeFile', show(error)));
  fs.closeSync(fd);
  await new Promise((done) => {
    const stream = fs.createWriteStream('/dev/full');
    stream.on('error', (error) => console.log('stream', show(error), stream.destroyed, stream.bytesWritten));
    stream.on('finish', () => console.log('never'));
    stream.on('close', done);
    stream.write('a', (error) => console.log('first write', error?.code));
    stream.write('b', (error) => console.log('second write', error?.code));
    stream.end('c', (error) => console.log('end', error?.code));
  });
  await pipeline(fs.createReadStream(__filename), fs.createWriteStream('/dev/full')).catch((error) => console.log('pipeline', show(error)));
  for (const program of ["process.stdout.write('x'); process.on('exit', (code) => console.error('exit', code))", "process.stdout.on('error', (e) => console.error(e.code, e.syscall)); process.stdout.write('x')", "console.log('x')"]) {
    const { status, stderr } = spawnSync('sh', ['-c', '"$0" -e "$1" > /dev/full', process.execPath, program], { encoding: 'utf8' });
    console.log('standard output is full: status', status, stderr.match(/ENOSPC: [^\n]*|exit \d+/g));
  }

  // A file that shrinks, grows, or goes away between two reads.
  const file = at('file');
  const big = 'x'.repeat(200000);
  const during = async (title, change) => {
    fs.writeFileSync(file, big);
    let length = 0;
    let changed = false;
    for await (const chunk of fs.createReadStream(file, { highWaterMark: 65536 })) {
      length += chunk.length;
      if (!changed) change();
      changed = true;
    }
    console.log(title, length <= big.length ? length === big.length : 'more', length < big.length);
  };
  await during('the file shrinks', () => fs.truncateSync(file, 10));
  await during('the file goes away', () => fs.unlinkSync(file));
  await during('the file stays', () => {});

  fs.writeFileSync(file, big);
  const handle = await fs.promises.open(file);
  const first = await handle.read(Buffer.alloc(100), 0, 100, 0);
  await fs.promises.truncate(file, 50);
  const second = await handle.read(Buffer.alloc(100), 0, 100, 0);
  const third = await handle.read(Buffer.alloc(100), 0, 100, 100);
  console.log('reads around a truncation', first.bytesRead, second.bytesRead, third.bytesRead, (await handle.readFile()).length);
  await handle.close();

  // Files that say they are empty and are not, and files that are folders.
  console.log('a file without a size', fs.readFileSync('/proc/self/status', 'utf8').startsWith('Name:'), (await fs.promises.readFile('/proc/self/status', 'utf8')).startsWith('Name:'));
  await fs.promises.readFile(root).catch((error) => console.log('a folder', show(error).replace(root, 'ROOT')));
  fs.createReadStream(root).on('error', (error) => {
    console.log('a stream of a folder', show(error).replace(root, 'ROOT'));
    fs.rmSync(root, { recursive: true });
  });
})();
