// out: undefined
// out: number
// out: x,y,y

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const log = [];
const p = new Proxy({ x: 1 }, { has(t, k) { log.push(String(k)); return k in t; }, get(t, k) { if (k === Symbol.unscopables) { delete t.x; return undefined; } return t[k]; } });
T(() => new Function('p', 'with (p) { return typeof x; }')(p));
T(() => new Function('p', 'with (p) { y = 5; return typeof y; }')(p));
console.log(log.join());
