// out: get,set,getOwnPropertyDescriptor,defineProperty,has,deleteProperty,ownKeys,getPrototypeOf,preventExtensions

const log = [];
const p = new Proxy({ a: 1 }, new Proxy({}, { get(t, k) { log.push(k); } }));
p.a; p.b = 1; 'c' in p; delete p.d; Object.keys(p); Object.getPrototypeOf(p); Object.freeze(p);
console.log([...new Set(log)].join());
