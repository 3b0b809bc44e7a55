// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
class U extends Uint8Array { static get [Symbol.species]() { return function (n) { const b = new ArrayBuffer(n, { maxByteLength: n }); const u = new Uint8Array(b); b.resize(0); return u; }; } }
T(() => new U(4).slice());
T(() => new U(4).map(x => x));
