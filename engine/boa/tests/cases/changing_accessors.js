// A getter that replaces itself by a value: the place that read it goes on reading the value.
var o = { get a() { Object.defineProperty(this, 'a', { value: 1 }); return 1 } }; [1, 2, 3].map(() => { let s = ''; for (const x of [1, 2]) s += o.a; return s }).join()
//=> 11,11,11
Object.defineProperty(globalThis, 'lazy', { configurable: true, get() { Object.defineProperty(globalThis, 'lazy', { value: () => 'called' }); return () => 'called' } }); let t = []; for (const x of [1, 2, 3]) t.push(typeof lazy); t.join()
//=> function,function,function
// The same for a setter.
var p = { set b(v) { Object.defineProperty(this, 'b', { value: v, writable: true, configurable: true }) } }; for (const v of [() => 1, () => 2, () => 3]) p.b = v; p.b()
//=> 3
