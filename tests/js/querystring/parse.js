// querystring.parse.
const qs = require('querystring');
const show = (v) => console.log(JSON.stringify(v), Object.getPrototypeOf(v));
for (const text of ['', 'a', 'a=', '=b', '=', '&', '&&', 'a&b', 'a=1&b=2', 'a=1&a=2&a=3', 'a=b=c', '&a=1&', 'a=1&&b=2', 'a+b=c+d', 'a%20b=c%26d', '%zz=%1', '%E2%82%AC=%e2%82', 'x=%', 'x=%4', 'x=%u0041', '__proto__=1&hasOwnProperty=2&toString=3', '0=a&1=b', 'é=€&%c3%a9=2', '\ud83d\udc05=cat', 'a=%ff%fe', 'a[]=1&a[]=2', 'a==', 'foo%3Dbar=1', '%2B=+', 'a;b', ' a = b ']) show(qs.parse(text));
for (const args of [['a:b;c:d', ';', ':'], ['a&&b=1', '&&'], ['a->1--b->2', '--', '->'], ['a=1&b=2', null, null], ['a=1&b=2', '', ''], ['a11b12', 1, 2], ['a=1,b=2', ','], ['foo, bar', ', ']]) show(qs.parse(...args));
for (const maxKeys of [0, 1, 2, -1, 1.5, NaN, Infinity, '1', null]) show(qs.parse('a=1&b=2&&c=3', null, null, { maxKeys }));
for (const value of [5, null, undefined, {}, [], true]) show(qs.parse(value));
console.log(Object.keys(qs.parse(Array.from({ length: 1500 }, (_, i) => 'k' + i).join('&'))).length);
show(qs.parse('a=%41+x&b', null, null, { decodeURIComponent: (s) => `<${s}>` }));
show(qs.parse('a=%zz', null, null, { decodeURIComponent: () => { throw new Error(); } }));
show(qs.parse('a=1', null, null, { decodeURIComponent: () => 5 }));
const original = qs.unescape;
qs.unescape = (s) => s.toUpperCase();
show(qs.parse('ab=c%20d'));
qs.unescape = original;
console.log(qs.decode === qs.parse, qs.encode === qs.stringify, Object.keys(qs).join(), Object.values(qs).map((f) => f.name + f.length).join());
console.log(qs.unescape('a%20b+%zz'), qs.unescape('%E2%82'), qs.unescapeBuffer('a%20b+%zz%4'), qs.unescapeBuffer('a+b', true), qs.unescapeBuffer('é€%ff').toString('hex'), qs.unescape(5));
