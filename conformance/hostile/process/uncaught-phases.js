// out: beforeExit uncaughtException
// out: fs uncaughtException
// out: immediate uncaughtException
// out: main uncaughtException
// out: microtask uncaughtException
// out: tick uncaughtException
// out: timer uncaughtException

const log = []; process.on('uncaughtException', (e, o) => log.push(e.message + ' ' + o));
process.nextTick(() => { throw new Error('tick'); });
setTimeout(() => { throw new Error('timer'); }, 1);
setImmediate(() => { throw new Error('immediate'); });
queueMicrotask(() => { throw new Error('microtask'); });
require('fs').stat('/', () => { throw new Error('fs'); });
process.once('beforeExit', () => { throw new Error('beforeExit'); });
process.on('exit', () => console.log(log.sort().join('\n')));
throw new Error('main');
