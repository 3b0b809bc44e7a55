// out: f
// out: g
// out: h
// out: true
// out: false
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const E = require('events'); const e = new E();
e.on('a', function f() { e.off('a', f); e.on('a', f); console.log('f'); });
e.on('a', () => { e.removeAllListeners(); console.log('g'); });
e.on('a', () => console.log('h'));
T(() => e.emit('a')); T(() => e.emit('a'));
e.once('b', () => e.emit('b')); T(() => e.emit('b'));
