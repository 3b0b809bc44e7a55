'use strict';
// A source that ends too early, as a script and as the body of a function.
const sources = [
  '({a: 1', 'const a', 'switch (1) { case', 'import', '`abc${1', '`abc', '...', '... ', 'const { a }', 'let [a]', '(', '[', '{', '({a:', 'x = ', 'if (1', 'f(', 'class A {', '"use strict"; {',
  '() => {', 'async () => {', '/* open', 'do { } while (1', 'try {', 'for (;;', 'a ? b', '1n.5', '1 ... 2',
];
const message = (compile) => {
  try {
    compile();
    return '(compiles)';
  } catch (error) {
    return `${error.name}: ${error.message}`;
  }
};
for (const source of sources) {
  const script = message(() => (0, eval)(`if (0); else throw 1; ${source}`));
  const body = message(() => new Function(source));

  console.log(`${source}\n    ${script}\n    ${body}`);
}
