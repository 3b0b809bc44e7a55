// Messages that are not yet V8's: a list to take from.
'use strict';
const sources = `
1n ** -1n
({a: 1
let
const a
switch (1) { case
foo() = 1
foo()++
new.target = 1
import
\`abc\${1
1n.5
...
#a
new a?.b()
({ a: 1, a: 2, __proto__: 1, __proto__: 2 })
({ get a(b) {} })
({ set a() {} })
while (1) function f() {}
label: function* g() {}
const { a }
let [a]
class A { static { await } }
`.trim().split('\n');
const late = [];
for (const source of sources) {
  let text = '(compiles)';
  try {
    new Function(source);
  } catch (error) {
    text = error.name + ': ' + error.message;
  }
  let script = '(compiles)';
  try {
    (0, eval)(`if (0) {} else throw 1; ${source}`);
  } catch (error) {
    if (error !== 1) script = error.name + ': ' + error.message;
  }
  console.log(`${source}\n    ${script}${text === script ? '' : '\n    in a function ' + text}`);
}
