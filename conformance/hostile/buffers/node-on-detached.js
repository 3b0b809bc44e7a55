// out:
// out: TypeError
// out: 0
// out: RangeError
// out: TypeError
// out: -1
// out: 0
// out: 0
// out: true
// out:

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const ab = new ArrayBuffer(8); const b = Buffer.from(ab); structuredClone(ab, { transfer: [ab] });
T(() => b.toString());
T(() => b.fill(1).length);
T(() => b.write('abc'));
T(() => b.readUInt8(0));
T(() => Buffer.concat([b, b]).length);
T(() => b.indexOf('a'));
T(() => b.copy(Buffer.alloc(4)));
T(() => Buffer.from(b).length);
T(() => b.equals(Buffer.alloc(0)));
T(() => b.toString('base64') + b.toString('hex'));
