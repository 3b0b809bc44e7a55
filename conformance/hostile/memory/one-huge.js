// flags: --max-memory=64

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => 'x'.repeat(2 ** 28));
T(() => new Uint8Array(2 ** 28));
T(() => Buffer.alloc(2 ** 28));
T(() => 1n << 2n ** 29n);
T(() => 'small');
