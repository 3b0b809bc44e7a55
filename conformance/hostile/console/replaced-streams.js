const { log } = console;
process.stdout.write = () => { throw new Error('write'); };
T2 = f => { try { f(); process.stderr.write('ok\n'); } catch (e) { process.stderr.write(e.message + '\n'); } };
T2(() => log('x')); T2(() => console.log('y'));
