// flags: --max-memory=64 --max-time=50000
// exit: 123
// err: memory limit reached

const a = []; for (;;) try { for (;;) a.push([1, 2, 3]); } catch {}
