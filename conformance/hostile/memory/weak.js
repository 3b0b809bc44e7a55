// out: true

let n = 0; const w = new WeakMap(); for (let i = 0; i < 1e5; i++) w.set({}, new Array(10).fill(i));
console.log(process.memoryUsage().rss < 500e6);
