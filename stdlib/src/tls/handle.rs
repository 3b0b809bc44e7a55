//! `tlsSocket._handle` and `tlsSocket.ssl`: what Node's binding calls a TLSWrap.

use std::cell::RefCell;

use boa_engine::{Context, Finalize, JsData, JsObject, JsResult, JsValue, Trace};
use coil_engine::{
    Slot,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::Member,
};

use super::{
    errors,
    socket::{self, TlsState},
};
use crate::net::{
    self,
    handle::{Handle, Inner, MEMBERS},
};

/// `TLSWrap` of Node's binding.
static TLS_WRAP: Class = Class {
    name: "TLSWrap",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[Member::all(MEMBERS), Member::function("verifyError", 0, verify_error)],
    statics: &[],
};

/// The socket behind a handle.
#[derive(Trace, Finalize, JsData)]
struct Behind(JsObject<TlsState>);

/// The handle of a socket that has not been connected yet.
pub(super) fn create(cx: &mut Context) -> JsResult<JsObject> {
    Ok(JsObject::from_proto_and_data(TLS_WRAP.prototype(cx)?, Handle(RefCell::new(Inner::None))))
}

/// Says whose handle it is.
pub(super) fn bind(handle: &JsObject, state: &JsObject<TlsState>, cx: &mut Context) -> JsResult<()> {
    Slot::set(handle, Behind(state.clone()), cx).map(drop)
}

/// `tlsSocket.ssl`: null once the socket is destroyed.
pub(super) fn ssl(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(socket) = this.as_object() else { return Ok(JsValue::undefined()) };
    let Some(state) = socket::state_of(&socket, cx) else { return Ok(JsValue::undefined()) };
    if super::flag(&socket, "destroyed", cx)? {
        return Ok(JsValue::null());
    }
    let handle = state.borrow().data().handle.clone();
    if let (Some(conn), Some(inner)) = (net::Socket::conn_of(&socket, cx), handle.downcast_ref::<Handle>()) {
        inner.0.replace(Inner::Conn(conn));
    }
    Ok(handle.into())
}

/// `_handle` of a socket that speaks TLS; nothing for another.
pub(crate) fn of_socket(socket: &JsObject, cx: &mut Context) -> JsResult<Option<JsValue>> {
    if socket::state_of(socket, cx).is_none() {
        return Ok(None);
    }
    ssl(&socket.clone().into(), &[], cx).map(Some)
}

/// What is wrong with the peer's certificate; null where nothing is.
fn verify_error(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let behind = this.as_object().and_then(|handle| Slot::<Behind>::get(&handle, cx));
    let Some(behind) = behind else { return Err(engine_errors::invalid_this("TLSWrap", cx)) };
    let state = behind.borrow().data().0.clone();
    match socket::verify(&state, cx) {
        Some(failure) => Ok(errors::of_failure(failure, cx)?.into()),
        None => Ok(JsValue::null()),
    }
}
