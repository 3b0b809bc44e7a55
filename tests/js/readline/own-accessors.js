// The accessors over what an interface keeps: the decoder of plain input, the keys of a terminal.
'use strict';
const readline = require('readline');
const { PassThrough } = require('stream');

const plain = readline.createInterface({ input: new PassThrough(), output: new PassThrough() });
console.log(plain._decoder.constructor.name, plain._decoder.encoding, plain._sawKeyPress, plain._previousKey, plain._sawReturnAt);
plain.on('line', (line) => console.log('line', line));
plain.input.write(Buffer.from([0x61, 0xc3]));
plain.input.write(Buffer.from([0xa9, 0x0a, 0x62]));

const terminal = readline.createInterface({ input: new PassThrough(), output: new PassThrough(), terminal: true });
console.log(terminal._decoder, terminal._sawKeyPress, terminal._previousKey);
terminal.input.write('q');
setImmediate(() => {
  console.log(plain._line_buffer, terminal._sawKeyPress, terminal._previousKey.name);
  plain.close();
  terminal.close();
});
