// Validation of the watchers, and the changes they tell, whatever the order within one step.
const fs = require('fs');
const os = require('os');
const path = require('path');
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'watch-'));
const tell = (f) => { try { f(); } catch (error) { console.log(error.code, error.message.replaceAll(dir, 'DIR')); } };

for (const ignore of [5, '', [''], [5], {}, [null]]) tell(() => fs.watch(dir, { ignore }));
for (const options of [{ recursive: true, persistent: 5 }, { recursive: 5 }, { encoding: 'foo' }, { signal: 5 }]) tell(() => fs.watch(dir, options));
tell(() => fs.watch(path.join(dir, 'nope')));
tell(() => fs.watch());
tell(() => fs.watchFile(dir, 5));
tell(() => fs.watchFile(dir, { interval: -1 }, () => {}));

fs.mkdirSync(path.join(dir, 'sub'));
const seen = { flat: new Set(), tree: new Set(), hex: new Set(), ignoring: new Set() };
const watchers = [
  fs.watch(dir, (kind, name) => seen.flat.add(`${kind} ${name}`)),
  fs.watch(dir, { recursive: true }, (kind, name) => seen.tree.add(name)),
  fs.watch(dir, { encoding: 'hex' }, (kind, name) => seen.hex.add(name)),
  fs.watch(dir, { ignore: ['*.log', /^b/, (name) => name === 'c'] }, (kind, name) => seen.ignoring.add(name)),
];
watchers[0].on('close', () => console.log('closed'));
const names = ['a', 'b', 'c', 'x.log', 'sub/d'];
setTimeout(() => {
  for (const name of names) fs.writeFileSync(path.join(dir, name), 'x');
  setTimeout(() => {
    for (const watcher of watchers) watcher.close();
    for (const [name, set] of Object.entries(seen)) console.log(name, [...set].sort());
    iterate();
  }, 300);
}, 100);

async function iterate() {
  const controller = new AbortController();
  setTimeout(() => fs.writeFileSync(path.join(dir, 'e'), 'x'), 100);
  let once = false;
  try {
    for await (const change of fs.promises.watch(dir, { signal: controller.signal })) {
      if (!once) console.log(change.filename);
      once = true;
      controller.abort();
    }
  } catch (error) {
    console.log(error.name, error.code);
  }
  await fs.promises.watch(path.join(dir, 'nope')).next().catch((error) => console.log(error.code, error.syscall));
  const file = path.join(dir, 'polled');
  let count = 0;
  const poll = fs.watchFile(file, { interval: 20 }, (now, before) => {
    console.log(now.isFile(), before.isFile());
    if (count++ === 0) fs.writeFileSync(file, 'four');
    else fs.unwatchFile(file);
  });
  poll.on('stop', () => { console.log('stopped'); fs.rmSync(dir, { recursive: true }); });
}
