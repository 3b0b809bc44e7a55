// flags: --max-memory=64 --max-time=50000
// oneof: 1 123

let f = () => 0; for (;;) { const g = f; f = () => g; }
