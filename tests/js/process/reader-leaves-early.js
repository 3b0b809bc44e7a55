// `program | head -1`: what a program sees whose reader leaves.
const { spawnSync } = require('child_process');

const piped = (program) => {
  const command = `("$0" -e "$1"; echo "status $?" >&2) | head -1`;
  const { stdout, stderr } = spawnSync('sh', ['-c', command, process.execPath, program], { encoding: 'utf8' });
  console.log(JSON.stringify(stdout), stderr.match(/EPIPE/) ? 'EPIPE' : 'no EPIPE', stderr.match(/status \d+/)[0], 'panicked:', /panicked/.test(stderr));
  for (const line of stderr.split('\n')) if (line.startsWith('#')) console.log(line);
};
// Nobody listens for 'error': the program ends with it.
piped("for (let i = 0; i < 50000; i++) process.stdout.write('line ' + i + '\\n')");
// console.log takes no harm from it.
piped("for (let i = 0; i < 50000; i++) console.log('line', i)");
// A listener hears of it.
piped("process.stdout.on('error', (e) => { console.error('#', e.code, e.syscall); process.exit(7) }); setInterval(() => process.stdout.write('line\\n'.repeat(1000)), 1)");
// A stream that is piped into it.
piped("const { Readable } = require('stream'); Readable.from((function* () { for (let i = 0; i < 1e6; i++) yield 'line ' + i + '\\n' })()).pipe(process.stdout).on('error', (e) => { console.error('#', e.code); process.exit(3) })");
