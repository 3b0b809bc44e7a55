//! coil as a library: a script with a host function, and its result.
//!
//! `cargo run --example embed`

use coil::{JsValue, Runtime};

fn main() -> Result<(), coil::Error> {
    let mut runtime = Runtime::builder().build()?;
    runtime.function("priceOf", 1, |args, cx| {
        let name = args.first().cloned().unwrap_or_default().to_string(cx)?.to_std_string_escaped();
        Ok(JsValue::from(if name == "apple" { 3 } else { 5 }))
    })?;
    let total = runtime.eval("['apple', 'pear', 'apple'].map(priceOf).reduce((a, b) => a + b)")?;
    println!("total: {}", runtime.show(&total));
    runtime.eval("setTimeout(() => console.log('and the loop turns'), 5)")?;
    runtime.run();
    Ok(())
}
