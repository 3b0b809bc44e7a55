//! Properties of objects by names that stand in the text.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::Host;

/// `object[key]`
pub fn field(object: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let key = Host::of(cx).intern(key);
    object.get(key, cx)
}

/// `object?.[key]`
pub fn option(object: Option<&JsObject>, key: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    object.map_or_else(|| Ok(JsValue::undefined()), |object| field(object, key, cx))
}

/// `Boolean(object[key])`
pub fn flag(object: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<bool> {
    field(object, key, cx).map(|value| value.to_boolean())
}

/// `object[key] = value`
pub fn set(object: &JsObject, key: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    let key = Host::of(cx).intern(key);
    object.set(key, value, true, cx).map(drop)
}

/// Defines an own property of an object that is being made.
pub fn put(object: &JsObject, key: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    let key = Host::of(cx).intern(key);
    object.create_data_property_or_throw(key, value, cx).map(drop)
}

/// `{ ...object }`
pub fn copy(object: Option<&JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let made = JsObject::with_object_proto(cx.intrinsics());
    if let Some(object) = object {
        for (key, value) in crate::http::own_entries(object, cx)? {
            made.create_data_property_or_throw(key, value, cx)?;
        }
    }
    Ok(made)
}

/// `emitter.emit(event, ...args)` in the next tick.
pub fn emit_later(emitter: &JsObject, event: &'static str, args: Vec<JsValue>, cx: &Context) {
    let emitter = emitter.clone();
    Host::of(cx).next_tick_native(move |cx| {
        let event = Host::of(cx).intern(event);
        crate::events::emit(&emitter, event, &args, cx).map(drop)
    });
}

/// `process.emitWarning(message, kind, code)`, the first time this message comes up.
pub fn warn_once(message: &'static str, kind: &'static str, code: Option<&'static str>, cx: &mut Context) -> JsResult<()> {
    let warned = Host::of(cx).state::<Warned>();
    if warned.0.borrow().contains(&message) {
        return Ok(());
    }
    warned.0.borrow_mut().push(message);
    let Some(process) = cx.global_object().get(js_string!("process"), cx)?.as_object() else { return Ok(()) };
    let code = code.map_or_else(JsValue::undefined, |code| js_string!(code).into());
    crate::events::method(&process, "emitWarning", &[js_string!(message).into(), js_string!(kind).into(), code], cx).map(drop)
}

/// What was warned of.
#[derive(Default)]
struct Warned(std::cell::RefCell<Vec<&'static str>>);
