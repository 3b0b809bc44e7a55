// path.posix: every function over every kind of path.
const { posix } = require('path');
const paths = ['', '.', '..', '/', '//', '///', './', '../', '/.', '/..', 'a', '/a', 'a/', '/a/', '//a', 'a//b', './a', '../a', 'a/..', 'a/../..', '/a/../..', 'a/./b', 'a/b/../../..', '.a', '.a.b', 'a.b', 'a.', '..a', '...', 'a..', '/a.b/c', '/a/b.c.d', 'a.b/', 'a\\b', 'é/ü.€', '\ud800/x.y', '😀/..', 'a/b//', '//a//b//', ' ', 'a b/c d', 'a/.b', 'a/..b', 'file.ext/', '.././a', '/../../a', 'C:\\a', 'a:b'];
for (const p of paths) console.log(JSON.stringify([p, posix.normalize(p), posix.dirname(p), posix.basename(p), posix.extname(p), posix.isAbsolute(p), posix.parse(p), posix.format(posix.parse(p)), posix.join(p), posix.toNamespacedPath(p)]));
for (const a of paths) console.log(paths.map((b) => JSON.stringify(posix.join(a, b))).join());
for (const a of ['/a/b/c', '/', '/a', '/a/bc', '/a/b', '/foo/../x', '/a/é']) for (const b of ['/a/b/c', '/', '/a', '/a/bd', '/a/b/d/e', '/b', '/a/é/€']) console.log(a, b, posix.relative(a, b));
for (const args of [['/a', 'b'], ['/a', '/b', 'c'], ['/a', '..', '..', 'b'], ['/', ''], ['', '/x', ''], ['/a/./b', '../c/'], ['/é', '€'], ['/a', 'b', '/c', './d', '../e']]) console.log(posix.resolve(...args));
console.log(posix.resolve() === process.cwd(), posix.resolve('') === process.cwd(), posix.resolve('.') === process.cwd(), posix.resolve('x') === process.cwd() + '/x', posix.relative('', 'a'), posix.relative('a', ''), posix.join(), posix.join('', ''));
for (const [p, s] of [['a.js', '.js'], ['.js', '.js'], ['a.js', 'a.js'], ['a.js', 's'], ['a/b.js', 'b.js'], ['a/b.js/', '.js'], ['aa/b', 'aab'], ['/aa/b//', 'aab'], ['//', 'a'], ['a.js', ''], ['a', 'aa'], ['bbb', 'bb'], ['b€', '€'], ['a/b', 'a/b']]) console.log(JSON.stringify([p, s, posix.basename(p, s)]));
