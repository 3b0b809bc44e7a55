//! A pattern and a subject, divided by the first zero, under all flags, with fuel.
#![no_main]

use boa_engine::{Context, Source, js_string, limits::Meter};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (pattern, subject) = text.split_once('\0').unwrap_or((text, "aaabcd-2024"));
    let context = &mut Context::default();
    let meter = Meter::new();
    meter.set_fuel(Some(100_000));
    let _governs = meter.enter();
    let global = context.global_object();
    let _ = global.set(js_string!("pattern"), js_string!(pattern), false, context);
    let _ = global.set(js_string!("subject"), js_string!(subject), false, context);
    let _ = context.eval(Source::from_bytes("for (const flags of ['', 'i', 'u', 'v', 'gm', 'sy']) try { new RegExp(pattern, flags).exec(subject) } catch {}"));
});
