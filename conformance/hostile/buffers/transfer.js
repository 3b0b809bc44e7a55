// out: true,0,4,true
// out: TypeError
// out: TypeError
// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const b = new ArrayBuffer(8, { maxByteLength: 16 });
const c = b.transfer(4);
T(() => [b.detached, b.byteLength, c.byteLength, c.resizable].join());
T(() => b.transfer());
T(() => b.resize(1));
T(() => c.transferToFixedLength(2 ** 53));
T(() => c.transfer(-1));
