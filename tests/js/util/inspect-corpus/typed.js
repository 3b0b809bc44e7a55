'use strict';
const { inspect } = require('util');
let n = 0;
const show = (value, options) => console.log(`#${++n}`, inspect(value, options));

for (const C of [Int8Array, Uint8Array, Uint8ClampedArray, Int16Array, Uint16Array, Int32Array, Uint32Array, Float32Array, Float64Array, BigInt64Array, BigUint64Array]) { show(new C(0)); show(new C(3)); }
show(new Float64Array([1.5, -0, NaN])); show(new Uint8Array(150));
const t = new Uint8Array(2); t.extra = 'x'; show(t);
class T extends Uint8Array {} show(new T(2));
show(new Uint8Array(2), { showHidden: true });
show(new Uint8Array([1, 2, 3]), { maxArrayLength: 1 });
show(new ArrayBuffer(0)); show(new ArrayBuffer(4)); show(new ArrayBuffer(60));
show(new SharedArrayBuffer(2));
show(new DataView(new ArrayBuffer(4), 1, 2));
show(Buffer.from('hello')); show(Buffer.alloc(0)); show(Buffer.alloc(60));
const b = Buffer.from('ab'); b.prop = 1; show(b);
show([Buffer.from('x')]); show({ b: Buffer.from('abc') }, { colors: true });
show(new Uint8Array([1, 2]), { colors: true });
const ab = new ArrayBuffer(3); ab.x = 1; show(ab);
const d = new ArrayBuffer(8); structuredClone(d, { transfer: [d] }); show(d);
