// out: {}
// out: [ {} ]
// out: 1 2 3
// out: { a: [Getter] }
// out: [Object: null prototype] { a: 1 }
// out: {}
// out: { Symbol(Symbol.toStringTag): 5 }
// out: Array {}
// out: Map(0) {}

const bad = new Proxy({}, { get() { throw new Error('get'); }, ownKeys() { throw new Error('keys'); }, getPrototypeOf() { throw new Error('proto'); }, has() { throw new Error('has'); }, getOwnPropertyDescriptor() { throw new Error('desc'); } });
console.log(bad); console.log([bad]); console.log('%o %O %j', 1, 2, 3);
console.log({ get a() { throw new Error('g'); } });
console.log({ __proto__: null, a: 1 }); console.log(Object.create({ constructor: 5 }));
console.log({ [Symbol.toStringTag]: 5 }); console.log(Object.create(Array.prototype));
console.log(new (class extends Map { get size() { throw new Error('size'); } })());
