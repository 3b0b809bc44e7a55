// Blob and File.
const { Blob: B, File: F, resolveObjectURL } = require('buffer');
console.log(B === Blob, F === File, Blob.length, File.length);
const attempt = (f) => { try { console.log(f()); } catch (e) { console.log(e.name, e.code, e.message); } };
const blob = new Blob(['aé', new Uint8Array([0x62]), new Uint16Array([0x6463]).buffer, new DataView(new ArrayBuffer(2), 1), new Blob(['€']), 5, null, { toString: () => 'obj' }], { type: 'Text/PLAIN' });
console.log(blob, blob.size, blob.type, String(blob), Object.keys(blob));
console.log(new Blob(), new Blob([]), new Blob(new Set(['a', 'b'])).size, new Blob(['a'], { type: 'bad\u0001' }).type, new Blob(['a\r\nb\n'], { endings: 'native' }).size, new Blob(['a'], { type: null }).type, new Blob([], null).size);
for (const args of [['x'], [null], [5], [{}], [['a'], 5], [['a'], { endings: 'x' }]]) attempt(() => new Blob(...args));
attempt(() => Blob());
attempt(() => Blob.prototype.size);
attempt(() => Blob.prototype.slice());
for (const args of [[], [2], [2, 4], [-3], [-3, -1], [4, 2], [NaN], ['1', '3'], [0, 99, 'A/B'], [0, 1, 'bad\u0100']]) { const s = blob.slice(...args); console.log(args.join(), s.size, s.type); }
const file = new File(['abc'], 'name\ud800.txt', { type: 'a/b', lastModified: 12.5 });
console.log(file, file.name, file.lastModified, file instanceof Blob, file.slice(1).constructor === Blob, new File([], 5, { lastModified: NaN }).lastModified, new File([], 'x', { lastModified: true }).lastModified);
attempt(() => new File(['a']));
attempt(() => File.prototype.name);
(async () => {
  console.log(await blob.text(), await blob.slice(1, 3).text(), await new Blob(['\ufeffx', new Uint8Array([0xff])]).text());
  console.log(await blob.slice(0, 4).arrayBuffer(), await blob.slice(0, 4).bytes());
  for (const f of ['text', 'arrayBuffer', 'bytes']) await Blob.prototype[f].call({}).catch((e) => console.log(f, e.code));
  console.log(structuredClone(blob).size, await structuredClone(file).text(), structuredClone(file).name, structuredClone(file) instanceof File, resolveObjectURL('blob:nodedata:1'), resolveObjectURL('x'));
})();
