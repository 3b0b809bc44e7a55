const readline = require('node:readline');
const { PassThrough } = require('node:stream');

const input = new PassThrough();
readline.emitKeypressEvents(input);
input.on('keypress', (text, key) => console.log(text, key));
for (const keys of ['a', 'Z', '5', ' ', '\t', '\r', '\n', '\x7f', '\x03', '\x1b[A', '\x1bOP', '\x1b[3~', '\x1b[1;5C', '\x1b[2^', '\x1b[Z', '\x1bq', '\x1b\x1b[A', '.', 'é', '😀', '\x1b[200~x\x1b[201~']) input.write(keys);
input.write('\x1b');
