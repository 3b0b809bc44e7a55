// Where the specification of URLs changed of late: what is escaped in paths, schemes that become file:, names of hosts.
const { URL, domainToASCII, domainToUnicode, parse, fileURLToPath, pathToFileURL } = require('url');

for (const text of ['http://h/a^b?c^d#e^f', 'file:///a^b', 'x:/a^b', 'x:a^b', 'http://u^:p^@h/', 'data:a #b', 'data:a ?b', 'data:a  ', 'mailto:a b #c']) console.log(text, '->', new URL(text).href);
console.log(new URL('../c^d', 'http://h/a/b').href, new URL('#x', 'data:a ').href);
const url = new URL('http://h/');
url.pathname = '/a^b|c';
url.search = '^';
url.hash = '^';
console.log(url.href);

for (const [from, scheme] of [['http://h/p', 'file'], ['http://h:81/p', 'file:'], ['http://u@h/p', 'file'], ['https://h/p?q#f', 'FILE:x'], ['x://h/p', 'file'], ['file:///p', 'http'], ['http://h/p', 'x'], ['ws://h/p', 'https']]) {
  const changed = new URL(from);
  changed.protocol = scheme;
  console.log(from, scheme, '->', changed.href);
}

for (const name of ['1.2.3.4', '0x7f.1', '[::1]', 'ex.com/path', 'ex.com?q', 'español.com', 'xn--espaol-zwa.com', 'xn--a', '', '%2e', 'a b', 'EX.COM', 'ex.com:80', '中文.com', 'a\tb']) {
  console.log(JSON.stringify(name), JSON.stringify(domainToASCII(name)), JSON.stringify(domainToUnicode(name)));
}
process.removeAllListeners('warning');
for (const text of ['x:xn--a', 'http://xn--a/', 'http://xn--9ca.com/', 'http://a_b/', '//xn--a/b']) {
  try {
    console.log(text, '->', parse(text).host, parse(text, false, true).host);
  } catch (error) {
    console.log(text, '->', error.name, error.code);
  }
}
console.log({ ...parse('/p?a=1&a=2&b=%zz&c=%c3%a9', true).query });
console.log(fileURLToPath(pathToFileURL('/a^b c%d\ne?f#g')));
