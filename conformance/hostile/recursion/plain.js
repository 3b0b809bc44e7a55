// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError
// out: RangeError

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
T(() => { (function f() { f(); })(); });
T(() => { const o = { get x() { return this.x; } }; o.x; });
T(() => { const p = new Proxy({}, { get(t, k, r) { return r[k]; } }); p.x; });
T(() => { [1, 2].sort(function f() { return [1, 2].sort(f); }); });
T(() => { [1].map(function f() { return [1].map(f); }); });
T(() => { 'a'.replace(/a/, function f() { return 'a'.replace(/a/, f); }); });
T(() => { const o = { toJSON() { return JSON.stringify(o); } }; JSON.stringify(o); });
T(() => { (function f() { return Reflect.apply(f, null, []); })(); });
T(() => { (function f() { new f(); })(); });
T(() => { class A { x = new A(); } new A(); });
