// compare, equals, copy, fill, slice, swap, concat.
const attempt = (label, f) => { try { console.log(label, f()); } catch (e) { console.log(label, e.name, e.code, e.message); } };
const a = Buffer.from([1, 2, 3, 4, 5]), b = Buffer.from([1, 2, 9]);
console.log(a.compare(b), b.compare(a), a.compare(a), Buffer.compare(a, b), [b, a].sort(Buffer.compare), a.equals(b), a.equals(new Uint8Array(a)), Buffer.alloc(0).equals(Buffer.alloc(0)));
for (const args of [[0, 2, 0, 2], [0], [1], [0, 3], [2, 3, 4], [0, 0], [0, 0, 0, 0], [3, 1], [0, 1, 3, 2], [undefined, undefined, 1, 3], [9], [0, 3, 9]]) attempt(args.join(), () => a.compare(b, ...args));
for (const args of [[-1], [0, 4], [0, 3, -1], [0, 3, 0, 6], ['0'], [0, '1'], [1.5], [NaN]]) attempt(args.join(), () => a.compare(b, ...args));
for (const value of ['x', null, [], {}]) { attempt('compare', () => a.compare(value)); attempt('equals', () => a.equals(value)); attempt('static', () => Buffer.compare(a, value)); attempt('static', () => Buffer.compare(value, a)); }
const copied = (...args) => { const t = Buffer.alloc(4, 0xff); return [a.copy(t, ...args), t]; };
for (const args of [[], [1], [1, 2], [1, 2, 3], [0, 0, 99], [3], [4], [9], [0, 5], [0, 4, 2], ['1', '2'], [1.9, 1.9], [NaN, NaN, NaN], [null], [0, undefined, undefined], [-0.5], [0, 1, 2 ** 60]]) attempt(args.join(), () => copied(...args));
for (const args of [[-1], [0, -1], [0, 6], [0, 0, -1]]) attempt(args.join(), () => copied(...args));
for (const target of [{}, [], 'x', null]) attempt('target', () => a.copy(target));
const overlap = Buffer.from('abcdefgh');
overlap.copy(overlap, 2, 0, 5);
console.log(overlap.toString(), overlap.copy(overlap, 0, 3), overlap.toString());
const words = new Uint16Array(3);
console.log(a.copy(words, 1), words);
const filled = (...args) => Buffer.alloc(6).fill(...args);
for (const args of [[1], [257], [-1], ['a'], ['ab'], ['abcdefghij'], ['€'], ['é', 'latin1'], ['Ȣ', 'latin1'], ['6162', 'hex'], ['YWI=', 1, 'base64'], ['a', 2], ['a', 2, 4], ['ab', 1, 4], ['', 1], ['a', 'ucs2'], [Buffer.from([1, 2])], [new Uint16Array([258]), 1], [true], [null], [undefined], [1.9], ['0'], [{}],
  ['a', 3, 3], ['a', 4, 2], [1, undefined, 3], ['a', 6], ['a', 100, 6]]) attempt(args.map(String).join(), () => filled(...args));
for (const args of [['a', -1], ['a', 0, 7], ['a', 1.5], ['a', '1', 2], ['a', 0, '1'], ['zz', 'hex'], ['a', 0, 2, 'nope'], ['a', 0, 2, 5], [Buffer.alloc(0)], [1, -1], [1, 0, 99]]) attempt(args.map(String).join(), () => filled(...args));
for (const args of [[], [1], [1, 3], [-2], [-3, -1], [9], [3, 1], ['1', '3'], [1.9], [NaN], [null, 2], [undefined, 2], [0, null], [-99, 99]]) console.log(args.join(), a.slice(...args), a.subarray(...args));
const view = a.slice(1, 3);
view[0] = 77;
console.log(a[1], view.buffer === a.buffer, view.byteOffset - a.byteOffset, view.parent === a.parent);
for (const f of ['swap16', 'swap32', 'swap64']) for (const size of [0, 8, 16, 200, 7]) attempt(f + size, () => { const s = Buffer.from(Array.from({ length: size }, (_, i) => i)); return s[f]() === s && s.subarray(-9).toString('hex'); });
console.log(Buffer.concat([a, b]), Buffer.concat([]), Buffer.concat([a, b], 3), Buffer.concat([a], 9), Buffer.concat([a, b], 0), Buffer.concat([new Uint8Array([7]), a]));
for (const args of [[a], ['x'], [], [[a, 'x']], [[a, null]], [[a], -1], [[a], 1.5], [[a], '3'], [[5], 3]]) attempt('concat', () => Buffer.concat(...args));
console.log(JSON.stringify(a), a.toJSON(), JSON.stringify({ b: Buffer.alloc(0) }));
