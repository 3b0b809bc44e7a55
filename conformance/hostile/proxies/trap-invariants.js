// out: TypeError
// out: TypeError
// out: TypeError
// out: RangeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const P = (h, t = {}) => new Proxy(t, h);
T(() => P({ get() { return 2; } }, Object.freeze({ a: 1 })).a);
T(() => 'a' in P({ has() { return false; } }, Object.freeze({ a: 1 })));
T(() => Object.keys(P({ ownKeys() { return [1]; } })));
T(() => Object.keys(P({ ownKeys() { return { length: 2 ** 32 }; } })));
T(() => Object.getPrototypeOf(P({ getPrototypeOf() { return 1; } })));
T(() => Object.isExtensible(P({ isExtensible() { return false; } })));
T(() => delete P({ deleteProperty() { return true; } }, Object.freeze({ a: 1 })).a);
T(() => Object.defineProperty(P({ defineProperty() { return false; } }), 'a', { value: 1 }));
T(() => new (P({ construct() { return 1; } }, function () {}))());
T(() => Object.getOwnPropertyDescriptor(P({ getOwnPropertyDescriptor() { return 5; } }), 'a'));
T(() => Reflect.ownKeys(P({ ownKeys() { return ['a', 'a']; } })));
