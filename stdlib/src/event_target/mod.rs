//! EventTarget.

use boa_engine::{Context, JsObject, JsResult, JsValue};

/// Whether an object is an EventTarget.
pub(crate) fn is_event_target(_object: &JsObject, _cx: &mut Context) -> JsResult<bool> {
    Ok(false)
}

/// The listeners of a type on an EventTarget; `None` for any other object.
pub(crate) fn listeners(_target: &JsObject, _kind: &JsValue, _cx: &mut Context) -> JsResult<Option<Vec<JsValue>>> {
    Ok(None)
}

/// Options of a listener that runs once, even where another listener stopped the event.
pub(crate) fn once_unstoppable(_cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}
