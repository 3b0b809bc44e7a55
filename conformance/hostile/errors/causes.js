// out: true
// out: Error
// out: Error
// out: Error
// out: 2
// out: Error
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const e = new Error('a'); e.cause = e;
T(() => require('util').inspect(e).includes('Circular'));
T(() => new Error('x', { get cause() { throw new Error('cause'); } }));
T(() => new Error({ toString() { throw new Error('msg'); } }));
T(() => new AggregateError({ [Symbol.iterator]() { throw new Error('it'); } }));
T(() => new AggregateError([1, 2]).errors.length);
T(() => Error.prototype.toString.call({ get name() { throw new Error('name'); } }));
T(() => Error.prototype.toString.call(1));
