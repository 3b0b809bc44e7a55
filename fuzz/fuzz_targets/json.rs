//! Any text as JSON; what it parses to survives being written and read again.
#![no_main]

use boa_engine::{Context, Source, js_string};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let context = &mut Context::default();
    let global = context.global_object();
    let _ = global.set(js_string!("text"), js_string!(text), false, context);
    let same = context.eval(Source::from_bytes(
        "let v, ok = true; try { v = JSON.stringify(JSON.parse(text)); ok = JSON.stringify(JSON.parse(v)) === v } catch (e) { ok = e instanceof SyntaxError } ok",
    ));
    assert!(same.is_ok_and(|same| same.to_boolean()));
});
