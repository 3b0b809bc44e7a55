// What is printed of an error nobody caught, whatever was thrown or rejected, and what listeners of 'exit' may still do.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'coil-uncaught-')));
const run = (name, args) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', cwd: root });
  const lines = stderr.replaceAll(root, 'ROOT').replace(/node:\d+/g, 'node:PID').split('\n').filter((line) => !/^ {4}at |^Node\.js v|^\(Use /.test(line));
  console.log(`## ${name}: status ${status} ${JSON.stringify(stdout)}\n${lines.join('\n').trimEnd()}`);
};
const values = ['5', '{ a: 1 }', "'text'", 'null', 'undefined', "new Error('e')", "Symbol('s')", '() => {}', '[1, 2]', '10n', 'new (class Foo {})()', 'Object.create(null)', 'new Map()'];
for (const value of values) {
  run(`Promise.reject(${value})`, ['-e', `Promise.reject(${value})`]);
  fs.writeFileSync(path.join(root, 'rejects.cjs'), `Promise.reject(${value})\n`);
  run('in a file', ['rejects.cjs']);
  fs.writeFileSync(path.join(root, 'throws.cjs'), `throw ${value}\n`);
  run('thrown in a file', ['throws.cjs']);
  fs.writeFileSync(path.join(root, 'throws.mjs'), `throw ${value}\n`);
  run('thrown in a module', ['throws.mjs']);
}
fs.writeFileSync(path.join(root, 'rejects.cjs'), 'Promise.reject(5)\n');
for (const mode of ['strict', 'throw', 'none']) run(mode, [`--unhandled-rejections=${mode}`, 'rejects.cjs']);
const exits = {
  'exit is told first': "process.on('exit', (code) => console.error('exit', code)); throw new Error('boom')",
  'exit throws too': "process.on('exit', () => { throw new Error('second') }); throw new Error('first')",
  'exit leaves by itself': "process.on('exit', () => process.exit(3)); throw new Error('boom')",
  'exit sets the code': "process.on('exit', () => { process.exitCode = 4 }); throw new Error('boom')",
  'a code was set': "process.exitCode = 9; process.on('exit', (code) => console.log(code, process.exitCode)); throw new Error('boom')",
};
for (const [name, program] of Object.entries(exits)) {
  fs.writeFileSync(path.join(root, 'exits.cjs'), `${program}\n`);
  run(name, ['exits.cjs']);
}
fs.writeFileSync(path.join(root, 'origin.mjs'), "process.on('uncaughtException', (error, origin) => console.log(error, origin));\nawait 1;\nthrow 5;\n");
run('where a module is rejected', ['origin.mjs']);
fs.rmSync(root, { recursive: true });
