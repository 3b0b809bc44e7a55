// out: 0,1,0,1,2,3,4,5
// out: RangeError
// out: RangeError
// out: TypeError
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const b = new ArrayBuffer(8); const u = new Uint8Array(b).map((_, i) => i);
T(() => { u.set(u.subarray(0, 6), 2); return u.join(); });
T(() => { u.set(u, 1); });
T(() => { u.set([1], -1); });
T(() => { u.set([1n]); });
T(() => { new BigInt64Array(1).set([1]); });
T(() => { u.set(new BigInt64Array(1)); });
