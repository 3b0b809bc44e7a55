//! `request.socket`: the stream, where it can stand for the socket, and else the session's socket.

use boa_engine::{
    Context, Finalize, JsData, JsObject, JsResult, JsValue, Trace, js_string,
    object::builtins::{JsFunction, JsProxy},
};
use coil_engine::validate;

use super::{link, request_of};
use crate::http2::{
    errors,
    object::{field, flag},
    stream as http2_stream,
};

#[derive(Trace, Finalize, JsData)]
struct Target {
    stream: JsObject,
}

/// Properties that are the stream's.
const OF_STREAM: [&str; 8] = ["on", "once", "end", "emit", "destroy", "writable", "readable", "destroyed"];
const FORBIDDEN: [&str; 4] = ["write", "read", "pause", "resume"];

/// The socket of a stream, the same each time.
pub(super) fn of(stream: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let link = link(stream, cx)?;
    let known = link.borrow().data().socket.borrow().clone();
    if let Some(known) = known {
        return Ok(known.into());
    }
    let target = JsObject::from_proto_and_data(None, Target { stream: stream.clone() });
    let made: JsObject = JsProxy::builder(target).get(get).set(set).has(has).get_prototype_of(prototype).build(cx)?.into();
    *link.borrow().data().socket.borrow_mut() = Some(made.clone());
    Ok(made.into())
}

fn stream_of(target: &JsValue) -> Option<JsObject> {
    target.as_object().and_then(|target| target.downcast_ref::<Target>().map(|target| target.stream.clone()))
}

/// The session's object and socket, while there are any.
fn session_of(stream: &JsObject, cx: &mut Context) -> Option<(JsObject, Option<JsObject>)> {
    let session = http2_stream::find(stream, cx)?.session()?;
    Some((session.object()?, session.socket()))
}

/// The socket, or the stream where it is gone.
fn reference(stream: &JsObject, cx: &mut Context) -> JsObject {
    match session_of(stream, cx) {
        Some((_, Some(socket))) => socket,
        _ => stream.clone(),
    }
}

fn bound(object: &JsObject, value: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(function) = value.as_function() else { return Ok(value) };
    let bind: JsFunction = validate::function(&function.get(js_string!("bind"), cx)?, "bind", cx)?;
    bind.call(&function.into(), &[object.clone().into()], cx)
}

fn get(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [target, key, ..] = args else { return Ok(JsValue::undefined()) };
    let Some(stream) = stream_of(target) else { return Ok(JsValue::undefined()) };
    let name = key.as_string().map(|key| key.to_std_string_escaped()).unwrap_or_default();
    let property = key.to_property_key(cx)?;
    match name.as_str() {
        "readable" => {
            if flag(&stream, "destroyed", cx)? {
                return Ok(false.into());
            }
            let from = request_of(&stream, cx).unwrap_or(stream);
            field(&from, "readable", cx)
        }
        "setTimeout" => {
            let from = session_of(&stream, cx).map_or(stream, |(session, _)| session);
            let value = from.get(property, cx)?;
            bound(&from, value, cx)
        }
        name if OF_STREAM.contains(&name) => {
            let value = stream.get(property, cx)?;
            bound(&stream, value, cx)
        }
        name if FORBIDDEN.contains(&name) => Err(errors::fixed("ERR_HTTP2_NO_SOCKET_MANIPULATION", cx)),
        _ => {
            let from = reference(&stream, cx);
            let value = from.get(property, cx)?;
            bound(&from, value, cx)
        }
    }
}

fn set(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [target, key, value, ..] = args else { return Ok(false.into()) };
    let Some(stream) = stream_of(target) else { return Ok(false.into()) };
    let name = key.as_string().map(|key| key.to_std_string_escaped()).unwrap_or_default();
    let property = key.to_property_key(cx)?;
    let to = match name.as_str() {
        "setTimeout" => session_of(&stream, cx).map_or(stream, |(session, _)| session),
        name if OF_STREAM.contains(&name) => stream,
        name if FORBIDDEN.contains(&name) => return Err(errors::fixed("ERR_HTTP2_NO_SOCKET_MANIPULATION", cx)),
        _ => reference(&stream, cx),
    };
    to.set(property, value.clone(), true, cx)?;
    Ok(true.into())
}

fn has(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [target, key, ..] = args else { return Ok(false.into()) };
    let Some(stream) = stream_of(target) else { return Ok(false.into()) };
    let from = reference(&stream, cx);
    let property = key.to_property_key(cx)?;
    Ok((from.has_property(property.clone(), cx)? || stream.has_property(property, cx)?).into())
}

fn prototype(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [target, ..] = args else { return Ok(JsValue::null()) };
    let Some(stream) = stream_of(target) else { return Ok(JsValue::null()) };
    Ok(reference(&stream, cx).prototype().map_or_else(JsValue::null, JsValue::from))
}
