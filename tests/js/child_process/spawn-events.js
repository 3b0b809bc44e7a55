const { spawn } = require('node:child_process');

const child = spawn('cat');
console.log(child.pid > 0, child.spawnfile, child.spawnargs, child.exitCode, child.signalCode, child.killed);
child.on('spawn', () => console.log('spawn'));
child.stdout.setEncoding('utf8');
child.stdout.on('data', (text) => console.log('data', text));
child.on('exit', (code, signal) => console.log('exit', code, signal, child._handle));
child.on('close', (code, signal) => {
  console.log('close', code, signal, child.kill());
  missing();
});
child.stdin.end('hello');

function missing() {
  const child = spawn('coil-has-no-such-program', ['a', 'b']);
  console.log(child.pid, child.stdin.writable);
  child.on('spawn', () => console.log('never'));
  child.on('exit', () => console.log('never'));
  child.on('error', ({ message, errno, code, syscall, path, spawnargs }) => console.log({ message, errno, code, syscall, path, spawnargs }, child.exitCode));
  child.on('close', (code, signal) => {
    console.log('close', code, signal);
    killed();
  });
}

function killed() {
  const child = spawn('sleep', ['100']);
  console.log(child.kill(0), child.kill('sigkill'), child.killed);
  child.on('exit', (code, signal) => console.log('exit', code, signal, child.exitCode, child.signalCode));
}
