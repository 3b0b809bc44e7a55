// flags: --max-memory=64 --max-time=50000
// exit: 123
// err: memory limit reached

const m = new Map(); for (let i = 0; ; i++) m.set(i, i);
