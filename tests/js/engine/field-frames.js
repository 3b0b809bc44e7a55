'use strict';
// The constructor of a base class is on the stack while its fields are made.
const frames = (attempt) => {
  try {
    attempt();
  } catch (error) {
    return error.stack.split('\n').slice(1, 4).map((line) => line.trim().replace(/[^ (]*\/field-frames/, 'field-frames'));
  }
};
class Base {
  a = 1;
  b = fail();
}
class Late {
  b = fail();
  constructor(a) {
    this.a = a;
  }
}
class Derived extends Base {}
function fail() {
  throw new Error('b');
}
console.log(frames(() => new Base()));
console.log(frames(() => new Late()));
console.log(frames(() => new Derived()));
console.log(frames(() => new (class { b = fail(); })()));
