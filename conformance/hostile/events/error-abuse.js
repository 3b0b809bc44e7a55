// out: Error
// out: Error
// out: Error
// out: Error
// out: TypeError
// out: RangeError
// out: false
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const E = require('events'); const e = new E();
T(() => e.emit('error'));
T(() => e.emit('error', 5));
T(() => e.emit('error', { toString() { throw new Error('ts'); } }));
T(() => e.emit('error', Object.create(null)));
T(() => e.on('x', 5));
T(() => e.setMaxListeners(-1));
T(() => E.prototype.emit.call({}, 'x'));
T(() => E.prototype.on.call(Object.freeze({}), 'x', () => {}));
