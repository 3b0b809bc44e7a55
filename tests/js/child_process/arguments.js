const cp = require('node:child_process');

const wrong = [
  () => cp.spawn(), () => cp.spawn(''), () => cp.spawn('a\0b'), () => cp.spawn('a', 5), () => cp.spawn('a', ['\0']), () => cp.spawn('a', [], 5),
  () => cp.spawn('a', [], { cwd: 5 }), () => cp.spawn('a', [], { detached: 1 }), () => cp.spawn('a', [], { uid: 'x' }), () => cp.spawn('a', [], { gid: 1.5 }),
  () => cp.spawn('a', [], { shell: 5 }), () => cp.spawn('a', [], { argv0: 5 }), () => cp.spawn('a', [], { windowsHide: 5 }), () => cp.spawn('a', [], { env: { x: '\0' } }),
  () => cp.spawn('a', [], { timeout: -1 }), () => cp.spawn('a', [], { signal: 5 }), () => cp.spawn('a', [], { killSignal: 'SIGNOPE' }), () => cp.spawn('a', [], { killSignal: {} }),
  () => cp.spawn('a', [], { stdio: 'foo' }), () => cp.spawn('a', [], { stdio: ['foo'] }), () => cp.spawn('a', [], { stdio: [true] }), () => cp.spawn('a', [], { stdio: ['ipc', 'ipc'] }),
  () => cp.spawn('a', [], { serialization: 'x' }), () => cp.spawnSync('a', [], { stdio: ['ipc'] }), () => cp.spawnSync('a', { input: 5 }), () => cp.spawnSync('a', { maxBuffer: -1 }),
  () => cp.exec(), () => cp.exec('a', { maxBuffer: 'x' }), () => cp.exec('a', 5), () => cp.execFile('a', [], {}, 5), () => cp.execFile('a', [], 'x'),
  () => cp.fork(), () => cp.fork('x', 5), () => cp.fork('x', { stdio: [] }), () => cp.fork('x', [], 5), () => new cp.ChildProcess().spawn(), () => new cp.ChildProcess().spawn({}),
  () => new cp.ChildProcess().spawn({ file: 'a', args: 'b' }), () => cp.spawn('true', [], { stdio: ['pipe', 4321] }),
];
for (const call of wrong) {
  try {
    call();
    console.log('none');
  } catch (error) {
    console.log(`${error.name} ${error.code} ${error.message}`);
  }
}
