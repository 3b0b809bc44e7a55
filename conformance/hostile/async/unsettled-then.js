// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => Promise.resolve.call(1));
T(() => new Promise());
T(() => Promise.call({}, () => {}));
T(() => Promise.prototype.then.call({ constructor: Promise }));
T(() => { class P extends Promise { constructor(x) { super(x); x(1); } } new P(5); });
T(() => { class P extends Promise { constructor() { return {}; } } P.resolve(1); });
T(() => Promise.all.call(function (f) { f(() => {}, () => {}); f(() => {}, () => {}); }, []));
