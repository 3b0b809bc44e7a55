// out: 7
// out: TypeError Chaining cycle detected for promise #<Promise>

const t = { then(r) { r(t2); } }, t2 = { then(r) { r(7); } };
Promise.resolve(t).then(x => console.log(x));
const self = new Promise(r => setImmediate(() => r(self)));
self.catch(e => console.log(e.name, e.message));
