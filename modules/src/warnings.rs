//! Warnings of the module system: through `process.emitWarning`, each at most once where Node says so.

use std::cell::RefCell;

use boa_engine::{Context, JsResult, JsValue, js_string};
use coil_engine::Host;

/// What was warned of once.
#[derive(Default)]
struct Told(RefCell<Vec<String>>);

/// Whether this is the first time.
fn first(key: &str, cx: &Context) -> bool {
    let told = Host::of(cx).state::<Told>();
    let mut told = told.0.borrow_mut();
    let new = !told.iter().any(|known| known == key);
    if new {
        told.push(key.to_owned());
    }
    new
}

/// `process.emitWarning(message[, kind[, code]])`
pub(crate) fn emit(message: &str, kind: Option<&str>, code: Option<&str>, cx: &mut Context) -> JsResult<()> {
    let process = cx.global_object().get(js_string!("process"), cx)?;
    let Some(process) = process.as_object() else { return Ok(()) };
    let emit = process.get(js_string!("emitWarning"), cx)?;
    let Some(emit) = emit.as_callable() else { return Ok(()) };
    let mut args: Vec<JsValue> = vec![js_string!(message).into()];
    args.extend([kind, code].into_iter().flatten().map(|text| JsValue::from(js_string!(text))));
    emit.call(&process.into(), &args, cx).map(drop)
}

/// A deprecation, told once by its code.
pub(crate) fn deprecated_once(message: &str, code: &str, cx: &mut Context) -> JsResult<()> {
    if first(code, cx) { emit(message, Some("DeprecationWarning"), Some(code), cx) } else { Ok(()) }
}

/// A deprecation, told once for each `key`.
pub(crate) fn deprecated_for(key: &str, message: &str, code: &str, cx: &mut Context) -> JsResult<()> {
    if first(&format!("{code}\0{key}"), cx) { emit(message, Some("DeprecationWarning"), Some(code), cx) } else { Ok(()) }
}

/// An experimental feature, told once by its text.
pub(crate) fn experimental_once(message: &str, cx: &mut Context) -> JsResult<()> {
    if first(message, cx) { emit(message, Some("ExperimentalWarning"), None, cx) } else { Ok(()) }
}
