// flags: --max-memory=64 --max-time=50000
// oneof: 1 123 124

const a = []; a.length = 4e9; a.fill({});
