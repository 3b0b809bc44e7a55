// out: string
// out: TypeError
// out: set
// out: TypeError
// out: true
// out: set

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => { process.env.X = 5; return typeof process.env.X; });
T(() => { process.env.X = Symbol(); });
T(() => { process.env['a=b'] = 1; return 'set'; });
T(() => Object.defineProperty(process.env, 'Y', { get() {} }));
T(() => delete process.env.NOPE);
T(() => { process.env = new Proxy({}, { get() { throw new Error('env'); } }); return 'set'; });
