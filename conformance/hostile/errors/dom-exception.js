// out: Error
// out: 25
// out: TypeError
// out: DataCloneError
// out: DataCloneError
// out: Error
// out: DataCloneError
// out: DataCloneError
// out: TypeError
// out: Error

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => new DOMException({ toString() { throw new Error('m'); } }));
T(() => new DOMException('x', 'DataCloneError').code);
T(() => DOMException.prototype.name);
T(() => structuredClone(() => {}));
T(() => structuredClone(Symbol()));
T(() => structuredClone({ get x() { throw new Error('x'); } }));
T(() => structuredClone(new Proxy({}, {})));
T(() => structuredClone(new WeakMap()));
T(() => structuredClone(1, { transfer: [1] }));
T(() => structuredClone(1, { get transfer() { throw new Error('t'); } }));
