// out: NaN
// out: 65535
// out: -Infinity
// out: 3
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => Math.max.apply(null, { length: 1e5 }));
T(() => (function () { return arguments.length; }).apply(null, { length: 65535 }));
T(() => Reflect.apply(Math.max, null, { length: -1 }));
T(() => Reflect.construct(Array, { length: 3 }).length);
T(() => Function.prototype.apply.call(Math.max, null, 1));
