'use strict';
// Classes without a name, classes that extend what they cannot.
const attempts = {
  call: () => (class {})(),
  'call of a named one': () => { class A {} A(); },
  'call of a property': () => { const o = { B: class {} }; o.B(); },
  'extends null': () => new (class extends null {})(),
  'named, extends null': () => { class A extends null {} new A(); },
  'extends a number': () => (class extends 5 {}),
  'extends an arrow': () => (class extends (() => {}) {}),
  'extends without a prototype': () => { function Q() {} Q.prototype = 5; return class extends Q {}; },
  'super twice': () => new (class extends Object { constructor() { super(); super(); } })(),
  'super never': () => new (class extends Object { constructor() {} })(),
  'returns a number': () => new (class extends Object { constructor() { return 1; } })(),
  'static prototype': () => (class { static get ['prototype']() {} }),
};
for (const [name, attempt] of Object.entries(attempts)) {
  try {
    console.log(name, attempt());
  } catch (error) {
    console.log(name, '-', `${error.name}: ${error.message}`);
  }
}
