// What cannot be cloned, and the DataCloneError it gives.
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message, e instanceof DOMException); } };
const values = [() => {}, function foo() {}, class A {}, async () => {}, Symbol('x'), Symbol.iterator, { a() {} }, { deep: [{ f: () => 1 }] }, new WeakMap(), new WeakSet(), new WeakRef({}), Promise.resolve(), (function* () {})(), [1].values(), new Map().entries(), new Set().values(),
  'x'[Symbol.iterator](), new Proxy({}, {}), new Proxy([], {}), new Proxy(() => {}, {}), (function () { return arguments; })(1), Object(Symbol()), new (class Bar extends WeakMap {})()];
for (const value of values) attempt(() => structuredClone(value));
attempt(() => structuredClone());
attempt(() => structuredClone({ get x() { throw new RangeError('from the getter'); } }));
attempt(() => structuredClone(globalThis));
console.log(structuredClone(Math), structuredClone(JSON), structuredClone(new EventTarget()));
