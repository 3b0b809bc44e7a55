// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const E = require('events'); const e = new E();
e.on('x', () => e.emit('x'));
T(() => e.emit('x'));
