// out: 1999
// out: 2000
// out: "\ud800"
// out: 5998
// out: 5998

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const s = '\ud83d'.repeat(1000) + '\ude00'.repeat(1000);
T(() => [...s].length);
T(() => s.toWellFormed().length);
T(() => JSON.stringify('\ud800'));
T(() => Buffer.from(s).length);
T(() => new TextEncoder().encode(s).length);
