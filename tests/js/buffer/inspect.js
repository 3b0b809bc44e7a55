// How buffers show themselves.
const util = require('util'), buffer = require('buffer');
console.log(Buffer.alloc(0), Buffer.from('abc'), Buffer.alloc(51), Buffer.alloc(60), [Buffer.from('x')], { b: Buffer.from('y') });
const extra = Buffer.from('abc');
extra.inspect = undefined;
extra.prop = new Uint8Array(0);
console.log(extra, util.inspect(Object.assign(Buffer.alloc(0), { only: 'this' })));
class Special extends Uint8Array {}
Object.setPrototypeOf(Special.prototype, Buffer.prototype);
console.log(Buffer.prototype.inspect.call(new Uint8Array([1, 2])), Buffer.prototype[util.inspect.custom].call(new Special(2)));
console.log(buffer.INSPECT_MAX_BYTES);
buffer.INSPECT_MAX_BYTES = 2;
console.log(Buffer.from('abcd'), Buffer.from('abc'), Buffer.from('ab'), util.inspect(Buffer.from('abcd')));
buffer.INSPECT_MAX_BYTES = Infinity;
console.log(util.inspect(Buffer.alloc(60)).length);
for (const value of [-1, NaN, 'x', null]) try { buffer.INSPECT_MAX_BYTES = value; } catch (e) { console.log(e.code, e.message); }
