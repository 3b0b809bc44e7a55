// out: { a: { b: { c: {} } } }
// out: [ ... 3 more items ]
// out: 'xxxxx'... 95 more characters
// out: { a: 1 }
// out: {
// out:   a: 1
// out: }
// out: Error
// out: { a: [Getter/Setter: 1] }

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { inspect } = require('util');
T(() => inspect({ a: { b: { c: {} } } }, { depth: NaN }));
T(() => inspect([1, 2, 3], { maxArrayLength: -1 }));
T(() => inspect('x'.repeat(100), { maxStringLength: 5 }));
T(() => inspect({ a: 1 }, { sorted: () => { throw new Error('sort'); } }));
T(() => inspect({ a: 1 }, { compact: 1e9, breakLength: -Infinity }));
T(() => inspect({ a: 1 }, { get depth() { throw new Error('depth'); } }));
T(() => inspect({ get a() { return 1; }, set a(v) {} }, { getters: true }));
