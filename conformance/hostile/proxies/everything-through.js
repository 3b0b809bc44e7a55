// out: 1,2,3
// out: 2
// out: TypeError
// out: TypeError
// out: function then() { [native code] }
// out: 1
// out:
// out: 1
// out: a
// out: TypeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const handler = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map(k => [k, (...a) => Reflect[k](...a)]));
const w = x => new Proxy(x, handler);
T(() => w([3, 1, 2]).sort().join());
T(() => w([1, [2]]).flat().length);
T(() => w(new Map()).get(1));
T(() => w(new Date(0)).getTime());
T(() => w(Promise.resolve()).then);
T(() => w(function* () { yield 1; })().next().value);
T(() => new (w(class { constructor() { this.a = new.target.name; } }))().a);
T(() => Object.assign(w({}), { a: 1 }).a);
T(() => { for (const k in w({ a: 1, b: 2 })) return k; });
T(() => w(/a/).test('a'));
