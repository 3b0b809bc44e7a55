// Values through v8.serialize and back, with the bytes of V8's format.
const v8 = require('v8');
const { inspect } = require('util');

const circle = { name: 'circle' };
circle.self = circle;
const values = [
  undefined, null, true, false, 1, -1, 1.5, -0, NaN, 2 ** 31, -(2 ** 31), 10n, -(2n ** 70n), 0n, 'abc', 'é', '日本', '',
  { a: 1, b: {} }, { 1: 2, [Symbol('s')]: 3 }, [1, 2], [1, , 3], Object.assign([1], { x: 1 }), new Array(5),
  new Date(5), new Date(NaN), new Boolean(true), Object(1n), new Number(3), new String('s'), /a\/b/gi,
  new Map([[1, { deep: [2] }], ['k', new Set([1])]]), new Set([{}]),
  new ArrayBuffer(3), new ArrayBuffer(2, { maxByteLength: 8 }),
  new Uint8Array([1, 2]), new Float64Array([1]), new Uint16Array([1, 2]).subarray(1), Buffer.from('ab'), new DataView(new ArrayBuffer(2)),
  circle, Object.create(null),
];
for (const value of values) {
  const bytes = v8.serialize(value);
  console.log(inspect(value, { breakLength: Infinity }), bytes.toString('hex'), inspect(v8.deserialize(bytes), { breakLength: Infinity }));
}

const error = v8.deserialize(v8.serialize(new RangeError('far', { cause: { code: 1 } })));
console.log(error instanceof RangeError, error.message, error.cause, error.stack.split('\n')[0], Object.keys(error));

for (const value of [() => 1, Symbol('a'), Promise.resolve(), new Proxy({}, {}), new WeakMap(), { get a() { throw new RangeError('getter'); } }]) {
  try {
    console.log(v8.serialize(value));
  } catch (error) {
    console.log(error.constructor.name, error.code, error.message);
  }
}
for (const bytes of [1, Buffer.alloc(0), Buffer.from([255, 15]), Buffer.from([255, 99, 0]), Buffer.from('ff0f5e05', 'hex'), Buffer.from('ff0f41ffffffff0f', 'hex')]) {
  try {
    console.log(v8.deserialize(bytes));
  } catch (error) {
    console.log(error.constructor.name, error.code, error.message);
  }
}
