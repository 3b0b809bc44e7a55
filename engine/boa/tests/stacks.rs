//! The `stack` of errors is V8's: names of frames, positions, limits, CallSite objects. Expected texts are those of Node 25.

use boa_engine::{Context, JsResult, JsValue, NativeFunction, Source, js_string, object::FunctionObjectBuilder, property::Attribute, JsNativeError};
use std::path::Path;

/// Runs `source` as the body of a function called with an object as `this`, as a CommonJS module is; its first line is the test's.
fn run(source: &str, context: &mut Context) -> JsResult<JsValue> {
    let text = format!("(function () {{\n{source}\n}})");
    let function = context.eval(Source::from_bytes(&text).with_path(Path::new("/t.js")))?.as_object().unwrap();
    let this = boa_engine::JsObject::with_object_proto(context.intrinsics());
    function.call(&this.into(), &[], context)
}

/// Every case: a body that returns an error or a text, and the lines of the stack behind the first.
fn check(cases: &[(&str, &[&str])]) {
    let mut wrong = Vec::new();
    for (source, expected) in cases {
        let context = &mut Context::default();
        let found = match run(source, context) {
            Ok(value) => value,
            Err(error) => error.into_opaque(context).unwrap(),
        };
        let stack = match found.as_object() {
            Some(error) => error.get(js_string!("stack"), context).unwrap().to_string(context).unwrap(),
            None => found.to_string(context).unwrap(),
        };
        let stack = stack.to_std_string_escaped();
        let found: Vec<&str> = stack.lines().skip(1).map(|line| line.trim().trim_start_matches("at ")).filter(|line| !line.starts_with("<module>")).collect();
        if found != *expected {
            wrong.push(format!("{source}\n  expected {expected:#?}\n  found    {found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

const TOP: &str = "Object.<anonymous> (/t.js:2:";

#[test]
fn names_of_frames() {
    let top = |column: &str| format!("{TOP}{column})");
    check(&[
        ("return new Error('x')", &[&top("8")]),
        ("throw new TypeError", &[&top("7")]),
        ("return Error('called')", &[&top("8")]),
        ("class A { static s() { return new Error } }\nreturn A.s()", &["A.s (/t.js:2:31)", "Object.<anonymous> (/t.js:3:10)"]),
        ("class A { m() { return new Error } }\nreturn new A().m()", &["A.m (/t.js:2:24)", "Object.<anonymous> (/t.js:3:16)"]),
        ("class A { get g() { return new Error } }\nreturn new A().g", &["get g (/t.js:2:28)", "Object.<anonymous> (/t.js:3:16)"]),
        ("class A { static #p() { return new Error } static q() { return A.#p() } }\nreturn A.q()", &["#p (/t.js:2:32)", "A.q (/t.js:2:68)", "Object.<anonymous> (/t.js:3:10)"]),
        ("const o = { f() { return new Error } }\nreturn o.f()", &["Object.f (/t.js:2:26)", "Object.<anonymous> (/t.js:3:10)"]),
        ("const o = { ['x y']() { return new Error } }\nreturn o['x y']()", &["x y (/t.js:2:32)", "Object.<anonymous> (/t.js:3:16)"]),
        ("function f() { return new Error } const o = { other: f }\nreturn o.other()", &["Object.f [as other] (/t.js:2:23)", "Object.<anonymous> (/t.js:3:10)"]),
        ("function f() { return new Error }\nreturn f()", &["f (/t.js:2:23)", "Object.<anonymous> (/t.js:3:8)"]),
        ("function F() { this.e = new Error }\nreturn new F().e", &["new F (/t.js:2:25)", "Object.<anonymous> (/t.js:3:8)"]),
        ("return new (class { constructor() { this.e = new Error } })().e", &["new <anonymous> (/t.js:2:46)", &top("8")]),
        ("return (() => new Error)()", &["/t.js:2:15", &top("25")]),
        ("function F() { return new Error }\nreturn F.call(5)", &["Number.F (/t.js:2:23)", "Object.<anonymous> (/t.js:3:10)"]),
        ("function F() { return new Error }\nreturn Reflect.apply(F, undefined, [])", &["F (/t.js:2:23)", "Object.<anonymous> (/t.js:3:16)"]),
        ("function F() { return new Error }\nObject.defineProperty(F, 'name', { value: 'renamed' })\nreturn F()", &["renamed (/t.js:2:23)", "Object.<anonymous> (/t.js:4:8)"]),
        ("return [1].map(() => new Error)[0]", &["/t.js:2:22", "Array.map (<anonymous>)", &top("12")]),
        ("let e; 'abc'.replace(/b/, function rep() { e = new Error }); return e", &["rep (/t.js:2:48)", "String.replace (<anonymous>)", &top("14")]),
        ("let e; new Map([[1, 2]]).forEach(() => e = new Error); return e", &["/t.js:2:44", "Map.forEach (<anonymous>)", &top("26")]),
        ("let e; new Promise(() => e = new Error); return e", &["/t.js:2:30", "new Promise (<anonymous>)", &top("8")]),
        ("Object.keys(null)", &["Object.keys (<anonymous>)", &top("8")]),
        ("null.foo", &[&top("6")]),
        ("return eval('new Error')", &["eval (eval at <anonymous> (/t.js:2:8), <anonymous>:1:1)", &top("8")]),
        ("return (0, eval)('function ev() { return new Error }\\nev()')", &["ev (eval at <anonymous> (/t.js:2:17), <anonymous>:1:24)", "eval (eval at <anonymous> (/t.js:2:17), <anonymous>:2:1)", "eval (<anonymous>)", &top("17")]),
        ("let e; class A { static { e = new Error } } return e.stack.split('\\n').slice(0, 2).join('\\n')", &["<static_initializer> (/t.js:2:31)"]),
    ]);
}

#[test]
fn subclasses_begin_at_the_construction() {
    check(&[
        ("class B extends Error { constructor() { super('b') } } class C extends B {}\nfunction mk() { return new C }\nreturn mk()", &["mk (/t.js:3:24)", "Object.<anonymous> (/t.js:4:8)"]),
        ("return Reflect.construct(Error, ['r'], class Foo {})", &[]),
        ("function W() { Error.captureStackTrace(this, W) }\nfunction w2() { return new W }\nreturn w2()", &["w2 (/t.js:3:24)", "Object.<anonymous> (/t.js:4:8)"]),
        ("const o = {}; Error.captureStackTrace(o); return o", &[&format!("{TOP}21)")]),
    ]);
}

#[test]
fn the_property() {
    let context = &mut Context::default();
    let mut show = |source: &str| match run(source, context) {
        Ok(value) => value.to_string(context).unwrap().to_std_string_escaped(),
        Err(error) => format!("!{}", error.into_opaque(context).unwrap().to_string(context).unwrap().to_std_string_escaped()),
    };
    assert_eq!(show("return Object.getOwnPropertyNames(new Error('c', { cause: 1 })).join()"), "stack,message,cause");
    assert_eq!(show("return Object.getOwnPropertyNames(new AggregateError([], 'x')).join()"), "stack,message,errors");
    assert_eq!(show("const d = Object.getOwnPropertyDescriptor(new Error, 'stack'); return [d.enumerable, d.configurable, d.get === Object.getOwnPropertyDescriptor(new TypeError, 'stack').get].join()"), "false,true,true");
    assert_eq!(show("const e = new Error('a'); e.message = 'b'; e.name = 'N'; return e.stack.split('\\n')[0]"), "N: b");
    assert_eq!(show("const e = new Error('a'); e.stack; e.message = 'b'; return e.stack.split('\\n')[0]"), "Error: a");
    assert_eq!(show("const e = new Error('a'); e.stack = 5; return e.stack"), "5");
    assert_eq!(show("const e = Object.create(new Error('p')); const first = e.stack.split('\\n')[0]; e.stack = 5; return [first, Object.getOwnPropertyNames(e).length, Object.getPrototypeOf(e).stack].join()"), "Error: p,0,5");
    assert_eq!(show("const o = { name: 'NN', message: 'mm' }; Error.captureStackTrace(o); return o.stack.split('\\n')[0]"), "NN: mm");
    assert_eq!(show("Error.captureStackTrace(Object.freeze({}))"), "!TypeError: Cannot define property stack, object is not extensible");
    assert_eq!(show("Error.stackTraceLimit = 0; return JSON.stringify(new Error('z').stack)"), "\"Error: z\"");
    assert_eq!(show("Error.stackTraceLimit = 'a'; return new Error('z').stack"), "undefined");
    assert_eq!(show("Error.stackTraceLimit = 2; function r(n) { return n ? r(n - 1) : new Error }; return r(9).stack.split('\\n').length"), "3");
    assert_eq!(show("return new Error('x', { get cause() { return 1 } }) instanceof Error && Error.prototype.hasOwnProperty('stack')"), "false");
    assert_eq!(show("class E extends Error { get message() { throw new Error('m') } } return new E().stack.split('\\n')[0]"), "<error: Error: m>");
}

#[test]
fn prepare_stack_trace() {
    let context = &mut Context::default();
    let mut show = |source: &str| run(source, context).unwrap().to_string(context).unwrap().to_std_string_escaped();
    assert_eq!(show("Error.prepareStackTrace = (e, t) => [e.message, t.length, t[0]].join(); const s = new Error('p').stack; Error.prepareStackTrace = undefined; return s"), "p,1,Object.<anonymous> (/t.js:2:83)");
    assert_eq!(
        show(
            "Error.prepareStackTrace = (e, t) => { const s = t[0]; return [s.getFileName(), s.getLineNumber(), s.getColumnNumber(), s.getFunctionName(), s.getTypeName(), s.getMethodName(), typeof s.getThis(), typeof s.getFunction(), s.isNative(), s.isToplevel(), s.isConstructor(), s.isEval(), s.isAsync(), s.isPromiseAll(), s.getPromiseIndex(), s.getEvalOrigin(), s.getScriptNameOrSourceURL(), s.getEnclosingLineNumber(), s.getEnclosingColumnNumber(), s.constructor.name].join() };
             const o = { Foo() { return new Error('q') } }; const s = o.Foo().stack; delete Error.prepareStackTrace; return s"
        ),
        "/t.js,3,41,Foo,Object,Foo,object,function,false,false,false,false,false,false,,,/t.js,3,26,CallSite"
    );
    assert_eq!(show("Error.prepareStackTrace = () => { throw 5 }; try { new Error().stack } catch (e) { return e } finally { delete Error.prepareStackTrace }"), "5");
}

#[test]
fn positions() {
    let top = |column: &str| format!("{TOP}{column})");
    check(&[
        ("let u; u.x = 1", &[&top("12")]),
        ("let u; u.x.y", &[&top("10")]),
        ("let u; u['x']", &[&top("9")]),
        ("let u; u()", &[&top("8")]),
        ("let u = {}; u.m()", &[&top("15")]),
        ("let u = {}; u.catch()", &[&top("20")]),
        ("let u = {}; u.m.n()", &[&top("17")]),
        ("let u; new u()", &[&top("8")]),
        ("const c = 1; c = 2", &[&top("16")]),
        ("nope", &[&top("1")]),
        ("for (const x of 5) ;", &[&top("17")]),
        ("[1, ...5]", &[&top("8")]),
        ("let u; const { a } = u", &[&top("16")]),
        ("1n + 5", &[&top("4")]),
        ("let f = () => ({}); f().x.y", &[&top("26")]),
        ("let o = {}; o?.x.y", &[&top("17")]),
    ]);
}

/// A generator has a stack of its own; the frames below it are on another.
#[test]
fn through_generators() {
    check(&[
        ("const g = (function* () { g.next() })(); g.next()", &["Generator.next (<anonymous>)", "/t.js:2:29", "Generator.next (<anonymous>)", "Object.<anonymous> (/t.js:2:44)"]),
        ("const o = { *m() { yield* o.n() }, *n() { yield new Error } }\nreturn o.m().next().value", &["Object.n (/t.js:2:49)", "n.next (<anonymous>)", "Object.m (/t.js:2:29)", "m.next (<anonymous>)", "Object.<anonymous> (/t.js:3:14)"]),
    ]);
}

#[test]
fn of_rust() {
    fn fails(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
        Err(JsNativeError::typ().with_message("no").into())
    }
    let context = &mut Context::default();
    let shown = FunctionObjectBuilder::new(context.realm(), NativeFunction::from_fn_ptr(fails)).name(js_string!("read")).location("node:fs").build();
    let hidden = FunctionObjectBuilder::new(context.realm(), NativeFunction::from_fn_ptr(fails)).name(js_string!("hidden")).hidden().build();
    let frames = FunctionObjectBuilder::new(
        context.realm(),
        NativeFunction::from_fn_ptr(|_, _, context| {
            let text: Vec<_> = context.capture_stack(1, 10).into_iter().map(|frame| format!("{} {:?} {}:{} {}", frame.function, frame.file, frame.line, frame.column, frame.text)).collect();
            Ok(js_string!(text.join("|")).into())
        }),
    )
    .name(js_string!("frames"))
    .build();
    for (name, function) in [("read", shown), ("hidden", hidden), ("frames", frames)] {
        context.register_global_property(js_string!(name), function, Attribute::all()).unwrap();
    }
    let mut show = |source: &str| run(source, context).unwrap().to_string(context).unwrap().to_std_string_escaped();
    assert_eq!(show("try { ({ read }).read() } catch (e) { return e.stack.split('\\n').slice(1, 3).join() }"), "    at Object.read (node:fs),    at Object.<anonymous> (/t.js:2:18)");
    assert_eq!(show("try { hidden() } catch (e) { return e.stack.split('\\n').length }"), "2");
    assert_eq!(show("return frames()"), " Some(\"/t.js\") 2:8 Object.<anonymous> (/t.js:2:8)");
}

#[test]
fn place_of_a_throw() {
    let context = &mut Context::default();
    let place = |source: &str, context: &mut Context| {
        let place = run(source, context).unwrap_err().throw_location().unwrap();
        format!("{}:{}:{} {}", place.file.unwrap(), place.line, place.column, place.source_line.unwrap())
    };
    assert_eq!(place("throw 1", context), "/t.js:2:1 throw 1");
    assert_eq!(place("  throw new Error('x')", context), "/t.js:2:3   throw new Error('x')");
    assert_eq!(place("let u\nu.x", context), "/t.js:3:3 u.x");
    // An iterator that is closed and a `finally` on the way out do not count as throwing it again; a `catch` that throws does.
    assert_eq!(place("for (const x of [1]) {\nthrow 2 }", context), "/t.js:3:1 throw 2 }");
    assert_eq!(place("try {\nthrow 2 } finally {\n1 }", context), "/t.js:3:1 throw 2 } finally {");
    assert_eq!(place("try {\nthrow 2 } catch (e) {\nthrow e }", context), "/t.js:4:1 throw e }");
    assert_eq!(place("[1].forEach(() => {\nthrow 3 })", context), "/t.js:3:1 throw 3 })");
}
