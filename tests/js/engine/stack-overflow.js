// A recursion that is too deep is a RangeError that a program can catch, however it recurses; the program goes on.
'use strict';
const cases = {
 plain() { function f() { f(); } f(); },
 getter() { const o = { get x() { return o.x; } }; o.x; },
 setter() { const o = { set x(v) { o.x = v; } }; o.x = 1; },
 proxy() { const p = new Proxy({}, { get(t, k, r) { return r[k]; } }); p.x; },
 proxyhas() { const p = new Proxy({}, { has(t, k) { return k in p; } }); 'x' in p; },
 sort() { function f() { [2, 1].sort(f); } f(); },
 map() { function f() { [1].map(f); } f(); },
 replace() { function f() { 'a'.replace(/a/, f); } f(); },
 replaceAll() { function f() { 'a'.replaceAll('a', f); } f(); },
 toJSON() { const o = { toJSON() { return JSON.stringify(o); } }; JSON.stringify(o); },
 reviver() { function f() { return JSON.parse('[1]', f); } f(); },
 reflect() { function f() { Reflect.apply(f, null, []); } f(); },
 apply() { function f() { f.apply(null, []); } f(); },
 call() { function f() { f.call(); } f(); },
 bind() { let f = () => { g(); }; const g = f.bind(null); g(); },
 ctor() { function F() { new F(); } new F(); },
 cls() { class A { constructor() { new A(); } } new A(); },
 sub() { class A { } class B extends A { constructor() { super(); new B(); } } new B(); },
 field() { class A { x = new A(); } new A(); },
 ev() { globalThis.evf = () => (0, eval)('evf()'); evf(); },
 evd() { function f() { eval('f()'); } f(); },
 fn() { globalThis.fnf = () => new Function('fnf()')(); fnf(); },
 gen() { function* g() { yield* g(); } g().next(); },
 gen2() { function* g() { for (const x of g()) yield x; } [...g()]; },
 toString() { const o = { toString() { return '' + o; } }; '' + o; },
 valueOf() { const o = { valueOf() { return +o; } }; +o; },
 prim() { const o = { [Symbol.toPrimitive]() { return `${o}`; } }; `${o}`; },
 spread() { function f() { } f(...Array(3e5)); },
 spreadnat() { Math.max(...Array(3e5)); },
 applybig() { (function () { }).apply(null, Array(3e5)); },
 applylike() { (function () { }).apply(null, { length: 3e5 }); },
 newbig() { new (class { })(...Array(3e5)); },
 reflectbig() { Reflect.construct(function () { }, Array(3e5)); },
 iter() { const o = { [Symbol.iterator]() { return [...o]; } }; [...o]; },
 instance() { const o = { [Symbol.hasInstance](v) { return v instanceof o; } }; ({}) instanceof o; },
 tag() { function f() { f``; } f(); },
 def() { function f(a = f()) { } f(); },
 destr() { const o = { get a() { const { a } = o; return a; } }; const { a } = o; },
 arrfrom() { function f() { Array.from([1], f); } f(); },
 foreach() { function f() { new Map([[1, 2]]).forEach(f); } f(); },
 reduce() { function f() { [1, 2].reduce(f); } f(); },
 typed() { function f() { new Uint8Array([1, 2]).map(f); } f(); },
 flat() { const a = []; a[0] = a; a.flat(Infinity); },
 protoproxy() { const p = new Proxy({}, {}); Object.setPrototypeOf(p, Object.create(p)); p.x; },
 mutual() { const a = () => b(), b = () => a(); a(); },
 superm() { class A { m() { this.m(); } } class B extends A { m() { super.m(); } } new B().m(); },
 symiter() { function f() { const [x] = { [Symbol.iterator]: f }; } f(); },
 accessor() { const o = {}; Object.defineProperty(o, 'x', { get() { return Object.getOwnPropertyDescriptor(o, 'x').get.call(o); } }); o.x; },
};
const depth = () => { let d = 0; const f = () => { d++; f(); }; try { f(); } catch { return d; } };
for (const name in cases) {
  try {
    cases[name]();
    console.log(name, 'does not throw');
  } catch (error) {
    console.log(name, error instanceof RangeError ? `RangeError: ${error.message}` : error);
  }
}
console.log('depth', depth() > 5000, depth() < 20000);

let finallies = 0;
function unwinding() { try { unwinding(); } finally { finallies++; } }
try { unwinding(); } catch (error) { console.log('finally', error.message, finallies > 1000); }

// An array within itself, and structures that are deep but not recursive.
const self = [1]; self.push(self, 2);
console.log(String(self), self.join('-'));
let proto = {}; for (let i = 0; i < 20000; i++) proto = Object.create(proto);
console.log(proto.missing);
let proxy = {}; for (let i = 0; i < 2000; i++) proxy = new Proxy(proxy, {});
console.log(proxy.missing, 'missing' in proxy);

for (const [name, source] of Object.entries({
  parentheses: '('.repeat(1e5) + '1' + ')'.repeat(1e5), arrays: '['.repeat(1e5) + ']'.repeat(1e5), objects: '({a:'.repeat(1e5), blocks: '{'.repeat(1e5) + '}'.repeat(1e5),
  functions: 'function f(){'.repeat(1e5) + '}'.repeat(1e5), arrows: 'a=>'.repeat(1e5) + '1', templates: '`${'.repeat(1e5), calls: 'f('.repeat(1e5), dots: 'globalThis' + '.b'.repeat(1e5),
  ifs: 'if(0);else '.repeat(1e5) + ';', patterns: 'var ' + '['.repeat(1e5), spreads: '[...'.repeat(1e5), classes: '(class extends '.repeat(1e5),
})) {
  try {
    (0, eval)(source);
    console.log(name, 'compiles');
  } catch (error) {
    console.log(name, `${error.name}: ${error.message}`);
  }
}

const late = [];
async function waits() { await waits(); }
waits().catch((error) => late.push(`async: ${error.message}`));
async function* yields() { yield* yields(); }
yields().next().catch((error) => late.push(`async generator: ${error.message}`));
setTimeout(() => console.log(`${late.sort().join('\n')}\nthe program goes on`), 20);
