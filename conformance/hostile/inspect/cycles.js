// out: <ref *1> { a: [Circular *1], b: { a: [Circular *1] } }
// out: <ref *1> Map(1) { [Circular *1] => [Circular *1] }
// out: <ref *1> Set(1) { [Circular *1] }
// out: <ref *1> [ [Circular *1], [ [Circular *1] ] ]
// out: <ref *1> { a: [Getter] [Circular *1] }

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { inspect } = require('util');
const a = {}; a.a = a; a.b = { a }; T(() => inspect(a));
const m = new Map(); m.set(m, m); T(() => inspect(m));
const s = new Set(); s.add(s); T(() => inspect(s));
const arr = []; arr.push(arr, [arr]); T(() => inspect(arr));
T(() => inspect({ get a() { return this; } }, { getters: true }));
