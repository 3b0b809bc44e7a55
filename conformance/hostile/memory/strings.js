// flags: --max-memory=64 --max-time=50000
// oneof: 1 123

const a = []; for (let i = 0; ; i++) a.push('x'.repeat(100000) + i);
