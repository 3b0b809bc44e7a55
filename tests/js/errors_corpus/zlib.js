'use strict';
// Every call is wrong: what it throws is printed by name, code and message.
let n = 0;
const brief = (value) => (typeof value === 'symbol' ? String(value) : typeof value === 'function' ? 'fn' : typeof value === 'bigint' ? value + 'n' : JSON.stringify(value) ?? String(value));
const told = (label, error) => console.log(`#${++n} ${label}: ${error?.name} ${error?.code} ${String(error?.message).split('\\n').slice(0, 3).join(' | ')}`);
const bad = (label, call) => {
  try {
    call();
    console.log(`#${++n} ${label}: no error`);
  } catch (error) {
    told(label, error);
  }
};
const each = (label, values, call) => values.forEach((value) => bad(`${label}(${brief(value)})`, () => call(value)));
const s = Symbol('s');
const fn = () => {};

const zlib = require('zlib'); for (const m of ['deflateSync', 'inflateSync', 'gzipSync', 'gunzipSync', 'deflateRawSync', 'inflateRawSync', 'unzipSync', 'brotliCompressSync', 'brotliDecompressSync']) each(`zlib.${m}`, [undefined, null, 1, {}, true, s], (v) => zlib[m](v)); for (const [o, vs] of Object.entries({ windowBits: [7, 16, 'x', NaN, 1.5].slice(0, 4), level: [-2, 10, 'x', NaN], memLevel: [0, 10, 'x'], strategy: [-1, 5, 'x'], chunkSize: [0, 63, 'x', -1], flush: [-1, 7, 'x'], finishFlush: [-1, 7, 'x'], dictionary: ['x', 1, {}], maxOutputLength: [0, 'x'] })) each(`createDeflate ${o}`, vs, (v) => zlib.createDeflate({ [o]: v })); each('inflate windowBits', [7, 16, 'x'], (v) => zlib.createInflate({ windowBits: v })); each('gzip windowBits', [8, 16, 0].slice(1), (v) => zlib.createGzip({ windowBits: v })); each('brotli params', [{ params: { 1000: 1 } }, { params: { x: 1 } }, { params: { 1: 'x' } }], (v) => zlib.createBrotliCompress(v)); for (const m of ['inflateSync', 'gunzipSync', 'inflateRawSync', 'brotliDecompressSync', 'unzipSync']) each(`${m} data`, [Buffer.from('nope'), Buffer.alloc(0), Buffer.from([0x1f, 0x8b])], (v) => zlib[m](v)); each('deflate cb', [undefined, 1, 'x'], (v) => zlib.deflate('a', v)); each('gzip cb', [undefined, null], (v) => zlib.gzip('a', {}, v)); each('params', ['x', 10], (v) => zlib.createDeflate().params(v, 0)); each('params strategy', ['x', 9], (v) => zlib.createDeflate().params(1, v)); each('crc32', [undefined, null, 1, {}], (v) => zlib.crc32(v)); each('crc32 value', ['x', -1, 1.5, 2 ** 33], (v) => zlib.crc32('a', v)); each('flush', ['x'].slice(1), fn); bad('Deflate()', () => { zlib.Deflate({ level: 99 }); }); bad('maxOutput', () => zlib.gunzipSync(zlib.gzipSync('x'.repeat(1000)), { maxOutputLength: 10 }));
