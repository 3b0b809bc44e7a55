// out: {
// out:   Symbol(nodejs.util.inspect.custom): [Function: [nodejs.util.inspect.custom]]
// out: }
// out: Error
// out: inner
// out: { Symbol(nodejs.util.inspect.custom): 5 }
// out: {
// out:   Symbol
// out: number

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { inspect } = require('util'); const c = inspect.custom;
T(() => inspect({ [c]() { return this; } }));
T(() => inspect({ [c]() { throw new Error('custom'); } }));
T(() => inspect({ [c]() { return { [c]() { return 'inner'; } }; } }));
T(() => inspect({ [c]: 5 }));
T(() => inspect({ [c](d, o) { return inspect(this, { ...o, customInspect: false }).slice(0, 10); } }));
T(() => inspect({ [c](d, o) { o.depth = 1e9; return typeof d; } }));
