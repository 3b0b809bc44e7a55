//! `session.socket`: the socket without what would disturb the protocol.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, Finalize, JsData, JsObject, JsResult, JsValue, Trace, js_string,
    object::builtins::{JsFunction, JsProxy},
    property::PropertyKey,
};
use coil_engine::validate;

use super::{Session, transport::nothing};
use crate::http2::errors;

/// What the traps know. Empty once the session is gone.
#[derive(Trace, Finalize, JsData)]
struct Target {
    #[unsafe_ignore_trace]
    session: RefCell<Option<Rc<Session>>>,
}

/// Names that must not reach the socket.
const FORBIDDEN: [&str; 10] = ["destroy", "emit", "end", "pause", "read", "resume", "write", "setEncoding", "setKeepAlive", "setNoDelay"];

/// Methods that are the session's.
const OF_SESSION: [&str; 3] = ["setTimeout", "ref", "unref"];

pub(super) fn create(session: &Rc<Session>, cx: &mut Context) -> JsResult<JsObject> {
    let target = JsObject::from_proto_and_data(None, Target { session: RefCell::new(Some(session.clone())) });
    let proxy: JsProxy = JsProxy::builder(target).get(get).set(set).has(has).get_prototype_of(prototype).build(cx)?;
    Ok(proxy.into())
}

/// The session and its socket behind a trap's target.
fn parts(target: &JsValue, cx: &mut Context) -> JsResult<(JsObject, JsObject)> {
    let session = target.as_object().and_then(|target| target.downcast_ref::<Target>().and_then(|target| target.session.borrow().clone()));
    let found = session.and_then(|session| Some((session.object()?, session.socket()?)));
    found.ok_or_else(|| errors::fixed("ERR_HTTP2_SOCKET_UNBOUND", cx))
}

fn name_of(key: &JsValue) -> Option<String> {
    key.as_string().map(|key| key.to_std_string_escaped())
}

fn get(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [target, key, ..] = args else { return nothing() };
    let name = name_of(key).unwrap_or_default();
    if OF_SESSION.contains(&name.as_str()) {
        let session = target.as_object().and_then(|target| target.downcast_ref::<Target>().and_then(|target| target.session.borrow().clone()));
        let Some(object) = session.and_then(|session| session.object()) else { return Err(errors::fixed("ERR_HTTP2_SOCKET_UNBOUND", cx)) };
        return bound(&object, key, cx);
    }
    if FORBIDDEN.contains(&name.as_str()) {
        return Err(errors::fixed("ERR_HTTP2_NO_SOCKET_MANIPULATION", cx));
    }
    let (_, socket) = parts(target, cx)?;
    bound(&socket, key, cx)
}

/// A property; functions are bound to the object they come from.
fn bound(object: &JsObject, key: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let key: PropertyKey = key.to_property_key(cx)?;
    let value = object.get(key, cx)?;
    let Some(function) = value.as_function() else { return Ok(value) };
    let bind: JsFunction = validate::function(&function.get(js_string!("bind"), cx)?, "bind", cx)?;
    bind.call(&function.into(), &[object.clone().into()], cx)
}

fn set(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [target, key, value, ..] = args else { return Ok(false.into()) };
    let name = name_of(key).unwrap_or_default();
    if FORBIDDEN.contains(&name.as_str()) {
        return Err(errors::fixed("ERR_HTTP2_NO_SOCKET_MANIPULATION", cx));
    }
    let (object, socket) = parts(target, cx)?;
    let to = if OF_SESSION.contains(&name.as_str()) { object } else { socket };
    let key = key.to_property_key(cx)?;
    to.set(key, value.clone(), true, cx)?;
    Ok(true.into())
}

fn has(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [target, key, ..] = args else { return Ok(false.into()) };
    let (_, socket) = parts(target, cx)?;
    let key = key.to_property_key(cx)?;
    Ok(socket.has_property(key, cx)?.into())
}

fn prototype(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let [target, ..] = args else { return Ok(JsValue::null()) };
    let (_, socket) = parts(target, cx)?;
    Ok(socket.prototype().map_or_else(JsValue::null, JsValue::from))
}
