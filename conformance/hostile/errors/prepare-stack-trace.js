// out: RangeError
// out: true
// out: string
// out: 5
// out: string

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
Error.prepareStackTrace = (e, s) => { throw new RangeError('prepare'); };
T(() => new Error('x').stack);
Error.prepareStackTrace = (e, s) => { Error.prepareStackTrace = undefined; return s; };
T(() => Array.isArray(new Error('y').stack));
Error.prepareStackTrace = (e, s) => new Error('inner').stack;
T(() => typeof new Error('z').stack);
Error.prepareStackTrace = new Proxy(() => 5, {});
T(() => new Error('p').stack);
Error.prepareStackTrace = 5;
T(() => typeof new Error('p').stack);
