// out: 2,3,4
// out: -1
// out: undefined
// out: true

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const log = [];
const a = [1, 2, 3];
Object.setPrototypeOf(a, new Proxy(Array.prototype, { get(t, k, r) { log.push(String(k)); return Reflect.get(t, k, r); }, has(t, k) { return Reflect.has(t, k); } }));
T(() => a.map(x => x + 1).join());
T(() => { delete a[1]; return a.indexOf(2); });
T(() => a[1]);
T(() => log.length > 0);
