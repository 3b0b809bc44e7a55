// A program that is no JavaScript, however it comes in: what is printed, and the exit status.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'coil-bad-syntax-')));
const bad = 'const a = 1;\nlet b = (;\n';
fs.writeFileSync(path.join(root, 'bad.cjs'), bad);
fs.writeFileSync(path.join(root, 'bad.mjs'), bad);
fs.writeFileSync(path.join(root, 'imports.mjs'), 'import "./bad.mjs";\nconsole.log("never");\n');
fs.writeFileSync(path.join(root, 'requires.cjs'), 'try { require("./bad.cjs") } catch (error) { console.log(error.name, error.message) }\n');
fs.writeFileSync(path.join(root, 'bad-package.cjs'), 'require("./packaged");\n');
fs.mkdirSync(path.join(root, 'packaged'));
fs.writeFileSync(path.join(root, 'packaged/package.json'), '{ "main": "x.js", }');

const runs = {
  'a CommonJS file': [['bad.cjs']],
  'a module': [['bad.mjs']],
  'an imported module': [['imports.mjs']],
  'a required file': [['requires.cjs']],
  '-e': [['-e', bad]],
  '-p': [['-p', '1 +']],
  '-e of a module': [['--input-type=module', '-e', bad]],
  'standard input': [[], bad],
  'standard input, named': [['-'], bad],
  'standard input of a module': [['--input-type=module'], bad],
  '--check': [['--check', 'bad.cjs']],
  '--check of a module': [['--check', 'bad.mjs']],
  'preloaded': [['--require', './bad.cjs', '-e', 'console.log("never")']],
  'a package.json': [['bad-package.cjs']],
  'an unterminated string': [['-e', '"abc']],
  'an unterminated template': [['-e', '`abc']],
  'an unterminated comment': [['-e', '/* abc']],
  'an unterminated regular expression': [['-e', '/abc']],
  'await in a script': [['--input-type=commonjs', '-e', 'await 1']],
  'import in a script': [['--input-type=commonjs', '-e', 'import "fs"']],
  'nothing': [['-e', '']],

};
for (const [name, [args, input = '']] of Object.entries(runs)) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', input, cwd: root });
  const error = stderr.split('\n').find((line) => /^\w*Error/.test(line));
  console.log(`${name}: status`, status, signal, JSON.stringify(stdout), 'panicked:', /panicked/.test(stderr));
  if (error) console.log('  ', error.replaceAll(root, 'ROOT'));
}
fs.rmSync(root, { recursive: true });
