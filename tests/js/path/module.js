// The module: identities, names, errors, format.
const path = require('path');
const attempt = (f) => { try { console.log(JSON.stringify(f())); } catch (e) { console.log(e.name, e.code, e.message); } };
console.log(path === path.posix, require('path/posix') === path.posix, require('path/win32') === path.win32, path.win32.posix === path.posix, path.posix.win32 === path.win32, require('node:path') === path, path._makeLong === path.toNamespacedPath);
for (const m of [path.posix, path.win32]) console.log(Object.keys(m).join(), m.sep, m.delimiter, Object.values(m).filter((f) => typeof f === 'function').map((f) => f.name + f.length).join());
for (const m of [path.posix, path.win32]) for (const value of [5, null, undefined, true, {}, [], Symbol('s')]) {
  for (const f of ['normalize', 'isAbsolute', 'dirname', 'basename', 'extname', 'parse', 'join', 'resolve', 'relative', 'format', 'toNamespacedPath', 'matchesGlob']) attempt(() => typeof m[f](value));
  attempt(() => m.relative('a', value));
  attempt(() => m.basename('a', value));
  attempt(() => m.resolve('/a', value, 'b'));
  attempt(() => m.resolve(value, '/a') && 'not looked at');
  attempt(() => m.join('a', value));
}
for (const m of [path.posix, path.win32]) for (const value of [{}, { base: 'b' }, { dir: 'd' }, { root: 'r' }, { dir: 'd', base: 'b' }, { root: '/', base: 'b' }, { root: '/', name: 'n', ext: '.e' }, { name: 'n', ext: 'e' }, { dir: '/d', name: 'n' }, { root: '/', dir: '/', base: 'b' }, { root: '/', dir: '/x', base: 'b', name: 'ignored' }, { dir: 5, base: 6 }, { ext: 'x' }]) attempt(() => m.format(value));
