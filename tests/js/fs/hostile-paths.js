// Links that go round, paths that are too long, that hold NUL, and names that are no text.
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'coil-hostile-paths-')));
const at = (name) => path.join(root, name);
const tell = (name, work) => {
  try {
    console.log(name, '->', work());
  } catch (error) {
    console.log(name, '->', error.name, error.code, error.syscall, error.errno, error.message.replaceAll(root, "ROOT").replaceAll(__filename, "THIS").replace(/x{20,}/g, "LONG").replace(/(LONG|\/)\w{6}'$/, "$1RANDOM'"));
  }
};
const later = (name, work) => work().then(
  (value) => console.log(name, '->', value),
  (error) => console.log(name, '->', error.name, error.code, error.syscall, error.message.replaceAll(root, "ROOT").replaceAll(__filename, "THIS").replace(/x{20,}/g, "LONG").replace(/(LONG|\/)\w{6}'$/, "$1RANDOM'")),
);

fs.symlinkSync('b', at('a'));
fs.symlinkSync('a', at('b'));
fs.symlinkSync('self', at('self'));
fs.symlinkSync('nowhere', at('dangling'));

(async () => {
  for (const name of ['a', 'self', 'dangling']) {
    tell(`readFileSync ${name}`, () => fs.readFileSync(at(name)));
    tell(`statSync ${name}`, () => fs.statSync(at(name)));
    tell(`statSync ${name} without throwing`, () => fs.statSync(at(name), { throwIfNoEntry: false }));
    tell(`lstatSync ${name}`, () => fs.lstatSync(at(name)).isSymbolicLink());
    tell(`realpathSync ${name}`, () => fs.realpathSync(at(name)));
    tell(`realpathSync.native ${name}`, () => fs.realpathSync.native(at(name)));
    tell(`existsSync ${name}`, () => fs.existsSync(at(name)));
    tell(`require ${name}`, () => require(at(name)));
    tell(`readdirSync ${name}`, () => fs.readdirSync(at(name)));
    await later(`readFile ${name}`, () => fs.promises.readFile(at(name)));
    await later(`realpath ${name}`, () => fs.promises.realpath(at(name)));
    await later(`access ${name}`, () => fs.promises.access(at(name)));
    await later(`a stream of ${name}`, () => new Promise((done, fail) => fs.createReadStream(at(name)).on('error', fail).on('open', done)));
  }
  await later('mkdir through a loop', () => fs.promises.mkdir(at('a/b/c'), { recursive: true }));
  tell('readdirSync recursive', () => fs.readdirSync(root, { recursive: true }).sort().join());

  const name = 'x'.repeat(300);
  const deep = ('x'.repeat(100) + '/').repeat(60);
  for (const [title, long] of [['a long name', name], ['a long path', deep]]) {
    tell(`${title}: openSync`, () => fs.openSync(at(long)));
    tell(`${title}: mkdirSync`, () => fs.mkdirSync(at(long)));
    tell(`${title}: existsSync`, () => fs.existsSync(at(long)));
    tell(`${title}: statSync without throwing`, () => fs.statSync(at(long), { throwIfNoEntry: false }));
    tell(`${title}: writeFileSync`, () => fs.writeFileSync(at(long), ''));
    await later(`${title}: rename`, () => fs.promises.rename(at('dangling'), at(long)));
    await later(`${title}: mkdir recursive`, () => fs.promises.mkdir(at(long), { recursive: true }).then((made) => made?.length));
    await later(`${title}: mkdtemp`, () => fs.promises.mkdtemp(at(long)));
  }

  for (const nul of ['a\0b', Buffer.from('a\0b')]) {
    tell('NUL: readFileSync', () => fs.readFileSync(nul));
    tell('NUL: existsSync', () => fs.existsSync(nul));
    tell('NUL: accessSync', () => fs.accessSync(nul));
    tell('NUL: renameSync', () => fs.renameSync('a', nul));
    tell('NUL: the callback face', () => fs.stat(nul, () => console.log('never')));
    tell('NUL: a stream', () => fs.createReadStream(nul));
    tell('NUL: watch', () => fs.watch(nul));
    await later('NUL: the promise face', () => fs.promises.open(nul));
  }
  tell('NUL: a URL', () => fs.readFileSync(new URL('file:///a%00b')));
  tell('NUL: require', () => require('./a\0b'));
  tell('NUL: mkdtemp', () => fs.mkdtempSync('a\0b'));

  // A name that is not UTF-8 is reached by a Buffer; as text it is another one.
  const raw = Buffer.concat([Buffer.from(at('raw-')), Buffer.from([0xFF, 0xC3, 0x28])]);
  fs.writeFileSync(raw, 'content');
  tell('read by its bytes', () => fs.readFileSync(raw, 'utf8'));
  tell('read by its text', () => fs.readFileSync(raw.toString()));
  const own = (list, show) => list.map(show).filter((shown) => shown.startsWith('raw') || shown.startsWith('7261772d')).join();
  tell('readdirSync', () => own(fs.readdirSync(root), String));
  tell('readdirSync of buffers', () => own(fs.readdirSync(root, 'buffer'), (entry) => entry.toString('hex')));
  tell('readdirSync with types', () => own(fs.readdirSync(root, { withFileTypes: true, encoding: 'buffer' }), (entry) => entry.name.toString('hex')));
  await later('readdir of buffers', async () => own(await fs.promises.readdir(root, { encoding: 'buffer' }), (entry) => entry.toString('hex')));
  tell('opendirSync of buffers', () => {
    const folder = fs.opendirSync(root, { encoding: 'buffer' });
    const names = [];
    for (let entry; (entry = folder.readSync());) names.push(entry.name);
    folder.closeSync();
    return own(names, (entry) => entry.toString('hex'));
  });
  tell('realpathSync of it', () => fs.realpathSync(raw, 'buffer').subarray(-7).toString('hex'));
  tell('realpathSync.native of it', () => fs.realpathSync.native(raw, 'buffer').subarray(-7).toString('hex'));
  fs.symlinkSync(raw, at('to-raw'));
  tell('readlinkSync', () => fs.readlinkSync(at('to-raw'), 'buffer').subarray(-7).toString('hex'));
  tell('renameSync', () => fs.renameSync(raw, at('plain')));
  tell('the renamed', () => fs.readFileSync(at('plain'), 'latin1'));
  tell('missing, by its bytes', () => fs.readFileSync(raw));
  fs.rmSync(root, { recursive: true });
})();
