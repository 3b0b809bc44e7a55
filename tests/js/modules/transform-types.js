// `module.stripTypeScriptTypes` in transform mode: what is made means what it does in Node.
const { stripTypeScriptTypes } = require('module');
const vm = require('vm');

const run = (code) => {
  try {
    const made = stripTypeScriptTypes(code, { mode: 'transform' });
    console.log(vm.runInNewContext(`${made}\n;result`, { require, module: {}, exports: {} }));
  } catch (error) {
    console.log(error.name, error.message);
  }
};

run('enum A { X = 1, Y = X << 3, Z, W = ~Z, S = "s", T = `t${1}`, L = "abc".length } var result = A');
run('enum A { X } enum A { Y = 5 } var result = A');
run('enum A { "a-b" = 2, c, d = -c, e = 2 ** 3 | 1, f } const enum B { g = A.f + 1 } var result = [A, B.g, A[2]]');
run('namespace A { export const x = 1; export let y = x + 1; export function f() { return y } export class C { z = x } y++ } var result = [A.x, A.y, A.f(), new A.C().z]');
run('namespace A.B { export const { c, d: [e] } = { c: 1, d: [2] }; export enum F { g } export namespace H { export const i = c } } var result = [A.B.c, A.B.e, A.B.F, A.B.H.i]');
run('class A { static b = 1 } namespace A { export const c = A.b + 1 } var result = [typeof A, A.c]');
run('function f() { return f.g } namespace f { export const g = 3 } var result = f()');
run('namespace A { export type T = 1 } var result = typeof A');
run('namespace A { namespace B { export const c = 1 } export import D = B } var result = A.D.c');
run('import path = require("path"); var result = path.posix.basename("/a/b")');
run('namespace A { export const b = { c: 4 } } import d = A.b; var result = d.c');
run('class A { constructor(private a = 1, public readonly b?: string, c = a) { this.c = c } c } var result = Object.entries(new A(2, "x"))');
run('class A { a = 0 } class B extends A { e = 1; constructor(protected d: number) { const x = 1; super(); this.f = this.d + x } f } var result = Object.entries(new B(3))');
run('let x = <any>1 + (<number>2); const f = <T>(a: T) => <T>a; var result = [x, f(3)]');
run('function f() { enum A { b } return A } { enum C { d } } var result = [f(), typeof C]');
run('abstract class A { declare a; abstract b(); c? = 1 } class D extends A { b() {} } var result = Object.keys(new D())');
run('declare enum A { b } declare namespace C { const d } var result = typeof A + typeof C');
run('module A { export const b = 1 }');
