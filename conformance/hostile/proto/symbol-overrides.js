// out: [object Object]
// out: true
// out: TypeError
// out: RangeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => ({ [Symbol.toStringTag]: { toString() { throw new Error(); } } }).toString());
T(() => 1 instanceof { [Symbol.hasInstance]() { return 1; } });
T(() => 1 instanceof { [Symbol.hasInstance]: 1 });
T(() => Object.prototype.toString.call(Object.defineProperty({}, Symbol.toStringTag, { get() { throw new RangeError('tag'); } })));
T(() => [...Object.assign(Object.create(null), { length: 1 })]);
