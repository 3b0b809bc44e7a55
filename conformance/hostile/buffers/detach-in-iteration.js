// out: TypeError
// out: 16
// out: DataCloneError
// out: TypeError
// out: TypeError
// out: TypeError
// out: 0
// out: undefined
// out: TypeError
// out: TypeError
// out: 0,0,0,
// out: TypeError
// out: DataCloneError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const detach = b => structuredClone(b, { transfer: [b] });
const mk = () => { const b = new ArrayBuffer(16); return [b, new Uint8Array(b)]; };
T(() => { const [b, u] = mk(); let n = 0; for (const x of u) { if (n++ === 3) detach(b); } return n; });
T(() => { const [b, u] = mk(); return u.map((x, i) => { if (i === 2) detach(b); return i; }).length; });
T(() => { const [b, u] = mk(); return u.sort(() => { detach(b); return 0; }).length; });
T(() => { const [b, u] = mk(); u.fill({ valueOf() { detach(b); return 7; } }); return u.length; });
T(() => { const [b, u] = mk(); return u.slice({ valueOf() { detach(b); return 0; } }); });
T(() => { const [b, u] = mk(); return u.subarray({ valueOf() { detach(b); return 0; } }); });
T(() => { const [b, u] = mk(); u[{ toString() { detach(b); return '1'; } }] = 5; return u.length; });
T(() => { const [b, u] = mk(); u[1] = { valueOf() { detach(b); return 5; } }; return u[1]; });
T(() => { const [b] = mk(); const d = new DataView(b); d.setUint8({ valueOf() { detach(b); return 0; } }, 1); });
T(() => { const [b] = mk(); const d = new DataView(b); d.setUint32(0, { valueOf() { detach(b); return 0; } }); });
T(() => { const [b, u] = mk(); detach(b); return [u.length, u.byteOffset, u.byteLength, u[0]].join(); });
T(() => { const [b] = mk(); detach(b); return b.slice(0); });
T(() => { const [b] = mk(); detach(b); detach(b); });
