// out: TypeError
// out: m
// out: next

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
queueMicrotask(() => { throw new Error('m'); });
queueMicrotask(() => console.log('next'));
process.on('uncaughtException', e => console.log(e.message));
T(() => queueMicrotask(1));
