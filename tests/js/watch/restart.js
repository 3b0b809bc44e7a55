'use strict';

// A program runs again when it or a file that it loads changes, and is ended before.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'watch-')));
const file = path.join(folder, 'program.js');
const part = path.join(folder, 'part.js');
fs.writeFileSync(file, "console.log('part', require('./part.js'), process.argv.slice(2));");
fs.writeFileSync(part, 'module.exports = 1;');

const steps = [
  () => fs.writeFileSync(part, 'module.exports = 2;'),
  () => fs.writeFileSync(file, "throw new Error('broken');"),
  () => fs.writeFileSync(file, "console.log('going on'); setInterval(() => {}, 1000);"),
  () => fs.writeFileSync(file, "console.log('whole again');"),
  () => child.kill(),
];
const child = spawn(process.execPath, ['--watch', '--watch', file, 'an argument'], { stdio: ['ignore', 'pipe', 'ignore'] });
let rest = '';
child.stdout.on('data', (chunk) => {
  rest += chunk;
  const lines = rest.split('\n');
  rest = lines.pop();
  for (const line of lines) {
    console.log(line.replaceAll(folder, '<folder>'));
    if (/^(Completed|Failed) running|^going on/.test(line)) setTimeout(steps.shift(), 500);
  }
});
child.on('exit', () => {
  fs.rmSync(folder, { recursive: true });
});
