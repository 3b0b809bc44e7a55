// flags: --max-time=1000
// exit: 124
// err: time limit reached

const p = new Proxy({}, { ownKeys() { return Object.keys(p); } , getPrototypeOf() { for (;;); } });
p instanceof Object;
