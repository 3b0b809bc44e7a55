// `module.stripTypeScriptTypes` in strip mode: what becomes of each kind of type syntax.
const { stripTypeScriptTypes } = require('module');

const show = (code, options) => {
  try {
    console.log(JSON.stringify(stripTypeScriptTypes(code, options)));
  } catch (error) {
    console.log(error.name, error.code, JSON.stringify(error.stack.split('    at ')[0]));
  }
};

for (const code of [
  'let a: number = 1',
  'let a = b as any\n(c)',
  'let a\ntype A = 3\n(c)',
  'const f = (a):\nT => 3; const g = async <\nT>(a) => 1',
  'function* f() { yield <T>\n(x) => 1; return <T>\n(x) => 1 }',
  'class A { get: number\n set?: string\n declare b; private *c() {} public [d] = 1 }',
  'abstract class A<T> extends B<T> implements C { abstract d(): void; e?(): void {} readonly #f: T = 1; [k: string]: any }',
  'import { type a, b } from "c"; import type d from "e"; export type { f }; export { type g, h }',
  'declare global { var a } declare module "b" {} namespace C { type D = 1 }',
  'function f(this: A, b?: c, { d }: any = {}) {} ({ get e(this: B): c { return 1 }, set e(this: B, f) {} })',
  'x!.y; x as const; <T>(a: T) => a; f<T>(1); new A<B>; g<T>`h`; i satisfies J',
  'let é漢: "é漢😀" = 1',
  'enum A { b }', 'let a = 1;\n\tnamespace B {\n\tlet c\n}\nlet d', 'class A { constructor(private a: string) {} }', 'import a = require("b")', 'export = 1',
  'let a = <T>b', 'module A {}', 'class A { override b = 1 }', 'function f() { await 1 }',
]) show(code);
show('let a: b', { sourceUrl: 'c.ts' });
show('enum A {}', { sourceUrl: 'c.ts' });
for (const options of [null, { mode: 'other' }, { sourceMap: 1 }, { sourceUrl: 1 }, { sourceMap: true }]) show('', options);
show(1);
