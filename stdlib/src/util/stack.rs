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
    capture(&error, above.as_ref(), cx).ok()?;
    let location = error_location(&JsValue::from(error))?;
    Some((location.source_line?, location.column.checked_sub(1)? as usize))
}

/// The frames above the running native function, each on its line, with a line break before the first.
pub(crate) fn frames_text(cx: &mut Context) -> JsResult<String> {
    let holder = JsObject::with_null_proto();
    let above = cx.active_function();
    capture(&holder, above.as_ref(), cx)?;
    let stack = holder.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_lossy();
    Ok(stack.find("\n    at ").map_or_else(String::new, |start| stack[start..].to_owned()))
}
