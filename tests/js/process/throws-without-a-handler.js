// A callback that throws, in each phase, where nobody listens: the error on standard error, status 1, 'exit' told, nothing later runs.
const { spawnSync } = require('child_process');

const exit = "process.on('exit', (code) => console.log('exit', code)); setTimeout(() => console.log('never'), 200); ";
const programs = {
  main: "throw new Error('boom')",
  timer: "setTimeout(() => { throw new Error('boom') }, 1)",
  immediate: "setImmediate(() => { throw new Error('boom') })",
  pool: "require('fs').stat('.', () => { throw new Error('boom') })",
  close: "const s = require('net').createServer().listen(0, '127.0.0.1', () => s.close(() => { throw new Error('boom') }))",
  tick: "process.nextTick(() => { throw new Error('boom') })",
  microtask: "queueMicrotask(() => { throw new Error('boom') })",
  rejection: "Promise.reject(new Error('boom'))",
  async: "(async () => { await null; throw new Error('boom') })()",
  emitter: "new (require('events'))().emit('error', new Error('boom'))",
  exit: "process.on('exit', () => { throw new Error('boom') })",
  handler: "process.on('uncaughtException', () => { throw new Error('boom') }); throw new Error('first')",
  primitive: "setTimeout(() => { throw 'boom' }, 1)",
  nothing: "setTimeout(() => { throw undefined }, 1)",
  object: "setTimeout(() => { throw { a: 1 } }, 1)",
};
for (const [name, program] of Object.entries(programs)) {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, ['-e', exit + program], { encoding: 'utf8' });
  console.log(name, status, signal, JSON.stringify(stdout), /panicked/.test(stderr));
  console.log('  ', stderr.split('\n').find((line) => /boom|undefined|a: 1/.test(line) && !/^\S*\[eval\]|process\.on|setTimeout\(/.test(line)));
}
