// async, of, let, get and set are names of parameters
var f = async => async + 1; var g = (of => of * 2); var h = (async, of) => async + of; [f(1), g(2), h(3, 4), (get => get)(5), (set => set)(6), (let => let)(7), typeof (async x => x), typeof (async of => of)].join()
//=> 2,4,7,5,6,7,function,function
// A computed name of a method sees the variables around the class
var m = { k: 'key', s: Symbol('s') }; (() => { const n = m; class A { static made = class { [n.k]() { return 1 } }; static { A.other = class { static [n.k]() { return 2 } get [n.s]() { return 3 } } } } return [new A.made().key(), A.other.key(), new A.other()[n.s]].join() })()
//=> 1,2,3
(() => { const n = 'x'; const make = () => class { [n]() { return 4 } [(() => n + 1)()]() { return 5 } }; const a = new (make())(); return [a.x(), a.x1()].join() })()
//=> 4,5
// and names of labels
async: for (;;) { of: for (;;) { break async } } 'out'
//=> out
