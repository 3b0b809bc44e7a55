var s = Symbol('s'), m = new WeakMap([[s, 1]]); m.set(Symbol.iterator, 2); [m.get(s), m.has(s), m.get(Symbol.iterator), m.delete(s), m.has(s), m.get(Symbol())].join()
//=> 1,true,2,true,false,
var s = Symbol('s'), w = new WeakSet([s]); [w.has(s), w.delete(s), w.has(s), w.has('x'), w.has(Symbol.for('x'))].join()
//=> true,true,false,false,false
var s = Symbol('s'); new WeakRef(s).deref() === s
//=> true
new WeakMap().set(Symbol.for('registered'), 1)
//!! TypeError
new WeakSet().add(Symbol.for('registered'))
//!! TypeError
new WeakRef(Symbol.for('registered'))
//!! TypeError
new WeakRef(1)
//!! TypeError
var r = new FinalizationRegistry(() => {}), s = Symbol(); r.register(s, 1, s); r.unregister(s)
//=> true
var r = new FinalizationRegistry(() => {}); r.register(Symbol.for('x'), 1)
//!! TypeError
var o = {}; var m = new WeakMap(); for (let i = 0; i < 1000; i++) m.set(Symbol(), i); m.set(o, 'o').get(o)
//=> o
