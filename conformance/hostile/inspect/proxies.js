// out: { a: 1 }
// out: Proxy [ { a: 1 }, {} ]
// out: [Function: f]
// out: Proxy [ Proxy [Array], {} ]
// out: [class A]

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { inspect } = require('util');
T(() => inspect(new Proxy({ a: 1 }, {})));
T(() => inspect(new Proxy({ a: 1 }, {}), { showProxy: true }));
T(() => inspect(new Proxy(function f() {}, {})));
T(() => inspect(new Proxy(new Proxy([1], {}), {}), { showProxy: true, depth: 0 }));
T(() => inspect(new Proxy(class A {}, { get() { throw new Error('no'); } })));
