//! The module of `--test-global-setup` and `globalSetupPath`: what it exports runs before the first test of a run, and after the last.

use boa_engine::{Context, JsResult, JsValue, js_string, object::builtins::JsFunction};
use coil_engine::{Host, op::thrown_value};

use crate::{
    coroutine::{Co, run},
    events, process,
};

/// Loads the module and runs its `globalSetup`; gives its `globalTeardown`.
pub(super) async fn set_up(co: &Co, path: &str) -> JsResult<Option<JsFunction>> {
    let path = path.to_owned();
    let loading = run!(
        co,
        [] | cx | {
            let path = crate::path::absolute(&Host::of(cx).cwd(), &path);
            super::load_module(&path, cx)
        }
    )?;
    let module = co.wait(loading).await?;
    let (set_up, tear_down) = run!(co, [module] | cx | Ok::<_, boa_engine::JsError>((export(&module, "globalSetup", cx)?, export(&module, "globalTeardown", cx)?)))?;
    call(co, set_up).await?;
    Ok(tear_down)
}

/// Runs one of the module's functions to its end.
pub(super) async fn call(co: &Co, function: Option<JsFunction>) -> JsResult<()> {
    let Some(function) = function else { return Ok(()) };
    let called = run!(co, [] | cx | function.call(&JsValue::undefined(), &[], cx))?;
    co.wait(called).await.map(drop)
}

/// A function that the module exports, by name or of its default export.
fn export(module: &JsValue, name: &'static str, cx: &mut Context) -> JsResult<Option<JsFunction>> {
    let Some(module) = module.as_object() else { return Ok(None) };
    let found = module.get(js_string!(name), cx)?;
    if let Some(function) = found.as_function() {
        return Ok(Some(function));
    }
    match module.get(js_string!("default"), cx)?.as_object() {
        Some(default) => Ok(default.get(js_string!(name), cx)?.as_function()),
        None => Ok(None),
    }
}

/// A setup that failed ends the process: no test can count on it.
pub(super) fn give_up(error: boa_engine::JsError, cx: &mut Context) -> JsResult<()> {
    if error.as_engine().is_some() {
        return Err(error);
    }
    let error = thrown_value(error, cx);
    process::report_error(&error, cx);
    let process = process::object(cx)?;
    events::method(&process, "exit", &[BROKEN_RUN.into()], cx).map(drop)
}

/// Node's status of a program whose own handler of errors throws.
const BROKEN_RUN: i32 = 7;
