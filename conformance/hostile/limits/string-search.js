// flags: --max-time=500
// exit: 124
// err: time limit reached

const s = 'a'.repeat(1e6); for (;;) s.indexOf('a'.repeat(5e5) + 'b');
