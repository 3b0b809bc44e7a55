// Arrow functions have the `this` of the function around them, however deep they lie
function f() { return (() => (() => this)())() } f.call({ a: 1 }).a
//=> 1
function f() { return (() => { { return (() => (() => (() => this)())())() } })() } f.call({ a: 2 }).a
//=> 2
class A { m() { return [1].map(() => [2].map(() => this)[0])[0] } } var a = new A(); a.m() === a
//=> true
class A { x = (() => (() => this)())() } var a = new A(); a.x === a
//=> true
class A { static x = (() => (() => this)())() } A.x === A
//=> true
class A {} class B extends A { constructor() { (() => (() => super())())(); this.q = (() => (() => this)())() } } var b = new B(); b.q === b
//=> true
function f(a = (() => (() => this)())()) { return (() => (() => [a.b, this.b].join())())() } f.call({ b: 3 })
//=> 3,3
var o = { m() { return () => function () { return (() => () => this)()() } } }; o.m()().call({ c: 4 }).c
//=> 4
var late; var g = { async m() { await null; late = (() => (() => this)())() === g } }; g.m(); late
//=> true
