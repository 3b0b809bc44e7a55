// out: true

let u; for (let i = 0; i < 1000; i++) u = new Uint8Array(1 << 20).fill(1);
console.log(process.memoryUsage().rss < 500e6);
