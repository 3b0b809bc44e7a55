'use strict';
const { inspect } = require('util');
let n = 0;
const show = (value, options) => console.log(`#${++n}`, inspect(value, options));

show(() => {}); show(function () {}); show(function named() {}); show(async () => {}); show(async function f() {}); show(function* g() {}); show(async function* ag() {}); show(class {}); show(class A {}); show(class B extends Array {}); show(class extends null {}); show(class C { static x = 1; }); show(class D extends class E {} {});
const fn = function f() {}; fn.prop = 1; show(fn); const f2 = () => {}; Object.defineProperty(f2, 'name', { value: 5 }); show(f2); const f3 = () => {}; delete f3.name; show(f3); const f4 = function x() {}; Object.setPrototypeOf(f4, null); show(f4);
class S { static a = { b: 1 }; static m() {} } show(S); show(Math.max); show(Map); show(Function.prototype); show(Object.prototype); show(Array.prototype); show(fn.bind(null)); show((class X {}).prototype); show({ f: fn, c: class Y {} });
show([() => {}, class Z {}]); show(fn, { showHidden: true, depth: 0 }); show(() => {}, { colors: true }); show(class K {}, { colors: true }); show(Symbol); show(Promise); show(Proxy); show(eval); show(parseInt); show(new Function('a', 'return a'));
const tagged = () => {}; Object.defineProperty(tagged, Symbol.toStringTag, { value: 'T' }); show(tagged); show(Object.assign(() => {}, { a: 1, b: { c: {} } })); show((function* () {})()); show((async function* () {})()); show({ m() {} }.m); show(class { static [Symbol.toStringTag] = 'q'; }); class M2 extends fn {} show(M2);
