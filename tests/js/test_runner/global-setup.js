'use strict';

// What --test-global-setup names runs once around all files; with one process for all, --require comes after it.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'setup-'));
const at = (name, text) => {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
};
const setup = at('setup.js', `
exports.globalSetup = async () => { console.log('set up'); };
exports.globalTeardown = async () => { console.log('torn down'); };
`);
const failing = at('failing.js', "exports.globalSetup = async () => { throw new Error('no setup'); }; exports.globalTeardown = () => console.log('torn down');");
const first = at('first.js', "console.log('first');");
const files = ['a', 'b'].map((name) => at(`${name}.test.js`, `require('node:test')('${name}', () => { console.log('test ${name}'); });`));

for (const isolation of ['none', 'process']) {
  for (const used of [setup, failing]) {
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--test', `--test-isolation=${isolation}`, '--test-concurrency=1', `--test-global-setup=${used}`, `--require=${first}`, ...files], { encoding: 'utf8' });
    const lines = stdout.split('\n').filter((line) => /^(set up|torn down|first|test|ℹ (pass|fail))/.test(line));
    console.log(isolation, status, isolation === 'none' ? lines : lines.filter((line) => line !== 'first'), /no setup/.test(stderr));
  }
}
fs.rmSync(folder, { recursive: true });
