const util = require('util');
const { inspect } = util;
const show = (...args) => console.log(inspect(...args));
const all = { n: 1, b: 1n, t: true, u: undefined, z: null, s: 'str', y: Symbol('s'), d: new Date(0), r: /a(b|c)+[x-z]{1,2}\d$/g, f() {}, c: class A {}, m: new Map([['k', 1]]), set: new Set([1]), p: Promise.resolve(1), 'q q': [1, 'x'], [Symbol('k')]: 1, get g() { return 1; }, set h(v) {} };
show(all, { colors: true });
show(all, { colors: true, compact: false });
show([[[[1]]], { a: { b: { c: {} } } }], { colors: true });
const cyc = {}; cyc.c = cyc; show(cyc, { colors: true });
show([1, , 3], { colors: true });
show(new Error('x').message, { colors: true });
show(new Proxy({}, {}), { colors: true, showProxy: true });
show(new ArrayBuffer(2), { colors: true });
show([new String('x'), new Number(1), Object(Symbol('z'))], { colors: true });
for (const re of ['/(?<name>a)\\k<name>/', '/(?:a)(?=b)(?!c)(?<=d)(?<!e)/', '/[^a-z\\d\\]]/u', '/\\u{61}\\x41\\p{L}/u', '/a{1,}b{,2}c{3}d{4,5}?/', '/\\1\\b./s', '/((((((a))))))/'])
  { try { show(new RegExp(re.slice(1, re.lastIndexOf('/')), re.slice(re.lastIndexOf('/') + 1)), { colors: true }); } catch (e) { console.log(e.name); } }
class Custom { constructor(x) { this.x = x; } [inspect.custom](depth, options, insp) { return `Custom<${depth},${typeof options.stylize},${insp === inspect},${this.x}>`; } }
show(new Custom(1)); show({ a: new Custom(2) }); show({ a: { b: { c: new Custom(3) } } }); show([new Custom(1), new Custom(2)]); show(Custom.prototype); show(new Custom(1), { customInspect: false }); show(new Custom(1), { depth: null }); show(new Custom(1), { depth: Infinity }); show({ a: new Custom(1) }, { depth: 0 });
show({ [inspect.custom]() { return { a: 1, b: [2] }; } }); show({ [inspect.custom]() { return 5; } }); show({ [inspect.custom]() { return null; } }); show({ [inspect.custom]() { return this; }, x: 1 }); show({ [inspect.custom]: 5, x: 1 }); show({ a: { [inspect.custom]() { return 'multi\nline'; } } }); show([[{ [inspect.custom]() { return 'multi\nline'; } }]]);
show({ [inspect.custom](d, o) { return o.stylize('x', 'string') + Object.keys(o).join(); } }); show({ [inspect.custom](d, o) { return o.stylize('x', 'string') + o.extra; } }, { colors: true, extra: 5 });
show({ [inspect.custom](d, o, i) { return i({ nested: { deep: { deeper: {} } } }, { ...o, depth: d - 1 }); } });
show(new Proxy(new Custom(7), {}));
show(inspect.custom); show(Symbol.for('nodejs.util.inspect.custom') === inspect.custom);
console.log(Object.keys(inspect.defaultOptions), Object.isSealed(inspect.defaultOptions)); console.log(inspect.defaultOptions);
inspect.defaultOptions.depth = 0; show({ a: { b: 1 } }); inspect.defaultOptions = { depth: 2, breakLength: 20 }; show({ a: { b: 1 }, c: 'xxxxxxxxx' }); inspect.defaultOptions.breakLength = 80;
try { inspect.defaultOptions = null; } catch (e) { console.log(e.message); } try { inspect.defaultOptions = 'bad'; } catch (e) { console.log(e.message); }
console.log(Object.keys(inspect.styles).join(), inspect.styles.number, Object.keys(inspect.colors).join());
console.log(inspect.colors.grey, inspect.colors.red, Object.getOwnPropertyNames(inspect.colors).slice(-12).join());
inspect.styles.number = 'red'; show(1, { colors: true }); inspect.styles.number = 'nope'; show(1, { colors: true }); inspect.styles.number = (s) => `<${s}>`; show([1, 'x'], { colors: true }); inspect.styles.number = 'yellow'; inspect.colors.mine = [7, 8]; inspect.styles.string = 'mine'; show('s', { colors: true }); inspect.styles.string = 'green';
show({ a: 1 }, { stylize: (s, t) => `{${t}:${s}}` }); show([1, 'a', null], { stylize: (s, t) => `{${t}:${s}}` });
console.log(inspect.name, inspect.length); console.log(Object.getOwnPropertyNames(inspect).filter((n) => n !== 'prototype').join());
show({ a: 1, b: { c: 2 } }, null); show({ a: 1, b: { c: 2 } }, {}); show({ a: 1 }, 5); show({ a: 1 }, 'x'); show('x', undefined); console.log(inspect());
show({ a: { b: { c: { d: 1 } } } }, { depth: '1' }); show({ a: { b: { c: { d: 1 } } } }, { depth: NaN }); show({ a: { b: { c: { d: 1 } } } }, { depth: 0.5 });
let deep = {}; const top = deep; for (let i = 0; i < 30; i++) { deep.x = {}; deep = deep.x; } show(top, { depth: 30, breakLength: 200 }); show(top, { depth: Infinity, compact: 40 });
show({ x: { y: { z: 'w'.repeat(20) } }, a: ['b'.repeat(20), 'c'.repeat(20), 'd'.repeat(20)] }, { compact: 2 }); show(new Map([[{ a: 1 }, { b: new Set([[1, [2]]]) }]]), { depth: 5, compact: 0 });
show(Object.assign(() => {}, { x: 1 }), { compact: true }); show(new Map([['a', 'x'.repeat(80)]]), { compact: true }); show({ a: 'x'.repeat(80), b: { c: 'y'.repeat(80) } }, { compact: true }); show([['x'.repeat(80)], ['y'.repeat(80)]], { compact: true });
