'use strict';

// What can follow is found without running what was typed.
const session = require('./session-fixture.js');

const { give, complete } = session();
give('var o = { alpha: 1, Alpine: { beta: 2 }, "two words": { three: 3 }, get late() { globalThis.ran = true; return { x: 1 }; } }; var key = "Alpine"; function f() { globalThis.ran = true; return o }; var p = new Proxy({ a: 1 }, {}); var child = Object.create({ inherited: 1 }, { own: { value: 2 } }); undefined');
for (const line of ['o.al', 'x = o.AL', 'o?.Alpine?.b', 'o["Alpine"].b', 'o[key].b', 'o["Al" + "pine"].b', 'o["two words"].t', 'o[f()].b', 'f().al', 'o.late.', 'p.', 'child.', 'typeof o.al',
  '"".toLowerC', '[].copyW', '(1).toFi', 'process.std', 'let al', 'nu', '.he', 'o.nothing.', '"o.al', 'I']) {
  console.log(line, JSON.stringify(complete(line)[0]).replaceAll('"', "'").slice(0, 300));
}
console.log(give('globalThis.ran'));
