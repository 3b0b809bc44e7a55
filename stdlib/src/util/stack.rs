//! The stack of errors that the library makes itself.

use boa_engine::{Context, JsObject, JsResult, JsValue, builtins::error::ErrorKind, js_string, stack::error_location};

/// A native error object with this prototype: what `super()` of a class that extends Error makes. It has no message yet.
pub(crate) fn error_object(prototype: JsObject, cx: &mut Context) -> JsObject {
    cx.new_error_object(ErrorKind::Error, prototype)
}

/// `Error.captureStackTrace(object, above)`
pub(crate) fn capture(object: &JsObject, above: Option<&JsObject>, cx: &mut Context) -> JsResult<()> {
    cx.capture_stack_trace(object, above)
}

/// The source line that called the running native function, and the column of the call, counted from 0.
pub(crate) fn caller_line(cx: &mut Context) -> Option<(String, usize)> {
    let prototype = cx.intrinsics().constructors().error().prototype();
    let error = error_object(prototype, cx);
    let above = cx.active_function();
    with_frames(FRAMES_SEARCHED as u32, cx, |cx| capture(&error, above.as_ref(), cx)).ok()?;
    let location = error_location(&JsValue::from(error))?;
    Some((location.source_line?, location.column.checked_sub(1)? as usize))
}

/// Whether the innermost function of a script that runs belongs to a package.
pub(crate) fn called_from_node_modules(cx: &mut Context) -> bool {
    let is_script = |file: &String| !file.is_empty() && !file.starts_with("node:");
    let frames = cx.capture_stack(1, FRAMES_SEARCHED);
    let caller = frames.into_iter().filter(|frame| !frame.is_native && frame.line > 0).find_map(|frame| frame.file.filter(is_script));
    caller.is_some_and(|file| file.split(['/', '\\']).any(|part| part == "node_modules"))
}

/// How far the caller is looked for: between it and a native function stand native functions only.
const FRAMES_SEARCHED: usize = 10;

/// Runs `body` while `Error.stackTraceLimit` is `count`, unless a script made something special of that property.
fn with_frames<T>(count: u32, cx: &mut Context, body: impl FnOnce(&mut Context) -> JsResult<T>) -> JsResult<T> {
    let constructor = cx.intrinsics().constructors().error().constructor();
    let key = js_string!("stackTraceLimit");
    let own = constructor.own_property(&key.clone().into(), cx)?;
    let Some(before) = own.filter(|own| own.writable() == Some(true)).and_then(|own| own.value().cloned()) else { return body(cx) };
    constructor.set(key.clone(), count, false, cx)?;
    let result = body(cx);
    constructor.set(key, before, false, cx)?;
    result
}

/// The frames above the running native function, each on its line, with a line break before the first.
pub(crate) fn frames_text(cx: &mut Context) -> JsResult<String> {
    let holder = JsObject::with_null_proto();
    let above = cx.active_function();
    capture(&holder, above.as_ref(), cx)?;
    let stack = holder.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_lossy();
    Ok(stack.find("\n    at ").map_or_else(String::new, |start| stack[start..].to_owned()))
}
