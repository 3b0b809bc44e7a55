// flags: --max-memory=64 --max-time=50000
// oneof: 1 123

const m = new Map(); for (let i = 0; ; i++) m.set(i, i);
