'use strict';

// Lines that are collected, saved, and loaded again.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const session = require('./session-fixture.js');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'repl-'));
const file = path.join(folder, 'saved.js');

const terminal = session({ terminal: true });
terminal.give('.editor', 'function twice(n) {', '  return 2 * n;', '}');
terminal.server.write('', { ctrl: true, name: 'd' });
terminal.taken();
console.log(terminal.give('twice(21)').includes('42'));
terminal.server.close();

const { server, give } = session();
console.log(give('var list = [', '1,', ']', '', `.save ${file}`).replaceAll(folder, '<folder>'));
console.log(JSON.stringify(fs.readFileSync(file, 'utf8')));
console.log(give('.clear', 'typeof list'));
console.log(give(`.load ${file}`, 'list').replaceAll('> ', ''));
console.log(give('.load', '.save', `.load ${folder}`, '.nothing').replaceAll(folder, '<folder>'));
server.close();
fs.rmSync(folder, { recursive: true });
