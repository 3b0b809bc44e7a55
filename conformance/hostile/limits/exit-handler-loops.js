// flags: --max-time=300
// exit: 124
// err: time limit reached

process.on('exit', () => { for (;;); });
