// flags: --max-memory=64 --max-time=50000
// oneof: 1 123 124

const a = []; (async () => { for (;;) { a.push(new Promise(() => {})); if (a.length % 1000 === 0) await 1; } })();
