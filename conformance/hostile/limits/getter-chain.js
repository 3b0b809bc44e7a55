// flags: --max-time=500
// exit: 124
// err: time limit reached

const o = new Proxy([], { get(t, k) { return k === 'length' ? 2 ** 40 : 1; }, has: () => true });
Array.prototype.reduce.call(o, (a, b) => a + b);
