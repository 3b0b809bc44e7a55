// toString and its ranges; the slice and write families under it.
const b = Buffer.from('hello world');
const attempt = (f) => { try { console.log(JSON.stringify(f())); } catch (e) { console.log(e.name, e.code, e.message); } };
for (const args of [[], ['utf8', 3], ['utf8', 3, 6], ['utf8', -3], ['utf8', 0, 99], ['utf8', 99], ['utf8', 5, 3], ['utf8', '2', '4'], ['utf8', NaN, NaN], ['utf8', undefined, null], ['utf8', 1.9, 3.9],
  ['utf8', Infinity], ['utf8', -Infinity, Infinity], [undefined, 0, 5], ['hex', 0, 3], ['nope', 0, 0], [null, 0, 0], ['utf8', {}, 2], ['utf8', true, 3]]) attempt(() => b.toString(...args));
attempt(() => b.toString('nope'));
attempt(() => b.toString(null));
attempt(() => b.toString(''));
attempt(() => b.toString({ toString: () => 'hex' }));
attempt(() => b.toLocaleString('hex'));
attempt(() => String(b) + b);
for (const name of ['ascii', 'base64', 'base64url', 'latin1', 'hex', 'ucs2', 'utf8']) {
  const slice = b[name + 'Slice'].bind(b);
  for (const args of [[], [3], [3, 6], [6, 3], ['1', '3'], [1.7, 3.2], [NaN, null]]) attempt(() => slice(...args));
  attempt(() => slice(-1));
  attempt(() => slice(0, 99));
  const target = Buffer.alloc(6);
  const write = target[name + 'Write'].bind(target);
  for (const args of [['6869'], ['6869', 2], ['6869', 2, 1], ['68696a6b6c6d6e', 0, 6], ['6869', 6], ['']]) attempt(() => [write(...args), target.toString('hex')]);
  attempt(() => write('6869', 9));
  attempt(() => write('6869', -1));
  attempt(() => write('6869', 0, -1));
  attempt(() => write(5));
}
attempt(() => Buffer.prototype.toString.call({ length: 3 }));
attempt(() => Buffer.prototype.utf8Slice.call([]));
attempt(() => Buffer.prototype.hexSlice.call(new Uint16Array([1, 2])));
attempt(() => Buffer.prototype.utf8Write.call({}, 'a'));
