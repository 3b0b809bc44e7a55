// The program itself is missing, a folder, no JavaScript, or no JSON: what is printed, and the exit status.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'coil-bad-main-')));
fs.mkdirSync(path.join(root, 'folder'));
fs.writeFileSync(path.join(root, 'syntax.js'), 'const a = 1;\nfunction f() { return a +; }\n');
fs.writeFileSync(path.join(root, 'data.json'), '{ "a": ');
fs.writeFileSync(path.join(root, 'syntax.mjs'), 'export const a = ;\n');
fs.writeFileSync(path.join(root, 'throws.js'), 'function f() {\n  throw new TypeError("deep");\n}\nf();\n');
fs.writeFileSync(path.join(root, 'missing-import.mjs'), 'import { none } from "./other.mjs";\n');
fs.writeFileSync(path.join(root, 'other.mjs'), 'export const some = 1;\n');

for (const name of ['missing.js', 'folder', 'syntax.js', 'data.json', 'syntax.mjs', 'throws.js', 'missing-import.mjs']) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [path.join(root, name)], { encoding: 'utf8' });
  console.log(name, 'status', status, signal, JSON.stringify(stdout));
  const error = stderr.split('\n').find((line) => /^\w*Error/.test(line));
  console.log('  ', String(error).replaceAll(root, 'ROOT'));
  console.log('   panicked:', /panicked/.test(stderr), 'version at the end:', /Node\.js v\d+\.\d+\.\d+\n$/.test(stderr));
}
fs.rmSync(root, { recursive: true });
