'use strict';
// `eval` has a frame where its text does not compile; functions of such code that have no name are called after it.
const frames = (attempt) => {
  try {
    attempt();
  } catch (error) {
    return error.stack.split('\n').slice(1, 3).map((line) => line.trim().replace(/\(eval at .*\), /, '(').replace(/[^ (]*\/eval-frames/, 'eval-frames'));
  }
};
console.log(frames(() => eval('a b')));
console.log(frames(() => (0, eval)('a b')));
console.log(frames(() => new Function('a b')));
console.log(frames(() => eval('(function () { throw new Error() })()')));
console.log(frames(() => eval('(function named() { throw new Error() })()')));
console.log(frames(() => new Function('throw new Error()')()));
console.log(frames(() => eval('(() => { throw new Error() })()')));
