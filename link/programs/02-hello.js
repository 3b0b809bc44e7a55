// What nearly every program does first: arguments, the environment, output of values.
const path = require('node:path');
const { inspect } = require('node:util');

console.log('hello', process.argv.length, path.join(__dirname, 'x'), process.env.HOME);
console.log({ a: 1, b: ['x', null, undefined, 2n], c: new Map([[1, { d: new Set([1]) }]]), e: new Error('shown').message });
console.error('%s is %d, %j', 'x', 42, { y: 1 });
process.stdout.write(`${inspect([1.5, -0, true, Symbol('s'), () => 1, class A {}])}\n`);
process.exitCode = 0;
