//! Entries of Node's own types: what the runtime measures of its own work, while somebody observes it.

use boa_engine::{Context, JsData, JsObject, JsResult, js_string};
use boa_gc::{Finalize, Trace};
use coil_engine::Slot;

use super::{
    entry::{PERFORMANCE_NODE_ENTRY, Record},
    now,
    observer::{enqueue, is_observed},
};

/// What is being measured, on the object it is measured of.
#[derive(Clone, Trace, Finalize, JsData)]
struct Began {
    start: f64,
    detail: JsObject,
}

/// Begins to measure, if entries of this type are observed. `detail` is what is known of it now.
pub(crate) fn begin(object: &JsObject, kind: &str, detail: impl FnOnce(&mut Context) -> JsResult<JsObject>, cx: &mut Context) -> JsResult<()> {
    if !is_observed(kind, cx) {
        return Ok(());
    }
    let detail = detail(cx)?;
    let start = now(cx);
    Slot::set(object, Began { start, detail }, cx).map(drop)
}

/// What was measured is over: `add` completes the detail.
pub(crate) fn end(object: &JsObject, kind: &'static str, name: &str, add: impl FnOnce(&JsObject, &mut Context) -> JsResult<()>, cx: &mut Context) -> JsResult<()> {
    if !is_observed(kind, cx) {
        return Ok(());
    }
    let Some(began) = Slot::<Began>::get(object, cx).map(|began| began.borrow().data().clone()) else { return Ok(()) };
    add(&began.detail, cx)?;
    entry(kind, name, began.start, began.detail.clone(), cx)
}

/// Whether entries of a type are observed.
pub(crate) fn observed(kind: &str, cx: &Context) -> bool {
    is_observed(kind, cx)
}

/// The time of now, in the milliseconds of entries.
pub(crate) fn time(cx: &Context) -> f64 {
    now(cx)
}

/// An entry that began at `start` and ends now.
pub(crate) fn entry(kind: &'static str, name: &str, start: f64, detail: JsObject, cx: &mut Context) -> JsResult<()> {
    let prototype = PERFORMANCE_NODE_ENTRY.prototype(cx)?;
    let record = Record { name: name.to_owned(), kind, start, duration: now(cx) - start, detail: detail.into() };
    let entry = JsObject::from_proto_and_data(prototype, record);
    enqueue(&entry, kind, cx);
    Ok(())
}

/// The `req` of an entry of HTTP.
pub(crate) fn request_detail(method: boa_engine::JsValue, url: boa_engine::JsValue, headers: boa_engine::JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let request = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in [("method", method), ("url", url), ("headers", headers)] {
        request.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    let detail = JsObject::with_object_proto(cx.intrinsics());
    detail.create_data_property_or_throw(js_string!("req"), request, cx)?;
    Ok(detail)
}

/// The `res` of an entry of HTTP.
pub(crate) fn add_response(detail: &JsObject, response: &JsObject, headers: boa_engine::JsValue, cx: &mut Context) -> JsResult<()> {
    let shown = JsObject::with_object_proto(cx.intrinsics());
    for key in ["statusCode", "statusMessage"] {
        let value = response.get(js_string!(key), cx)?;
        shown.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    shown.create_data_property_or_throw(js_string!("headers"), headers, cx)?;
    detail.create_data_property_or_throw(js_string!("res"), shown, cx).map(drop)
}
