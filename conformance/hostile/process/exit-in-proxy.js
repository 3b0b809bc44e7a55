// exit: 7
// out: {}

console.log(require('util').inspect(new Proxy({}, {}), { showProxy: false }));
new Proxy({}, { get() { process.exit(7); } }).x;
