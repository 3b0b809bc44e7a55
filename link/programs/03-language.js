// The language itself: what most programs call of its library.
class Shape {
  #sides;
  static count = 0;
  constructor(sides) { this.#sides = sides; Shape.count += 1; }
  get sides() { return this.#sides; }
  *[Symbol.iterator]() { for (let i = 0; i < this.#sides; i++) yield i; }
}
class Square extends Shape {
  constructor() { super(4); }
  toString() { return `square of ${super.sides}`; }
}
const words = 'the quick brown fox jumps over the lazy dog'.split(' ');
const byLength = new Map();
for (const word of words) byLength.set(word.length, [...(byLength.get(word.length) ?? []), word]);
const { length, ...rest } = { length: words.length, first: words[0], last: words.at(-1) };
const sorted = words.slice().sort((a, b) => a.length - b.length || a.localeCompare(b));
const text = sorted.map((w, i) => w.replace(/o(.)/g, (_, c) => c.toUpperCase()).padStart(i)).filter(Boolean).join(',');
const numbers = Array.from({ length: 100 }, (_, i) => i * 1.5);
const total = numbers.reduce((a, b) => a + b, 0);
const copy = JSON.parse(JSON.stringify({ total, text, rest, date: new Date(0), list: numbers.slice(0, 3) }));
const tagged = ((strings, ...values) => strings.raw.join('|') + values.length)`a${1}b${length}`;
try { null.missing; } catch (error) { String(error.stack); } finally { new Square().toString(); }
const bytes = new Uint8Array([3, 1, 2]).sort();
const seen = new WeakMap([[copy, 1]]).has(copy) && new Set(words).size;
for (const key of Object.keys(copy)) Object.defineProperty(copy, key, { enumerable: false });
for (const [k, v] of Object.entries(Object.assign(Object.create({ p: 1 }), rest))) Reflect.get({ [k]: v }, k);
label: for (let i = 0; i < 3; i++) { for (;;) { if (i % 2) continue label; break; } switch (i) { case 0: break; default: void 0; } }
const proxy = new Proxy({}, { get: (_, key) => key });
const found = /(?<year>\d{4})-(?<month>\d\d)/u.exec('on 2026-11-26').groups.year;
async function later() {
  const values = await Promise.all([1, Promise.resolve(2), new Promise((resolve) => queueMicrotask(() => resolve(3)))]);
  for await (const value of (async function* () { yield* values; })()) await value;
  await Promise.allSettled([Promise.reject(new Error('x'))]);
}
later().then(() => console.log(tagged, found, seen, proxy.x, bytes.length, [...new Square()], Math.max(...numbers), (255).toString(16), parseFloat('1.5e3'), 2n ** 64n));
