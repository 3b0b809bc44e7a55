'use strict';
const { inspect } = require('util');
let n = 0;
const show = (value, options) => console.log(`#${++n}`, inspect(value, options));

for (const v of [new Number(1), new Number(-0), new Number(NaN), new String('abc'), new String(''), new Boolean(true), new Boolean(false), Object(1n), Object(Symbol('s'))]) show(v);
const s = new String('abc'); s.extra = 1; show(s);
const num = new Number(3); num[Symbol('k')] = 2; show(num);
class N extends Number {} show(new N(4));
class S extends String {} show(new S('sub'));
class B extends Boolean {} show(new B(false));
const nul = new Number(5); Object.setPrototypeOf(nul, null); show(nul);
const nuls = new String('q'); Object.setPrototypeOf(nuls, null); show(nuls);
const tagged = new Boolean(true); Object.defineProperty(tagged, Symbol.toStringTag, { value: 'Tag' }); show(tagged);
show(new String('abc'), { showHidden: true });
show([new Number(1), new String('a')], { colors: true });
