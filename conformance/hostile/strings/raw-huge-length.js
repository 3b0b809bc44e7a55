// out: 9437184
// out:

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => String.raw({ raw: { length: 2 ** 20 } }).length);
T(() => String.raw({ raw: { length: -1 } }));
