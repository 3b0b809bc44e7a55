'use strict';
// url.parse, url.format and url.resolve as programs have used them for ever.
const url = require('url');
for (const text of ['http://a:b@C.d:81/e/f?g=h#i', '/a?b=c', '//h/p', 'mailto:a@b.c', 'javascript:alert(1)', 'http://h', 'HTTP://H/ a', 'file:///etc/x', 'x', '', '?q', '#h', 'http://a^b/', 'http://[::1]:9/', 'git+ssh://g@h/o/r', 'http:/x', 'a:b/c', 'http://ä.de', '\\\\h\\p?\\']) {
  console.log(JSON.stringify(url.parse(text)));
}
console.log(url.parse('/a?b=c&b=d&e', true), url.parse('//h/p', false, true));
const pairs = [['/one/two/three', 'four'], ['http://example.com/', '/one'], ['http://example.com/one', '/two'], ['http://a/b/c/d;p?q', '../../g'], ['http://a/b/c/d;p?q', 'g?y#s'], ['http://a/b/c/d;p?q', ''], ['http://a/b/c/d;p?q', '//g'], ['http://a/b', 'https:c'],
  ['mailto:a@b', 'c'], ['mailto:local@domain', '.././'], ['http://u:p@h/a', 'http://x/y'], ['a/b', '../../c'], ['.', '#x'], ['http://a/b/', '.'], ['http://a', '?x'], ['/a/b/', '..'], ['http:///s//a', 'b'], ['zz:abc', '/foo/../../../bar'], ['http://localhost', 'file:///Users/foo'], ['fred:///s//a/b/c', '../']];
for (const [from, to] of pairs) console.log(from, to, url.resolve(from, to));
console.log(url.format({ protocol: 'http', host: 'h:1', pathname: 'p?#', query: { a: [1, 'b c'], d: true, n: null } }), url.format({ hostname: '::1', port: 8, slashes: true }), url.format({ protocol: 'file', pathname: '/x' }), url.format({ auth: 'a:b@c', host: 'h', protocol: 'ftp' }));
console.log(url.parse('http://a/b') instanceof url.Url, new url.Url());
for (const fail of [() => url.parse(1), () => url.parse('http://[a'), () => url.format(1), () => url.resolve(1, 2)]) {
  try {
    fail();
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
