// out: object
// out: undefined
// out: threw object
// out: Error
// out: TypeError
// out: 1
// out: SyntaxError
// out: false

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const vm = require('vm');
T(() => vm.runInNewContext('this.constructor.constructor("return typeof process")()'));
T(() => vm.runInNewContext('typeof require'));
T(() => vm.runInNewContext('throw new Error("inside")'));
T(() => vm.runInNewContext('x.y', { x: new Proxy({}, { get() { throw new Error('host'); } }) }));
T(() => vm.runInContext('1', {}));
T(() => vm.runInThisContext('let hostileLet = 1; hostileLet'));
T(() => new vm.Script('}{'));
T(() => vm.runInNewContext('Object.getPrototypeOf(o) === Object.prototype', { o: {} }));
