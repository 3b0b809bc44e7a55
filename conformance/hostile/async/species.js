// out: object
// out: TypeError
// out: resolved

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
class P extends Promise { static get [Symbol.species]() { return function (f) { f(() => console.log('resolved'), () => {}); }; } }
T(() => typeof new P(r => r(1)).then(() => 2));
class Q extends Promise { static get [Symbol.species]() { return class { constructor() {} }; } }
T(() => new Q(() => {}).then(() => {}));
