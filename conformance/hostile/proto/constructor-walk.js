// out: object
// out: true
// out: 1
// out: TypedArray
// out: TypeError
// out: true
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => [].constructor.constructor('return typeof process')());
T(() => (async () => {}).constructor('return 1')() instanceof Promise);
T(() => (function* () {}).constructor('yield 1')().next().value);
T(() => Object.getPrototypeOf(Int8Array).name);
T(() => { new (Object.getPrototypeOf(Int8Array))(); });
T(() => Reflect.construct(Object, [], function () {}.bind()).constructor === Object);
T(() => Reflect.construct(Date, [0], Array) instanceof Array);
