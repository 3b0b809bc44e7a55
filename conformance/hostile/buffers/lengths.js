// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => new ArrayBuffer(-1));
T(() => new ArrayBuffer(2 ** 53));
T(() => new Uint8Array(-1));
T(() => new Uint8Array(2 ** 40));
T(() => new Float64Array(new ArrayBuffer(7)));
T(() => new Uint16Array(new ArrayBuffer(8), 1));
T(() => new Uint8Array(new ArrayBuffer(8), 9));
T(() => new Uint8Array(new ArrayBuffer(8), 4, 8));
T(() => new DataView(new ArrayBuffer(8), 9));
T(() => new SharedArrayBuffer(-1));
