// cp: the rules it keeps, the errors it makes, and its filter in three forms.
const fs = require('fs');
const os = require('os');
const path = require('path');
const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'cp-')));
const at = (...names) => path.join(dir, ...names);
const shown = (text) => text.replaceAll(dir, 'DIR');
fs.mkdirSync(at('src/sub'), { recursive: true });
fs.writeFileSync(at('src/a'), 'a');
fs.writeFileSync(at('src/sub/b'), 'b');
fs.symlinkSync('a', at('src/link'));

fs.cpSync(at('src'), at('one'), { recursive: true });
console.log(fs.readdirSync(at('one'), { recursive: true }).sort(), shown(fs.readlinkSync(at('one/link'))));
fs.cpSync(at('src'), at('two'), { recursive: true, filter: (from) => !from.endsWith('b'), verbatimSymlinks: true });
console.log(fs.readdirSync(at('two'), { recursive: true }).sort(), fs.readlinkSync(at('two/link')));

const tell = (f) => { try { f(); console.log('done'); } catch (error) { console.log(error.code); } };
tell(() => fs.cpSync(at('src'), at('three')));
tell(() => fs.cpSync(at('src'), at('src/inner'), { recursive: true }));
tell(() => fs.cpSync(at('src/a'), at('src/a')));
tell(() => fs.cpSync(at('src/a'), at('src/sub')));
tell(() => fs.cpSync(at('src'), at('src/a'), { recursive: true }));
tell(() => fs.cpSync(at('src/a'), at('one/a'), { force: false, errorOnExist: true }));
tell(() => fs.cpSync(at('src/a'), at('one/a'), { force: false }));
tell(() => fs.cpSync(at('src'), at('x'), { filter: async () => true }));
tell(() => fs.cpSync(at('src'), at('x'), { dereference: true, verbatimSymlinks: true }));
for (const options of [5, { recursive: 5 }, { force: undefined }, { mode: 9 }, { filter: 5 }]) tell(() => fs.cpSync(at('src'), at('x'), options));

(async () => {
  const error = await fs.promises.cp(at('src/a'), at('one/a'), { force: false, errorOnExist: true }).catch((error) => error);
  console.log(error.name, error.code, shown(error.message), error.errno, error.syscall, shown(error.path), Object.keys(error));
  await fs.promises.cp(at('src'), at('four'), { recursive: true, filter: async (from, to) => !to.endsWith('sub') });
  console.log(fs.readdirSync(at('four')).sort());
  fs.cp(at('src'), at('five'), { recursive: true, filter: () => true }, (error) => {
    console.log(error, fs.readdirSync(at('five'), { recursive: true }).length);
    fs.rmSync(dir, { recursive: true });
  });
})();
