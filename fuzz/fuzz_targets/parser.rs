//! Any text as a script, with fuel: no panic, no abort.
#![no_main]

use boa_engine::{Context, Source, limits::Meter};

libfuzzer_sys::fuzz_target!(|text: &[u8]| {
    let context = &mut Context::default();
    let meter = Meter::new();
    meter.set_fuel(Some(100_000));
    let _governs = meter.enter();
    // Errors are as good as values.
    let _ = context.eval(Source::from_bytes(text));
    let _ = context.run_jobs();
});
