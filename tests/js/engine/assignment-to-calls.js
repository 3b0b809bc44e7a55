'use strict';
// A call that is assigned to compiles; it throws once it was made. Logical assignments and patterns are refused at once.
let calls = 0;
globalThis.f = () => ++calls;
const sources = [
  'f() = 1', 'f() += g()', 'f()++', '--f()', '(f()) = 1', 'for (f() of [1]) ;', 'for (f() in { a: 1 }) ;', '"use strict"; f() = 1',
  'f() &&= 1', 'f() ??= 1', '[f()] = [1]', '({ a: f() } = {})', 'f`` = 1', 'f?.() = 1', 'new f() = 1', 'f().a = 1',
];
for (const source of sources) {
  let outcome;
  const before = calls;
  try {
    outcome = (0, eval)(source);
  } catch (error) {
    outcome = `${error.name}: ${error.message} ${error.stack.match(/<anonymous>:\d+:\d+/) ?? ''}`;
  }
  console.log(source, '->', outcome, calls - before);
}
