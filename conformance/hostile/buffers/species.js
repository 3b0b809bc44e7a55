// out: Uint16Array
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
class U extends Uint8Array { static get [Symbol.species]() { return Uint16Array; } }
T(() => new U(4).map(x => x).constructor.name);
class V extends Uint8Array { static get [Symbol.species]() { return function () { return new Uint8Array(1); }; } }
T(() => new V(4).slice());
class W extends Uint8Array { static get [Symbol.species]() { return BigInt64Array; } }
T(() => new W(4).slice());
class X extends Uint8Array { static get [Symbol.species]() { return function () { return {}; }; } }
T(() => new X(4).filter(() => true));
class Y extends ArrayBuffer { static get [Symbol.species]() { return function () { return shared; }; } }
const shared = new Y(8);
T(() => shared.slice(0));
