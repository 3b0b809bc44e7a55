// exit: 3
// out: exit 2

process.on('exit', c => { console.log('exit', c); process.exitCode = 3; process.exit(); });
process.exit(2);
