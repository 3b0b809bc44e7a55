// out: Error
// out: Error
// out: false
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const E = require('events'); const e = new E();
e._events = new Proxy({}, { get() { throw new Error('events'); } });
T(() => e.emit('x'));
T(() => e.on('x', () => {}));
e._events = undefined; T(() => e.emit('x'));
e._events = null; T(() => e.on('y', () => {}) === e);
e._eventsCount = NaN; T(() => e.removeAllListeners('y') === e);
