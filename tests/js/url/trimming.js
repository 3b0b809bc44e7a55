// url.parse takes control characters and some white space off both ends; new URL's errors are plain TypeErrors.
'use strict';
const url = require('url');
process.removeAllListeners('warning');
process.on('warning', () => {});
for (const code of [0, 1, 8, 9, 0xb, 0x1f, 0x20, 0x7f, 0x85, 0xa0, 0xfeff, 0x2028, 0x200b]) {
  const char = String.fromCharCode(code);
  console.log(code.toString(16), JSON.stringify(url.parse(`${char}http://x/${char}`).href));
}
for (const args of [['x'], ['x', 'y'], ['/a', 'http://']]) {
  try { new URL(...args); } catch (error) { console.log(String(error), error.stack.split('\n')[0], JSON.stringify(error), Object.getPrototypeOf(error) === TypeError.prototype); }
}
console.log(new Buffer.allocUnsafeSlow(3).length, Buffer.allocUnsafeSlow(2).length);
