// Functions whose parameters and body are texts, and parameters that were read as an expression first.
const assert = (holds, what) => { if (!holds) throw new Error(what ?? new Error().stack.split("\n")[2]); };
const message = (f) => {
  try {
    return typeof f();
  } catch (error) {
    return error.name + ': ' + error.message;
  }
};
const early = 'SyntaxError: Arg string terminates parameters early';

assert(new Function('{ a }', '[b, c] = [2, 3]', 'return a + b + c')({ a: 1 }) === 6);
assert(new Function('a, b // the sum', 'return a + b')(1, 2) === 3);
assert(new Function('a /* one */', 'b', 'return a + b')(1, 2) === 3);
assert(new Function('...all', 'return all.length')(1, 2) === 2);
for (const parameters of ['a) {', ')', 'a b', 'a\n) {}; function x(']) {
  assert(message(() => new Function(parameters, '')) === early, parameters);
}
assert(message(() => new (async function* () {}).constructor('a){', '')) === early);
assert(message(() => new Function('/*', '*/ ) {')) === 'SyntaxError: Unexpected end of arg string');
assert(message(() => new Function('a =', '')) === "SyntaxError: Unexpected token ')'");
assert(message(() => new Function('a = super()', '')) === "SyntaxError: 'super' keyword unexpected here");
assert(message(() => new Function('a', 'b) {}')) === "SyntaxError: Unexpected token ')'");

for (const text of ['([a.b]) => 1', '({ a: b.c }) => 1', '([[a.b] = []]) => 1', '({ ...a.b }) => 1', 'async ([a.b]) => 1']) {
  assert(message(() => (0, eval)(text)).startsWith('SyntaxError: '), text);
}
assert((0, eval)('([a, [b], ...c]) => a + b + c.length')([1, [2], 3, 4]) === 5);
let target = {};
[target.a, target['b']] = [1, 2];
assert(target.a + target.b === 3);

// A transferred buffer: a refusal leaves the old one as it was.
const buffer = new ArrayBuffer(8);
new Uint8Array(buffer)[3] = 7;
assert(message(() => buffer.transfer(2 ** 50)).startsWith('RangeError'));
assert(buffer.byteLength === 8 && !buffer.detached);
const longer = buffer.transfer(16);
assert(longer.byteLength === 16 && new Uint8Array(longer)[3] === 7 && new Uint8Array(longer)[15] === 0 && buffer.detached);
const shorter = longer.transferToFixedLength(4);
assert(shorter.byteLength === 4 && new Uint8Array(shorter)[3] === 7);
const resizable = new ArrayBuffer(4, { maxByteLength: 8 });
assert(message(() => resizable.transfer(9)).startsWith('RangeError') && !resizable.detached);
const moved = resizable.transfer(8);
assert(moved.resizable && moved.maxByteLength === 8 && moved.byteLength === 8);
'held'
//=> held
