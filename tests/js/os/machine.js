'use strict';
// What os exports, what kinds of answers it gives, and its errors.
const os = require('os');
console.log(Object.keys(os).join());
console.log(os.constants, os.EOL === '\n', os.devNull);
console.log(os.platform(), os.type(), os.arch() === process.arch, os.endianness(), `${os.platform}`);
console.log(os.totalmem() > os.freemem(), os.cpus().length > 0, Object.keys(os.cpus()[0]), os.loadavg().length, os.uptime() > 0);
console.log(os.networkInterfaces().lo?.[0], Object.keys(os.userInfo()), Buffer.isBuffer(os.userInfo({ encoding: 'buffer' }).username));
console.log(os.hostname() === `${os.hostname}`, os.availableParallelism() > 0, os.getPriority() === os.getPriority(process.pid));
for (const fail of [() => os.getPriority('a'), () => os.getPriority(-1), () => os.setPriority(0, 100), () => os.setPriority('a')]) {
  try {
    fail();
  } catch (error) {
    console.log(error.name, error.code, error.message, error.info);
  }
}
