'use strict';
// The attributes and setters of URL, its errors, and how it prints.
const url = new URL('http://user:pa%20ss@Example.COM:8080/a/../b c?x=1&y=2#frag');
console.log(url);
url.port = '80';
url.hash = '';
url.search = 'z=1';
url.pathname = '/ü';
url.username = 'me';
url.host = 'other.org:99';
url.protocol = 'https';
console.log(url.href, url.origin, String(url), JSON.stringify({ url }));
console.log(new URL('../x?y', 'http://h/a/b/c').href, URL.canParse('x'), URL.parse('x'), URL.parse('x', 'http://h').href);
console.log(new URL('http://xn--fiqs8s/').hostname, new URL('http://中国/').hostname, new URL('http://0x7f.1/').host);
for (const make of [() => new URL('x'), () => new URL('x', 'y'), () => new URL(), () => { url.href = 'zzz'; }, () => URL.prototype.toString.call({})]) {
  try {
    make();
  } catch (error) {
    console.log(error.name, error.code, error.message, error.input, error.base);
  }
}
console.log({ a: { b: { c: new URL('http://a') } } });
class Mine extends URL {}
console.log(new Mine('http://a') instanceof URL, Object.prototype.toString.call(url));
console.log(Object.keys(URL.prototype).join(), Object.keys(URL).join());
