const { spawnSync, execFileSync, execSync } = require('node:child_process');

const { status, signal, output, stdout, stderr } = spawnSync('sh', ['-c', 'cat; echo e >&2; exit 3'], { input: 'in' });
console.log(status, signal, output, stdout, stderr);
console.log(execFileSync('cat', { input: new Uint8Array([104, 105]), encoding: 'utf8' }));
console.log(execSync('echo $X-$0', { env: { X: 'y' }, argv0: 'z', encoding: 'latin1' }));
console.log(spawnSync('pwd', { cwd: '/', encoding: 'utf8' }).stdout);
console.log(spawnSync('sh', ['-c', 'kill -9 $$']).signal);
const late = spawnSync('sleep', ['100'], { timeout: 30, killSignal: 'SIGKILL' });
console.log(late.error.message, late.error.errno, late.status, late.signal);
const { pid, ...missing } = spawnSync('coil-has-no-such-program', ['x']);
console.log(pid, missing.error.message, missing.error.spawnargs, missing.status, missing.output, Object.keys(missing));
try {
  execSync('echo no >&2; exit 7', { stdio: 'pipe' });
} catch ({ message, status, stderr }) {
  console.log([message, status, String(stderr)]);
}
console.log(spawnSync('sh', ['-c', 'echo 3 >&3'], { stdio: ['ignore', 'pipe', 'inherit', 'pipe'], encoding: 'utf8' }).output);
