//! Warnings of the module system: through `process.emitWarning`, each at most once where Node says so.

use std::cell::RefCell;

use boa_engine::{Context, JsResult, JsValue, js_string};
use coil_engine::Host;

use crate::{cjs, package::Slash};

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

/// A warning that is shown before anything else happens.
pub(crate) fn emit_now(message: &str, cx: &mut Context) -> JsResult<()> {
    let warn = Host::of(cx).state::<coil_engine::launch::Launch>().warn_now.get();
    warn.map_or(Ok(()), |warn| warn(message, cx))
}

/// A warning with a code, told once for each `key`.
pub(crate) fn once_for(key: &str, message: &str, kind: &str, code: &str, cx: &mut Context) -> JsResult<()> {
    if first(&format!("{code}\0{key}"), cx) { emit(message, Some(kind), Some(code), cx) } else { Ok(()) }
}

/// A deprecation, told once by its code.
pub(crate) fn deprecated_once(message: &str, code: &str, cx: &mut Context) -> JsResult<()> {
    if first(code, cx) { emit(message, Some("DeprecationWarning"), Some(code), cx) } else { Ok(()) }
}

/// A deprecation, told once for each `key`.
pub(crate) fn deprecated_for(key: &str, message: &str, code: &str, cx: &mut Context) -> JsResult<()> {
    once_for(key, message, "DeprecationWarning", code, cx)
}

/// An experimental feature, told once by its text.
pub(crate) fn experimental_once(message: &str, cx: &mut Context) -> JsResult<()> {
    if first(message, cx) { emit(message, Some("ExperimentalWarning"), None, cx) } else { Ok(()) }
}

/// DEP0166 and DEP0155: what the resolution of now met in the tables of packages. `base` is the file that asked, where Node names it.
pub(crate) fn slashes(base: Option<&str>, cx: &mut Context) -> JsResult<()> {
    let met = Host::of(cx).state::<cjs::State>().resolver.slashes.take();
    let from = base.map(|base| format!(" imported from {base}")).unwrap_or_default();
    for slash in met {
        match slash {
            Slash::Segment { target, request, matched, double, internal, manifest } => {
                let what = if double { "double slash" } else { "leading or trailing slash matching" };
                let by = if request == matched { String::new() } else { format!("matched to \"{matched}\" ") };
                let table = if internal { "imports" } else { "exports" };
                let message =
                    format!("Use of deprecated {what} resolving \"{target}\" for module request \"{request}\" {by}in the \"{table}\" field module resolution of the package at {manifest}{from}.");
                emit(&message, Some("DeprecationWarning"), Some("DEP0166"), cx)?;
            }
            Slash::Trailing { request, manifest } => {
                let message = format!(
                    "Use of deprecated trailing slash pattern mapping \"{request}\" in the \"exports\" field module resolution of the package at {manifest}{from}. Mapping specifiers ending in \"/\" is no longer \
                     supported."
                );
                deprecated_for(&format!("{manifest}|{request}"), &message, "DEP0155", cx)?;
            }
        }
    }
    Ok(())
}
