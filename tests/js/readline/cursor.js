const readline = require('node:readline');
const { PassThrough } = require('node:stream');

const out = new PassThrough().setEncoding('utf8');
const show = () => console.log(JSON.stringify(out.read()));
readline.cursorTo(out, 3); show();
readline.cursorTo(out, 3, 4); show();
readline.moveCursor(out, -1, 2); show();
readline.moveCursor(out, 5, -2); show();
console.log(readline.moveCursor(out, 0, 0, () => console.log('told')));
readline.clearLine(out, -1); readline.clearLine(out, 0); readline.clearLine(out, 1); show();
readline.clearScreenDown(out); show();
console.log(readline.cursorTo(null, 1), readline.clearLine(undefined, 1));
for (const wrong of [() => readline.cursorTo(out, NaN), () => readline.cursorTo(out, 'x', 1), () => readline.clearLine(out, 1, null), () => readline.moveCursor(out, 1, 1, 5)]) {
  try {
    wrong();
  } catch (error) {
    console.log(error.code, error.message);
  }
}
