//! Scripts of a realm that is not the current one.

use boa_engine::{Context, Script, Source};

#[test]
fn a_script_is_bound_to_the_realm_it_was_parsed_for() {
    let cx = &mut Context::default();
    let realm = cx.create_realm().unwrap();
    let mut run = |source: &str| {
        let script = Script::parse(Source::from_bytes(source), Some(realm.clone()), cx).unwrap();
        let value = script.evaluate(cx).unwrap();
        crate::text(&value, cx)
    };
    assert_eq!(run("var x = 1; let y = 2; function f() { return x + y + z } const z = 3; f()"), "6");
    assert_eq!(run("x = 10; (() => eval('x + y + f()'))()"), "27");
    assert_eq!(run("typeof globalThis.x + typeof globalThis.y"), "numberundefined");
    assert_eq!(crate::show("typeof x + typeof y + typeof f", cx), "undefinedundefinedundefined");
}
