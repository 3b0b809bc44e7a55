// Numbers in a buffer: every reader and writer, at the edges and beyond.
const attempt = (label, f) => { try { const r = f(); console.log(label, r); } catch (e) { console.log(label, e.name, e.code, e.message); } };
const bytes = Buffer.from([0x81, 0x02, 0xf3, 0x04, 0x85, 0x06, 0xf7, 0x08, 0x89, 0x0a]);
const methods = Object.getOwnPropertyNames(Buffer.prototype);
for (const name of methods.filter((n) => /^read.*(8|LE|BE)$/.test(n))) {
  const sized = /^read(Ui|UI|I)nt(LE|BE)$/.test(name);
  if (sized) for (let size = 1; size <= 6; size++) console.log(name, size, bytes[name](1, size));
  else console.log(name, bytes[name](), bytes[name](2));
  const extra = sized ? [3] : [];
  for (const offset of [-1, 11, 1.5, NaN, Infinity, '1', null, {}, -0]) attempt(`${name} ${String(offset)}`, () => bytes[name](offset, ...extra));
  attempt(name, () => Buffer.alloc(0)[name](0, ...extra));
}
for (const size of [0, 7, 1.5, NaN, '1', undefined, null]) attempt('readUIntLE ' + size, () => bytes.readUIntLE(0, size));
attempt('readUIntLE', () => bytes.readUIntLE());
const values = [0, 1, -1, 127, 128, 255, 256, -128, -129, 32767, 32768, 65535, 65536, 2 ** 31, 2 ** 32, 2 ** 47, 2 ** 48, -(2 ** 47), 1.5, -1.5, NaN, '5', 'x', null, undefined, true];
for (const name of methods.filter((n) => /^write.*(8|LE|BE)$/.test(n))) {
  const sized = /^write(Ui|UI|I)nt(LE|BE)$/.test(name);
  const big = /Big/.test(name);
  for (const value of big ? [0n, 1n, -1n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 64n, 5, 'x'] : values) {
    const write = (...extra) => { const b = Buffer.alloc(8); return [b[name](value, ...extra), b.toString('hex')].join(' '); };
    if (sized) for (const size of [1, 3, 5, 6]) attempt(`${name} ${value} ${size}`, () => write(1, size));
    else attempt(`${name} ${value}`, () => write());
  }
  for (const offset of [-1, 9, 1.5, '1', null]) attempt(`${name} at ${offset}`, () => Buffer.alloc(8)[name](big ? 1n : 1, offset, ...(sized ? [3] : [])));
}
attempt('bigint', () => Buffer.alloc(8).writeUInt8(3n));
attempt('symbol', () => Buffer.alloc(8).writeDoubleLE(Symbol()));
for (const value of [0.1, -0, 1e300, Infinity, -Infinity, NaN, 5e-324]) {
  const b = Buffer.alloc(8);
  b.writeDoubleBE(value);
  console.log(b.toString('hex'), b.readDoubleBE(), b.writeFloatLE(value), b.toString('hex'), b.readFloatLE());
}
console.log(Buffer.prototype.readUint8 === Buffer.prototype.readUInt8, Buffer.prototype.writeBigUint64LE === Buffer.prototype.writeBigUInt64LE);
