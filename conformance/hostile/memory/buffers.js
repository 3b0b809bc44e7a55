// flags: --max-memory=64 --max-time=50000

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const a = []; T(() => { for (;;) a.push(new Uint8Array(1 << 20)); });
a.length = 0; T(() => new Uint8Array(1 << 20).length);
