// What require says of files that are missing, empty of an index, or damaged. Nothing of them stays in the cache.
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'coil-bad-files-')));
const file = (name, text) => {
  fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
  fs.writeFileSync(path.join(root, name), text);
};
file('empty-folder/readme.txt', 'no index here');
file('bad-main/package.json', '{ "main": "./nowhere.js" }');
file('bad-manifest/package.json', '{ "main": ');
file('bad-manifest/index.js', 'module.exports = 1');
file('cut.json', '{ "a": 1, ');
file('empty.json', '');
file('bom.json', '\ufeff{"a":1}');
file('comma.json', '[1, 2, ]');
file('syntax.js', 'let a = 1;\nlet b = (;\n');
file('throws.js', 'exports.begun = true; throw new RangeError("from the file")');
file('a.js', 'exports.done = false; const b = require("./b"); exports.saw = b.saw; exports.done = true');
file('b.js', 'const a = require("./a"); exports.saw = a.done; exports.missing = a.later');

const tell = (name) => {
  try {
    console.log(name, '->', require(path.join(root, name)));
  } catch (error) {
    console.log(name, '->', error.name, error.code, error.message.replaceAll(root, 'ROOT').replaceAll(__filename, 'THIS'));
    if (error.requireStack) console.log('  required from', error.requireStack.map((f) => path.basename(f)));
  }
  console.log('  cached:', Object.keys(require.cache).some((key) => key.startsWith(path.join(root, name))));
};

for (const name of ['missing.js', 'empty-folder', 'bad-main', 'bad-manifest', 'cut.json', 'empty.json', 'bom.json', 'comma.json', 'syntax.js', 'throws.js', 'a.js']) tell(name);

try {
  require(path.join(root, 'syntax.js'));
} catch (error) {
  console.log(error.stack.split('\n').slice(0, 3).join('\n').replaceAll(root, 'ROOT'));
}
for (const bad of [undefined, null, 1, '', {}]) {
  try {
    require(bad);
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
import(path.join(root, 'syntax.js')).catch((error) => console.log('import:', error.name, error.message)).then(() =>
  import(path.join(root, 'missing.mjs')).catch((error) => console.log('import:', error.name, error.code, error.message.replaceAll(root, 'ROOT').replaceAll(__filename, 'THIS')))
).then(() => fs.rmSync(root, { recursive: true }));
