// out: RangeError
// out: RangeError
// out: 4
// out: RangeError
// out: TypeError
// out: TypeError
// out: 6868656c6c
// out: 5
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: 3
// out: -1
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const b = Buffer.from('hello');
T(() => b.copy(Buffer.alloc(2), 0, 100));
T(() => b.copy(Buffer.alloc(2), -1));
T(() => b.copy(b, 1));
T(() => b.write('x', 100));
T(() => b.write('x', 0, 'nope'));
T(() => b.toString('nope'));
T(() => b.toString('hex', -5, 100));
T(() => b.slice(-100, 100).length);
T(() => b.readUInt32LE(3));
T(() => b.readUIntBE(0, 7));
T(() => b.writeUInt8(256));
T(() => b.swap16());
T(() => b.indexOf('l', {}, 'latin1'));
T(() => b.lastIndexOf('l', -100));
T(() => b.equals('hello'));
T(() => Buffer.compare(b));
