//! Runs a script on the bare engine, with `print`, `cpu` (milliseconds of this thread), `gc` and `args`:
//!
//! `cargo run -p coil-boa --example run -- program.js arguments`, or `-e 'source'`, which prints the completion value.

use std::process::ExitCode;

use boa_engine::{
    Context, JsResult, JsValue, NativeFunction, Source, js_string,
    object::{ObjectInitializer, builtins::JsArray},
    property::Attribute,
};

fn main() -> ExitCode {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run);
    match thread.map(std::thread::JoinHandle::join) {
        Ok(Ok(true)) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn run() -> bool {
    let mut args = std::env::args().skip(1);
    let file = args.next().unwrap_or_default();
    let is_source = file == "-e";
    let source = if is_source { args.next().unwrap_or_default().into_bytes() } else { std::fs::read(&file).unwrap_or_default() };

    let mut cx = Context::default();
    cx.runtime_limits_mut().set_recursion_limit(20_000);
    cx.runtime_limits_mut().set_stack_size_limit(10_000_000);
    let outcome = furnish(args.collect(), &mut cx).and_then(|()| cx.eval(Source::from_bytes(&source)));
    let outcome = outcome.and_then(|value| cx.run_jobs().map(|()| value));
    match outcome {
        Ok(value) if is_source => println!("{}", value.display()),
        Ok(_) => {}
        Err(thrown) => {
            eprintln!("Uncaught {thrown}");
            return false;
        }
    }
    true
}

fn furnish(args: Vec<String>, cx: &mut Context) -> JsResult<()> {
    cx.register_global_callable(js_string!("print"), 1, NativeFunction::from_fn_ptr(print))?;
    cx.register_global_callable(js_string!("cpu"), 0, NativeFunction::from_fn_ptr(cpu))?;
    cx.register_global_callable(js_string!("gc"), 0, NativeFunction::from_fn_ptr(collect))?;
    let log = NativeFunction::from_fn_ptr(print);
    let console = ObjectInitializer::new(cx).function(log.clone(), js_string!("log"), 1).function(log, js_string!("error"), 1).build();
    cx.register_global_property(js_string!("console"), console, Attribute::all())?;
    let args = JsArray::from_iter(args.into_iter().map(|arg| js_string!(arg).into()), cx);
    cx.register_global_property(js_string!("args"), args, Attribute::all())
}

fn print(_: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let words = args.iter().map(|arg| Ok(arg.to_string(cx)?.to_std_string_lossy())).collect::<JsResult<Vec<_>>>()?;
    println!("{}", words.join(" "));
    Ok(JsValue::undefined())
}

/// What this thread has used; wall time where the system does not say.
fn cpu(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let used = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let used = used.and_then(|used| used.split_whitespace().next()?.parse::<f64>().ok());
    let wall = || std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |wall| wall.as_nanos() as f64);
    Ok((used.unwrap_or_else(wall) / 1e6).into())
}

fn collect(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    boa_engine::gc::force_collect();
    Ok(JsValue::undefined())
}
