//! Clients: `ClientRequest`, `Agent`, and the parser on a client's socket.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::Host;

use crate::events;

pub(super) mod agent;
pub(super) mod request;
mod response;

/// `http.request`
pub(super) fn request(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(request::CLIENT_REQUEST.construct(args, cx)?.into())
}

/// `http.get`
pub(super) fn get(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = request::CLIENT_REQUEST.construct(&[args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone()], cx)?;
    events::method(&request, "end", &[], cx)?;
    Ok(request.into())
}

/// `object[key]`
fn field(object: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let key = Host::of(cx).intern(key);
    object.get(key, cx)
}

/// `object[key]`, where it is an object.
fn object_field(object: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<Option<JsObject>> {
    field(object, key, cx).map(|value| value.as_object())
}

/// `Boolean(object[key])`
fn flag(object: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<bool> {
    field(object, key, cx).map(|value| value.to_boolean())
}

/// `object[key] = value`
fn set(object: &JsObject, key: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
    let key = Host::of(cx).intern(key);
    object.set(key, value, true, cx).map(drop)
}

/// `{ ...first, ...second }`
fn merged(first: Option<&JsObject>, second: Option<&JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let copy = JsObject::shared_null(cx);
    for source in [first, second].into_iter().flatten() {
        for (key, value) in super::own_entries(source, cx)? {
            copy.create_data_property_or_throw(key, value, cx)?;
        }
    }
    Ok(copy)
}

/// A socket and a request are no longer each other's.
fn emit_free(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    events::emit(socket, js_string!("free"), &[], cx).map(drop)
}
