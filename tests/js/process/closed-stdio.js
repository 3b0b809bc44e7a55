// Started without standard input, output or error: files that are opened then do not become them, and nothing breaks.
const { spawnSync } = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const told = path.join(os.tmpdir(), `coil-closed-${process.pid}`);
const run = (title, redirections, program) => {
  fs.writeFileSync(told, '');
  const { status, signal, stdout, stderr } = spawnSync('sh', ['-c', `"$0" -e "$1" ${redirections}`, process.execPath, program, told], { encoding: 'utf8', env: { ...process.env, TOLD: told } });
  console.log(`${title}:`, status, signal, JSON.stringify(stdout), JSON.stringify(stderr.slice(0, 200)), fs.readFileSync(told, 'utf8'));
};
const tell = "const tell = (...all) => require('fs').appendFileSync(process.env.TOLD, all.join(' ') + '; ');";
run('no input', '<&-', `${tell} process.stdin.on('data', (d) => tell('data', d.length)).on('end', () => tell('end')).on('error', (e) => tell('error', e.code)).on('close', () => tell('close'))`);
run('input at its end', '</dev/null', `${tell} process.stdin.on('data', () => tell('data')).on('end', () => tell('end')).on('close', () => tell('close'))`);
run('no output', '>&-', `${tell} console.log('lost'); process.stdout.write('lost', () => tell('written')); process.stdout.on('error', (e) => tell('error', e.code)); process.on('exit', (code) => tell('exit', code))`);
run('no error output', '2>&-', `${tell} console.error('lost'); process.on('exit', (code) => tell('exit', code))`);
run('a throw without error output', '2>&-', `${tell} process.on('exit', (code) => tell('exit', code)); throw new Error('unseen')`);
run('nothing', '<&- >&- 2>&-', `${tell} tell([0, 1, 2].map((fd) => { try { return require('fs').fstatSync(fd).isCharacterDevice() } catch (e) { return e.code } })); tell(require('fs').openSync('/dev/null') > 2); console.log(1)`);
run('input that is a folder', '</', `${tell} process.stdin.on('data', () => tell('data')).on('error', (e) => tell('error', e.code, e.syscall)).on('close', () => tell('close'))`);
run('output only for reading', '1</dev/null', `${tell} process.stdout.on('error', (e) => tell('error', e.code, e.syscall)); process.stdout.write('x'); process.on('exit', (code) => tell('exit', code))`);
run('readFileSync of no input', '<&-', `${tell} try { tell('read', require('fs').readFileSync(0).length) } catch (e) { tell(e.code) }`);
run('a program from no input', '<&-', `${tell} tell('ran')`);
fs.unlinkSync(told);
