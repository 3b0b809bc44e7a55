// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { Readable, Writable } = require('stream');
T(() => new Readable({ highWaterMark: -1 }));
T(() => new Readable({ highWaterMark: NaN }));
T(() => new Writable().write(null));
T(() => new Writable({ write() {} }).write(5));
T(() => Readable.from(5));
T(() => new Readable().setEncoding('nope'));
