// alloc, allocUnsafe, the pool that small buffers share, and the deprecated constructor.
const attempt = (label, f) => { try { console.log(label, f()); } catch (e) { console.log(label, e.name, e.code, e.message); } };
console.log(Buffer.alloc(5), Buffer.alloc(5, 1), Buffer.alloc(5, 'ab'), Buffer.alloc(7, 'YWJj', 'base64'), Buffer.alloc(4, '€'), Buffer.alloc(3, Buffer.from([7, 8])));
console.log(Buffer.alloc(3, 0), Buffer.alloc(3, ''), Buffer.alloc(0, 'x'), Buffer.alloc(2.7).length, Buffer.alloc(4, 257), Buffer.alloc(4, -1), Buffer.alloc(2, true));
const a = Buffer.allocUnsafe(10), b = Buffer.from('pooled');
console.log(a.buffer === b.buffer, a.buffer.byteLength, a.byteOffset % 8, b.byteOffset - a.byteOffset, Buffer.poolSize);
console.log(Buffer.allocUnsafe(4096).buffer.byteLength, Buffer.allocUnsafe(4095).buffer.byteLength, Buffer.allocUnsafeSlow(10).buffer.byteLength, Buffer.alloc(10).buffer.byteLength, Buffer.allocUnsafe(0).buffer.byteLength);
console.log(a.parent === a.buffer, a.offset === a.byteOffset, Buffer.prototype.parent, Buffer.prototype.offset);
for (const value of ['5', null, undefined, {}, NaN, -1, Infinity, 2 ** 53]) {
  for (const f of ['alloc', 'allocUnsafe', 'allocUnsafeSlow']) attempt(f + ' ' + String(value), () => Buffer[f](value));
}
attempt('fill', () => Buffer.alloc(3, 'zz', 'hex'));
attempt('fill', () => Buffer.alloc(3, 'a', 'nope'));
attempt('fill', () => Buffer.alloc(3, 'a', 5));
attempt('fill', () => Buffer.alloc(3, new Uint8Array(0)));
process.on('warning', () => {});
process.noDeprecation = true;
console.log(new Buffer(3).length, Buffer(3), new Buffer('abc').toString(), Buffer([1, 2]), Buffer.call({}, 'x').toString());
attempt('constructor', () => new Buffer(5, 'utf8'));
attempt('constructor', () => new Buffer());
console.log(Buffer.of(1, 2, 300), Buffer.of().length, Buffer.copyBytesFrom(new Uint16Array([1, 2, 3]), 1), Buffer.copyBytesFrom(new Uint16Array([1, 2, 3]), 0, 1), Buffer.copyBytesFrom(new Uint8Array(3), 5));
attempt('copyBytesFrom', () => Buffer.copyBytesFrom([1]));
attempt('copyBytesFrom', () => Buffer.copyBytesFrom(new Uint8Array(3), -1));
attempt('copyBytesFrom', () => Buffer.copyBytesFrom(new Uint8Array(3), 0, 1.5));
attempt('copyBytesFrom', () => Buffer.copyBytesFrom(new Uint8Array(3), 'x'));
