class C { #x; static t(o) { o.#x } } C.t({})
//!! TypeError: Cannot read private member #x from an object whose class did not declare it
class C { #x; static t(o) { o.#x = 1 } } C.t({})
//!! TypeError: Cannot write private member #x to an object whose class did not declare it
class C { #x; static t(o) { o.#x } } C.t(null)
//!! TypeError: Cannot read properties of null (reading '#x')
class C { #x; static t(o) { o.#x = 1 } } C.t(undefined)
//!! TypeError: Cannot set properties of undefined (setting '#x')
class C { #m() {} static t(o) { o.#m() } } C.t({})
//!! TypeError: Receiver must be an instance of class C
class C { #m() {} static t(o) { o.#m() } } C.t(null)
//!! TypeError: Cannot read properties of null (reading 'C')
class C { static #m() {} static t(o) { o.#m() } } C.t({})
//!! TypeError: Receiver must be class C
class C { static get #m() { return 1 } static t(o) { o.#m } } C.t(null)
//!! TypeError: Receiver must be class C
(class { #m() {} static t(o) { o.#m() } }).t({})
//!! TypeError: Receiver must be an instance of class anonymous
(class { static #m() {} static t(o) { o.#m() } }).t({})
//!! TypeError: Receiver must be class .
class C { set #m(v) {} static t(o) { o.#m } } C.t(new C)
//!! TypeError: '#m' was defined without a getter
class C { get #m() { return 1 } static t(o) { o.#m = 1 } } C.t(new C)
//!! TypeError: '#m' was defined without a setter
class C { #m() {} static t(o) { o.#m = 1 } } C.t(new C)
//!! TypeError: Private method '#m' is not writable
class B { constructor(o) { return o } } class C extends B { #x } var o = {}; new C(o); new C(o)
//!! TypeError: Cannot initialize #x twice on the same object
class B { constructor(o) { return o } } class C extends B { #m() {} } var o = {}; new C(o); new C(o)
//!! TypeError: Cannot initialize private methods of class C twice on the same object
// The innermost class that has the name decides.
class A { #x() {} static t() { return class B { #x = 5; static t(o) { return o.#x } } } } A.t().t({})
//!! TypeError: Cannot read private member #x from an object whose class did not declare it
class A { #x = 1; #y() { return this.#x } static t(o) { return o.#y() + o.#x++ + ++o.#x + (#x in o) } } A.t(new A)
//=> 6
