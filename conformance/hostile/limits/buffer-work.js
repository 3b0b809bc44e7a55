// flags: --max-time=500
// exit: 124
// err: time limit reached

const b = Buffer.alloc(1 << 22, 'a'); for (;;) b.toString('base64');
