// out: 2
// out: 1
// out: [object Number]
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
class A extends Array { static get [Symbol.species]() { return function (n) { return new Proxy([], {}); }; } }
const a = A.from([1, 2, 3]);
T(() => a.splice(0, 2).length);
T(() => a.map(x => x).length);
class B extends Array { static get [Symbol.species]() { return Object; } }
T(() => Object.prototype.toString.call(B.from([1, 2]).filter(() => true)));
class D extends Array { static get [Symbol.species]() { return Uint8Array; } }
T(() => D.from([1, 2]).concat([3]));
class E extends Array { static get [Symbol.species]() { return 1; } }
T(() => E.from([1]).map(x => x));
