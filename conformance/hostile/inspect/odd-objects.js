// out: [Array(1): null prototype] [ 1 ]
// out: [Map(1): null prototype] { 1 => 2 }
// out: [Function (null prototype) (anonymous)]
// out: [Date: null prototype] Invalid Date
// out: [RegExp: null prototype] /x/
// out: true
// out: [Function (anonymous)] { a: 1 }
// out: Object [Tag] {}
// out: {}
// out: [Arguments] { '0': 1, '1': 2 }
// out: true
// out: Foo { constructor: null }

const T = f => { try { const v = f(); console.log(typeof v === 'string' ? v : String(v)); } catch (e) { console.log(e instanceof Error || e instanceof DOMException ? e.name : 'threw ' + typeof e); } };
const { inspect } = require('util');
T(() => inspect(Object.setPrototypeOf([1], null)));
T(() => inspect(Object.setPrototypeOf(new Map([[1, 2]]), null)));
T(() => inspect(Object.setPrototypeOf(() => {}, null)));
T(() => inspect(Object.setPrototypeOf(new Date(NaN), null)));
T(() => inspect(Object.setPrototypeOf(/x/, null)));
T(() => inspect(Object.setPrototypeOf(new Error('e'), null)).length > 0);
T(() => inspect(Object.assign(() => {}, { a: 1 })));
T(() => inspect(new (class { get [Symbol.toStringTag]() { return 'Tag'; } })()));
T(() => inspect(Object.defineProperty({}, 'constructor', { get() { throw new Error('c'); } })));
T(() => inspect((function () { return arguments; })(1, 2)));
T(() => inspect(globalThis).length > 100);
T(() => inspect(new (function Foo() { this.constructor = null; })()));
