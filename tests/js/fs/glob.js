// glob: patterns over a tree with dots and a link in a circle, exclusions, and the three forms.
const fs = require('fs');
const os = require('os');
const path = require('path');
const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'glob-')));
const files = ['a/.hidden/x', 'a/abcdef/g/h', 'a/abcfed/g/h', 'a/b/c/d', 'a/bc/e/f', 'a/c/d/c/b', 'a/x/.y/b'];
for (const file of files) {
  fs.mkdirSync(path.join(dir, path.dirname(file)), { recursive: true });
  fs.writeFileSync(path.join(dir, file), '');
}
fs.mkdirSync(path.join(dir, 'a/s/b'), { recursive: true });
fs.symlinkSync('..', path.join(dir, 'a/s/b/up'));
const patterns = ['**', '*', 'a/*', 'a/**', 'a/**/', '**/d', 'a/b/c', './a/*', 'a/{b,c}/*', 'a/abc{fed,def}/g/h', '**/.y', 'a/.*', 'a/b/', 'a/**/b', 'a/+(b|c)/*', 'a/[ab]*', 'a/s/**', 'nope', 'a/nope', '', 'a/b/c/d/', '**/c/**', 'a//b/*'];
for (const pattern of patterns) console.log(pattern, fs.globSync(pattern, { cwd: dir }).sort());
console.log(fs.globSync([path.join(dir, 'a/b/*')]).map((name) => path.relative(dir, name)));
console.log(fs.globSync('a/**', { cwd: dir, exclude: ['a/b/**', '**/e'] }).sort());
console.log(fs.globSync('a/**', { cwd: dir, exclude: (name) => name.endsWith('b') }).sort());
console.log(fs.globSync('a/b*', { cwd: dir, withFileTypes: true }).map((entry) => [entry.name, path.relative(dir, entry.parentPath), entry.isDirectory()]));
const tell = (f) => { try { f(); } catch (error) { console.log(error.code, error.message); } };
for (const args of [[5], [['a', 5]], [{}], ['a', 5], ['a', { exclude: 5 }]]) tell(() => fs.globSync(...args));
tell(() => fs.glob('a'));
fs.glob('a/b*', { cwd: dir }, async (error, found) => {
  console.log(error, found.sort());
  const later = [];
  for await (const name of fs.promises.glob('a/c*', { cwd: dir })) later.push(name);
  console.log(later);
  fs.rmSync(dir, { recursive: true });
});
