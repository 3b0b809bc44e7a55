'use strict';
// URLSearchParams: how it is made, read, changed, iterated, and joined to its URL.
const params = new URLSearchParams('?a=1&b=2&a=3&c=%20+d&e');
console.log(params, params.size, params.get('a'), params.getAll('a'), params.get('no'), params.has('a', '3'), params.has('a', '9'));
console.log(String(new URLSearchParams({ x: '1', y: 'ä&=' })), String(new URLSearchParams([['p', 'q'], ['p', 'r']])), String(new URLSearchParams(new Map([['m', 1]]))));
console.log(String(new URLSearchParams(params)), String(new URLSearchParams(undefined)), String(new URLSearchParams(null)));
params.append('z', 'last');
params.set('a', 'first');
params.delete('b');
params.delete('e', 'other');
console.log(params.toString());
params.sort();
console.log([...params], [...params.keys()], [...params.values()]);
const entries = params.entries();
entries.next();
console.log(entries, params.keys(), Object.prototype.toString.call(entries));
params.forEach(function (value, name, all) { console.log(name, value, all === params, this.t); }, { t: 1 });
const url = new URL('http://h/?a=1');
url.searchParams.append('b', '2 3');
console.log(url.href, url.searchParams === url.searchParams);
url.search = '?q=~';
console.log(url.searchParams.get('q'), url.searchParams);
url.searchParams.delete('q');
console.log(url.href);
for (const fail of [() => params.get(), () => params.append('a'), () => new URLSearchParams([['a']]), () => new URLSearchParams([1]), () => new URLSearchParams({ [Symbol.iterator]: 1 }),
  () => params.forEach(1), () => URLSearchParams.prototype.get.call({}), () => entries.next.call({})]) {
  try {
    fail();
  } catch (error) {
    console.log(error.name, error.code, error.message);
  }
}
