//! What the patch queue and our own files add to the engine: one module per behaviour.
#![allow(clippy::unwrap_used)]

use boa_engine::{Context, JsValue, Source};

mod bytes;
mod cases;
mod exotic;
mod foreign_bytes;
mod host_constructors;
mod limits;
mod plain;
mod realms;
mod stacks;
mod stops;
mod template;

/// The completion value of a script as a string, or `!` and what it threw.
fn show(source: &str, context: &mut Context) -> String {
    match context.eval(Source::from_bytes(source)) {
        Ok(value) => text(&value, context),
        Err(error) => {
            let thrown = error.into_opaque(context).unwrap_or_else(|error| JsValue::from(boa_engine::js_string!(error.to_string())));
            format!("!{}", text(&thrown, context))
        }
    }
}

fn text(value: &JsValue, context: &mut Context) -> String {
    match value.to_string(context) {
        Ok(text) => text.to_std_string_escaped(),
        Err(_) => "(no string)".to_owned(),
    }
}

/// Every line `source => expected` in a fresh context that `prepare` has furnished.
fn check(prepare: fn(&mut Context), cases: &[(&str, &str)]) {
    let mut wrong = Vec::new();
    for (source, expected) in cases {
        let context = &mut Context::default();
        prepare(context);
        let found = show(source, context);
        if found != *expected {
            wrong.push(format!("{source}\n  expected {expected}\n  found    {found}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
