// URLPattern: components, groups, bases, errors.
const tell = (f) => { try { console.log(f()); } catch (error) { console.log(error.name, error.code, error.message); } };
const pattern = new URLPattern({ pathname: '/books/:id(\\d+)/*' });
console.log(pattern.protocol, pattern.pathname, pattern.hasRegExpGroups);
console.log(pattern.test('https://a.example/books/12/x'), pattern.test('https://a.example/books/x/y'), pattern.test('/books/1/', 'https://a.example'));
console.log(pattern.exec('https://a.example/books/12/x/y?q').pathname);
console.log(pattern.exec('https://a.example/'));
console.log(new URLPattern('https://:sub.example.com/*').exec('https://www.example.com/a').hostname);
console.log(new URLPattern('/a', 'https://b.example').test('https://b.example/a'));
console.log(new URLPattern({ pathname: '/A' }, { ignoreCase: true }).test({ pathname: '/a' }));
tell(() => URLPattern());
tell(() => new URLPattern('('));
tell(() => new URLPattern('/a'));
tell(() => new URLPattern(5));
tell(() => pattern.test(5));
tell(() => pattern.exec({}, 'https://a.example'));
tell(() => Object.getOwnPropertyDescriptor(URLPattern.prototype, 'hash').get.call({}));
