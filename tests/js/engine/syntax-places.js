'use strict';
// What stands where it must not: functions, accessors' parameters, private names, `await`, `new.target`.
const sources = [
  'while (1) function f() {}', 'while (1) async function f() {}', 'while (1) class A {}', 'while (1) let [a] = 1', 'while (1) let a', '"use strict"; while (1) function f() {}',
  'label: function* g() {}', 'label: function g() {}', 'label: async function g() {}', 'if (1) function* g() {}', 'if (1) function g() {}',
  '({ get a(b) {} })', '({ set a() {} })', '({ set a(b, c) {} })', '({ set a(...b) {} })', 'class A { get a(b) {} }', 'class A { set a() {} }', 'class A { get #a(b) {} }',
  'class A { static set #a(b, c) {} }', '#a', '#a in b', 'class A { m() { #a } }', 'class A { #a; m() { #a } }', 'class A { #a; m() { return #a in this } }',
  'class A { static { await } }', 'class A { static { await 1 } }', 'class A { static { async () => await 1 } }', 'class A { static { var await } }', 'new.target = 1', 'new.target++', '() => new.target',
  'function f() { new.target = 1 }', 'function f() { return new.target }', 'let', 'async', 'let = 1', 'new a?.b()', '({ __proto__: 1, __proto__: 2 })', 'import("a") = 1', 'this = 1', '1 = 1', '1++', '({})++',
];
for (const source of sources) {
  let text = '(compiles)';
  try {
    (0, eval)(`if (1) throw 1; ${source}`);
  } catch (error) {
    if (error !== 1) text = `${error.name}: ${error.message}`;
  }
  console.log(`${source}\n    ${text}`);
}
