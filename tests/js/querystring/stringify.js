// querystring.stringify and escape.
const qs = require('querystring');
const attempt = (f) => { try { console.log(JSON.stringify(f())); } catch (e) { console.log(e.name, e.code, e.message); } };
for (const value of [{}, { a: 1 }, { a: 'b c', 'd&e': 'f=g' }, { a: [1, 'x', true, null, undefined, {}, NaN, Infinity, 5n] }, { a: [] }, { a: [], b: 1, c: [] }, { a: '' }, { a: null, b: undefined, c: {}, d: () => {} }, { n: 1e21, m: -1e-7, z: -0 }, { é: '€😀' }, { t: true, f: false, b: 10n }, ['x', 'y'], 'abc', 5, null, undefined, true, () => {}, new Date(0), new Map([[1, 2]])]) attempt(() => qs.stringify(value));
attempt(() => qs.stringify({ a: 1, b: [2, 3] }, ';', ':'));
attempt(() => qs.stringify({ a: 1, b: 2 }, '', ''));
attempt(() => qs.stringify({ a: 'x y', b: 5, c: null }, null, null, { encodeURIComponent: (s) => `<${s}>` }));
const original = qs.escape;
qs.escape = (s) => s.toUpperCase();
attempt(() => qs.stringify({ ab: 'c d', e: 1 }));
qs.escape = original;
for (const text of ['', 'abc', 'a b', "!-._~'()*", '&=+?#/:@,;$[]{}|\\^`"<>%', 'é', '€', '😀', 'a\u0000', 5, null, undefined, true, {}, [1, 2], { toString: () => 'x y' }]) attempt(() => qs.escape(text));
attempt(() => qs.escape('a\ud800'));
attempt(() => qs.escape('\udc00b'));
attempt(() => qs.escape(Symbol('s')));
attempt(() => qs.stringify({ a: '\ud800' }));
attempt(() => qs.parse(qs.stringify({ a: ['é', '&'], 'b c': 'd+e' })));
