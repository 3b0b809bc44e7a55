// flags: --max-memory=64 --max-time=50000
// exit: 123
// err: memory limit reached

let f = () => 0; for (;;) { const g = f; f = () => g; }
