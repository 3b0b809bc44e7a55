// out: 4
// out: 16
// out: 0
// out: 1
// out: 0
// out: 2
// out: -1
// out: 0-0-0-------------
// out: 16
// out: 6
// out: 16
// out: true
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const b = new ArrayBuffer(16, { maxByteLength: 32 });
const u = new Uint8Array(b);
T(() => { let n = 0; for (const x of u) { if (n++ === 3) b.resize(2); } return n; });
T(() => { b.resize(16); return u.map((x, i) => { if (i === 2) b.resize(4); return i; }).length; });
T(() => { b.resize(16); return u.sort(() => { b.resize(0); return 0; }).length; });
T(() => { b.resize(16); u.fill({ valueOf() { b.resize(1); return 7; } }); return u.length; });
T(() => { b.resize(16); u.set({ length: 16, get 3() { b.resize(0); return 1; } }); return u.length; });
T(() => { b.resize(16); return u.subarray({ valueOf() { b.resize(4); return 2; } }).length; });
T(() => { b.resize(16); return u.indexOf(0, { valueOf() { b.resize(0); return 0; } }); });
T(() => { b.resize(16); return u.join({ toString() { b.resize(3); return '-'; } }); });
T(() => { b.resize(16); return u.slice({ valueOf() { b.resize(8); return 0; } }).length; });
T(() => { b.resize(16); return u.copyWithin(0, { valueOf() { b.resize(6); return 4; } }).length; });
T(() => { b.resize(16); return u.with(0, { valueOf() { b.resize(2); return 1; } }).length; });
T(() => { b.resize(16); return u.includes(undefined, { valueOf() { b.resize(4); return 0; } }); });
T(() => b.resize(64));
