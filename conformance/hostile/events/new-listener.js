// out: x
// out: removed newListener
// out: removed y
// out: removed x
// out: 0

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const E = require('events'); const e = new E();
e.on('newListener', (n, f) => { if (n === 'x') e.on('y', f); });
e.on('removeListener', (n) => console.log('removed', n));
e.on('x', () => console.log('x')); e.emit('y'); e.removeAllListeners();
T(() => e.eventNames().length);
