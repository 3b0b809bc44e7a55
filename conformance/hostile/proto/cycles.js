// out: TypeError
// out: TypeError
// out: fine
// out: TypeError
// out: TypeError
// out: false

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const a = {}, b = Object.create(a);
T(() => Object.setPrototypeOf(a, b));
T(() => { a.__proto__ = b; });
T(() => { ({ __proto__: 5 }).x; return 'fine'; });
T(() => Object.setPrototypeOf(Object.prototype, {}));
T(() => Object.setPrototypeOf(Object.freeze({}), {}));
T(() => Reflect.setPrototypeOf(Object.prototype, Object.create(null)));
