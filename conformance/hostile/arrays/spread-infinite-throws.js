// out: Error
// out: Error
// out: Error
// out: Error
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
function* g() { for (let i = 0; ; i++) { if (i > 1e5) throw new Error('enough'); yield i; } }
T(() => [...g()]);
T(() => Math.max(...g()));
T(() => new Set(g()));
T(() => Array.from(g()));
T(() => Object.fromEntries(g()));
