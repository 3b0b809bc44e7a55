const { exec, execFile } = require('node:child_process');
const { promisify } = require('node:util');

exec('echo out; echo err >&2; exit 3', (error, stdout, stderr) => {
  console.log(error.message, error.code, error.killed, error.signal, error.cmd, [stdout, stderr]);
  execFile('echo', ['a', 'b'], { encoding: 'buffer' }, (error, stdout) => {
    console.log(error, stdout);
    exec('echo 123456789', { maxBuffer: 4 }, (error, stdout) => {
      console.log(error.code, error.message, error.cmd, [stdout]);
      exec('sleep 100', { timeout: 50 }, (error) => {
        console.log(error.killed, error.signal, error.code);
        promises();
      });
    });
  });
});

async function promises() {
  const promise = promisify(exec)('echo x');
  console.log(typeof promise.child.pid, await promise);
  try {
    await promisify(execFile)('coil-has-no-such-program', ['y']);
  } catch (error) {
    console.log(error.code, error.message, error.cmd, [error.stdout, error.stderr]);
  }
  const controller = new AbortController();
  const aborted = promisify(exec)('sleep 100', { signal: controller.signal });
  controller.abort();
  await aborted.catch((error) => console.log(error.name, error.code, error.cmd));
}
