// flags: --max-memory=64 --max-time=50000
// oneof: 1 123

const a = []; for (;;) a.push({ a });
