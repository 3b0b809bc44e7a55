// out: object
// out: object
// out: symbol
// out: bigint
// out: end

const { Readable } = require('stream');
const r = Readable.from([new Proxy({}, {}), Object.create(null), Symbol('s'), 1n]);
r.on('data', d => console.log(typeof d)); r.on('end', () => console.log('end'));
