// out: true
// out: undefined
// out: undefined

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const assert = require('assert');
const deep = n => { let o = {}; for (let i = 0; i < n; i++) o = { o }; return o; };
T(() => { try { assert.deepStrictEqual(deep(1e5), deep(1e5)); } catch (e) { return e instanceof RangeError; } return true; });
T(() => { const a = {}; a.a = a; const b = {}; b.a = b; assert.deepStrictEqual(a, b); });
T(() => { const a = new Map(); a.set(a, a); assert.deepEqual(a, a); });
