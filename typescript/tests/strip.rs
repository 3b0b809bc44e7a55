//! What is stripped, and how: each pair is a source and what Node 25.8.1 makes of it.

use coil_typescript::{StripErrorKind, strip};

#[test]
fn types_become_spaces() {
    for (source, expected) in [
        ("let a: number = 1", "let a         = 1"),
        ("let x = <T>(y)=>3;", "let x =    (y)=>3;"),
        ("a<b>(c); new A<B>(d); new A<B>; f<T>`x`; let g=a<b>;", "a   (c); new A   (d); new A   ; f   `x`; let g=a   ;"),
        ("x?.y!.z; x!?.y; (x as any)!; x! = 3; [a as any] = b; ({a: b!} = c)", "x?.y .z; x ?.y; (x       ) ; x  = 3; [a       ] = b; ({a: b } = c)"),
        ("try{}catch(e: unknown){}", "try{}catch(e         ){}"),
        ("let {a, b}: {a:1} = c; function f({a}?: any, [b]?: any, c?){}", "let {a, b}        = c; function f({a}      , [b]      , c ){}"),
        ("function f(this: A, b){}", "function f(         b){}"),
        ("({get a(/* c */):b {}, set b(this:A, c){}})", "({get a(       )   {}, set b(        c){}})"),
        ("let a: \"é漢😀\" = 1", "let a\u{20}\u{20}\u{20}\u{a0}\u{2002} \u{feff}  = 1"),
    ] {
        assert_eq!(strip(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn declarations_without_values_go() {
    for (source, expected) in [
        ("export type {x}; import type {y} from 'z';", "                                          "),
        ("import {type z, w} from 'q'; import {type z} from 'q'", "import {        w} from 'q'; import {      } from 'q'"),
        ("namespace A{export type b=1}", "                            "),
        ("function f(): void\nfunction f(a?){}", "                  \nfunction f(a ){}"),
        ("declare class C{}; let a", "                 ; let a"),
        ("export default abstract class A{}", "export default          class A{}"),
        ("class A { constructor(); constructor(a?){} }", "class A {                constructor(a ){} }"),
        ("abstract class A{abstract b; abstract c(): void; d(x?){}}", "         class A{                                d(x ){}}"),
    ] {
        assert_eq!(strip(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn what_types_kept_apart_stays_apart() {
    for (source, expected) in [
        ("let a = b as any\n(c)", "let a = b ;     \n(c)"),
        ("let a\ntype A = 3\n(c)", "let a\n;         \n(c)"),
        ("let a;;type A = 1\n(b)", "let a;;          \n(b)"),
        ("let a\ninterface B{}\n/a/g.test(x)", "let a\n;            \n/a/g.test(x)"),
        ("let a\ninterface B{}\n++c", "let a\n             \n++c"),
        ("const f = (a):\nT =>3", "const f = (a  \n) =>3"),
        ("let f = async <\nT>(x)=>1", "let f = async (\n   x)=>1"),
        ("function* f(){ yield <T>\n(x)=>1 }", "function* f(){ yield (  \n x)=>1 }"),
        ("class A {\n  private *gen(){}\n  public [x] = 1\n  public in = 3\n}", "class A {\n  ;       *gen(){}\n  ;      [x] = 1\n  ;      in = 3\n}"),
        ("class A { get: number\n set?: string\n static!: x }", "class A { get;       \n set ;       \n static ;   }"),
    ] {
        assert_eq!(strip(source).as_deref(), Ok(expected), "{source}");
    }
}

#[test]
fn what_has_a_meaning_at_run_time_is_refused() {
    for (source, message) in [
        ("enum A{b}", "TypeScript enum is not supported in strip-only mode"),
        ("class A{constructor(private a){}}", "TypeScript parameter property is not supported in strip-only mode"),
        ("import x=require('y')", "TypeScript import equals declaration is not supported in strip-only mode"),
        ("export = 3", "TypeScript export assignment is not supported in strip-only mode"),
        ("namespace A{export const b=1}", "TypeScript namespace declaration is not supported in strip-only mode"),
        ("declare module A {}", "`module` keyword is not supported. Use `namespace` instead."),
    ] {
        let error = strip(source).expect_err("it is refused");
        assert_eq!((error.kind, error.message.as_str()), (StripErrorKind::UnsupportedSyntax, message), "{source}");
    }
    assert_eq!(strip("let a: = 3").expect_err("it is refused").kind, StripErrorKind::InvalidSyntax);
    assert_eq!(strip("function foo(){ await 1 }").expect_err("it is refused").message, "await isn't allowed in non-async function");
}

#[test]
fn nesting_never_overflows_the_stack() {
    for (open, close) in [("(", ")"), ("[", "]"), ("((a)=>(", "))"), ("`${", "}`"), ("!", ""), ("a?", ":b"), ("if(a)", ";"), ("class{a=", "}"), ("1+", "")] {
        for levels in [900, 5_000, 120_000] {
            let source = format!("x={}1{}", open.repeat(levels), close.repeat(levels));
            let _ = strip(&source);
        }
    }
    let types = format!("type X={}a{}", "Array<".repeat(120_000), ">".repeat(120_000));
    let _ = strip(&types);
}
