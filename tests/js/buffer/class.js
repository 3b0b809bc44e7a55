// Buffer as a class: what its instances and relatives are.
const b = Buffer.from([1, 2, 3]);
console.log(b instanceof Buffer, b instanceof Uint8Array, Buffer.isBuffer(b), Buffer.isBuffer(new Uint8Array(1)), Buffer.isBuffer({}), Buffer.isBuffer(null), b.constructor === Buffer, Object.prototype.toString.call(b));
console.log(Object.getPrototypeOf(Buffer) === Uint8Array, Object.getPrototypeOf(Buffer.prototype) === Uint8Array.prototype, Buffer.name, Buffer.length, Buffer[Symbol.species].name);
for (const made of [b.map((x) => x * 2), b.filter((x) => x > 1), b.subarray(1), b.slice(1), b.toReversed?.(), b.with?.(0, 9)]) console.log(Buffer.isBuffer(made), made);
console.log([...b.keys()], [...b.values()], [...b.entries()], [...b], b.at(-1), b.indexOf(3), b.join('-'), b.reduce((x, y) => x + y), b.includes(2), b.findLast((x) => x < 3));
b[3] = 5; b[0] = 300; b.extra = 1;
console.log(b[3], b[0], Object.keys(b), 'extra' in b);
class Mine extends Buffer { hello() { return 'hello'; } }
console.log(new Mine(3) instanceof Mine, new Mine('abc').toString(), Mine.from('x') instanceof Mine, Buffer.isBuffer(Mine.from('x')));
function Old(size) { const view = new Uint8Array(size); Object.setPrototypeOf(view, Old.prototype); return view; }
Object.setPrototypeOf(Old.prototype, Buffer.prototype);
Object.setPrototypeOf(Old, Buffer);
const old = new Old(4);
console.log(old instanceof Buffer, old.fill('ab').toString(), old.length, Buffer.isBuffer(old), old.readUInt16LE(0));
const { constants, kMaxLength, kStringMaxLength, SlowBuffer } = require('buffer');
console.log(constants, kMaxLength, kStringMaxLength, SlowBuffer, require('buffer').Buffer === Buffer, require('node:buffer') === require('buffer'));
console.log(Object.keys(require('buffer')).join());
console.log(Object.getOwnPropertyNames(Buffer).join());
console.log(Object.getOwnPropertyNames(Buffer.prototype).join());
const memory = new ArrayBuffer(4, { maxByteLength: 8 });
const follows = Buffer.from(memory);
memory.resize(8);
console.log(follows.length, Buffer.from(memory, 0, 2).length);
