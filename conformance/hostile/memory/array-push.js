// flags: --max-memory=64 --max-time=50000
// exit: 123
// err: memory limit reached

const a = []; for (;;) a.push({ a });
