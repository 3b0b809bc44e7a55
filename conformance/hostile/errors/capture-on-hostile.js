// out: TypeError
// out: TypeError
// out: TypeError
// out: string
// out: string

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => Error.captureStackTrace(Object.freeze({})));
T(() => Error.captureStackTrace(1));
T(() => Error.captureStackTrace(new Proxy({}, { defineProperty() { throw new Error('def'); } })));
T(() => { const o = {}; Error.captureStackTrace(o, new Proxy(() => {}, {})); return typeof o.stack; });
T(() => { const o = {}; Error.captureStackTrace(o, {}); return typeof o.stack; });
