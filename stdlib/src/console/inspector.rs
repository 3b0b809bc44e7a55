//! What only speaks to an inspector.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue};
use coil_engine::{
    errors,
    table::{self, Export},
};

/// A method without effect while no inspector is attached.
pub(super) fn nothing(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

/// `console.context(name)`
pub(super) fn context(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let context = JsObject::with_object_proto(cx.intrinsics());
    table::define_all(&context, CONTEXT, true, cx)?;
    Ok(context.into())
}

/// `console.createTask(name)`: its `run` calls the function it is given.
pub(super) fn create_task(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).as_string().is_none_or(|name| name.is_empty()) {
        return Err(errors::plain(errors::Base::Error, "First argument must be a non-empty string."));
    }
    let task = JsObject::with_object_proto(cx.intrinsics());
    table::define_all(&task, TASK, true, cx)?;
    Ok(task.into())
}

fn run(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match args.get_or_undefined(0).as_callable() {
        Some(function) => function.call(&JsValue::undefined(), &[], cx),
        None => Err(errors::plain(errors::Base::Error, "First argument must be a function.")),
    }
}

static TASK: &[Export] = &[Export::function("run", 0, run)];

static CONTEXT: &[Export] = &[
    Export::function("dir", 0, nothing),
    Export::function("dirXml", 0, nothing),
    Export::function("table", 0, nothing),
    Export::function("groupEnd", 0, nothing),
    Export::function("clear", 0, nothing),
    Export::function("count", 0, nothing),
    Export::function("countReset", 0, nothing),
    Export::function("profile", 0, nothing).method(),
    Export::function("profileEnd", 0, nothing).method(),
    Export::function("debug", 0, nothing),
    Export::function("error", 0, nothing),
    Export::function("info", 0, nothing),
    Export::function("log", 0, nothing),
    Export::function("warn", 0, nothing),
    Export::function("trace", 0, nothing),
    Export::function("group", 0, nothing),
    Export::function("groupCollapsed", 0, nothing),
    Export::function("assert", 0, nothing),
    Export::function("time", 0, nothing),
    Export::function("timeLog", 0, nothing),
    Export::function("timeEnd", 0, nothing),
    Export::function("timeStamp", 0, nothing).method(),
];
