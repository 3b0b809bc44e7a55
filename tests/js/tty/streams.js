// What streams of terminals offer, and how many colours they say there are by their variables.
'use strict';
const tty = require('tty');
const { getColorDepth, hasColors } = tty.WriteStream.prototype;
for (const env of [{}, { TERM: 'xterm' }, { TERM: 'xterm-256color' }, { TERM: 'dumb' }, { COLORTERM: 'truecolor' }, { FORCE_COLOR: '2' }, { NO_COLOR: '1', TERM: 'xterm' }, { CI: '1', GITHUB_ACTIONS: '1' }, { TMUX: '1' }]) {
  console.log(env, getColorDepth(env), hasColors(env), hasColors(256, env), hasColors(2, env));
}
const attempt = (call) => { try { console.log(call()); } catch (error) { console.log(error.name, error.code, error.message); } };
for (const count of ['x', 1, 1.5, null]) attempt(() => hasColors(count));
for (const fd of [-1, 1.5, 'x', undefined, 2 ** 40]) {
  attempt(() => new tty.WriteStream(fd));
  attempt(() => tty.ReadStream(fd));
}
const fd = require('fs').openSync(__filename);
attempt(() => new tty.ReadStream(fd));
attempt(() => new tty.WriteStream(fd));

const written = [];
const stream = Object.assign(Object.create(tty.WriteStream.prototype), { columns: 80, rows: 24, write: (text) => written.push(text) });
stream.cursorTo(3);
stream.cursorTo(3, 4);
stream.moveCursor(-1, 2);
stream.clearLine(1);
stream.clearScreenDown();
console.log(JSON.stringify(written), stream.getWindowSize(), stream.isTTY);
