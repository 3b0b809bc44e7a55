'use strict';
// Every call is wrong: what it throws is printed by name, code and message.
let n = 0;
const brief = (value) => (typeof value === 'symbol' ? String(value) : typeof value === 'function' ? 'fn' : typeof value === 'bigint' ? value + 'n' : JSON.stringify(value) ?? String(value));
const told = (label, error) => console.log(`#${++n} ${label}: ${error?.name} ${error?.code} ${String(error?.message).split('\\n').slice(0, 3).join(' | ')}`);
const bad = (label, call) => {
  try {
    call();
    console.log(`#${++n} ${label}: no error`);
  } catch (error) {
    told(label, error);
  }
};
const each = (label, values, call) => values.forEach((value) => bad(`${label}(${brief(value)})`, () => call(value)));
const s = Symbol('s');
const fn = () => {};

const url = require('url');
const NS = [undefined, null, 1, true, {}, [], s, fn, 1n];
each('url.parse', NS, (v) => url.parse(v)); each('url.parse text', ['http://a b/', 'http://[::1', 'http://*/', 'http://a:b:c/', '\x00'], (v) => url.parse(v).href === undefined); each('new URL', ['', 'a', '//x', 'http://', 'http://a b', 'http://[', 'http://x:99999', s], (v) => new URL(v)); bad('new URL()', () => new URL()); each('new URL base', ['x', 'nope'], (v) => new URL('/a', v)); each('URL.canParse', [undefined], () => URL.canParse()); each('url.format', [undefined, null, 1, true, s, fn], (v) => url.format(v)); each('url.format options', [1, 'x', true, null], (v) => url.format(new URL('http://a/'), v)); each('url.fileURLToPath', [undefined, null, 1, {}, 'http://a', 'a', 'file://host/x', 'file:///a%2fb', s], (v) => url.fileURLToPath(v)); each('url.pathToFileURL', NS, (v) => url.pathToFileURL(v)); each('url.resolve', NS.slice(0, 5), (v) => url.resolve(v, 'a')); each('url.resolve 2', NS.slice(0, 5), (v) => url.resolve('a', v)); each('url.urlToHttpOptions', [undefined, null, 1, 'x'], (v) => url.urlToHttpOptions(v)); each('url.domainToASCII', [undefined], () => url.domainToASCII()); each('url.domainToUnicode', [undefined], () => url.domainToUnicode());
const p = new URLSearchParams(); for (const m of ['get', 'getAll', 'has', 'delete']) { bad(`p.${m}()`, () => p[m]()); bad(`p.${m}(s)`, () => p[m](s)); bad(`foreign ${m}`, () => p[m].call({})); } for (const m of ['set', 'append']) { bad(`p.${m}()`, () => p[m]()); bad(`p.${m}(1)`, () => p[m]('a')); } each('forEach', [undefined, 1, {}], (v) => p.forEach(v)); each('new URLSearchParams', [[1], [[1]], [['a', 'b', 'c']], { [Symbol.iterator]: 1 }, s], (v) => new URLSearchParams(v)); bad('keys foreign', () => p.keys.call(1)); bad('next foreign', () => p.keys().next.call({})); bad('URLSearchParams()', () => URLSearchParams()); bad('URL()', () => URL('http://a')); bad('href', () => { new URL('http://a/').href = 'nope'; });
