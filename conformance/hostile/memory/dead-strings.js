// out: true

let s; for (let i = 0; i < 2000; i++) { const o = { s: 'x'.repeat(1 << 20) + i }; o.o = o; s = o; }
console.log(process.memoryUsage().rss < 500e6);
