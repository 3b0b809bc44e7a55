// out: Error
// out: Error
// out: 1,2
// out: 5
// out: proto,1
// out: a,b
// out: a,b
// out: 1
// out: a

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
Object.defineProperty(Array.prototype, 0, { set(v) { throw new Error('set ' + v); }, get() { return 'proto'; }, configurable: true });
T(() => { const a = []; a[0] = 1; });
T(() => { const a = []; a.push(1); });
T(() => [1, 2].map(x => x).join());
T(() => Array.from([5]).join());
T(() => [, 1].join());
T(() => 'a,b'.split(',').join());
T(() => [...'ab'].join());
T(() => JSON.parse('[1]').join());
T(() => Object.keys({ a: 1 }).join());
delete Array.prototype[0];
