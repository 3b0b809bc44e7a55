// out: string
// out: string
// out: string
// out: string
// out: undefined
// out: undefined
// out: undefined
// out: undefined
// out: string
// out: string
// out: undefined

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
for (const l of [0, -1, NaN, Infinity, '5', {}, null, undefined, 1e9]) { Error.stackTraceLimit = l; T(() => typeof new Error('x').stack); }
Object.defineProperty(Error, 'stackTraceLimit', { get() { throw new Error('limit'); }, configurable: true });
T(() => typeof new Error('x').message);
delete Error.stackTraceLimit; T(() => typeof new Error('x').stack);
