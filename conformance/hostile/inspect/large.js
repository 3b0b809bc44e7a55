// out: 26
// out: 444
// out: 365
// out: 1216
// out: 147782
// out: 10028

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { inspect } = require('util');
T(() => inspect(Array(1e7)).length);
T(() => inspect(Array.from({ length: 1e5 }, (_, i) => i)).length);
T(() => inspect(new Uint8Array(1e6)).length);
T(() => inspect(new Map(Array.from({ length: 1e4 }, (_, i) => [i, i]))).length);
T(() => inspect(Object.fromEntries(Array.from({ length: 1e4 }, (_, i) => ['k' + i, i]))).length);
T(() => inspect('x'.repeat(1e6)).length);
