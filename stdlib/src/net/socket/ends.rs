//! The addresses of a socket's two ends.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::coil_sys::net::Address;

use super::{SocketState, state_of};
use crate::net::address_info;

fn peer_of(this: &JsValue, cx: &mut Context) -> Option<Address> {
    let state = state_of(&this.as_object()?, cx)?;
    let (conn, known) = {
        let state = state.borrow();
        let state = state.data();
        (state.conn.clone().filter(|_| !state.connecting), state.peer.as_deref().cloned())
    };
    if known.is_some() {
        return known;
    }
    let found = conn?.with_fd(|fd, sys| sys.net().peer_address(fd).ok()).flatten();
    state.borrow_mut().data_mut().peer = found.clone().map(Box::new);
    found
}

fn local_of(this: &JsValue, cx: &mut Context) -> Option<Address> {
    let state = state_of(&this.as_object()?, cx)?;
    let (conn, known) = {
        let state = state.borrow();
        (state.data().conn.clone()?, state.data().local.as_deref().cloned())
    };
    if known.is_some() {
        return known;
    }
    let found = conn.with_fd(|fd, sys| sys.net().local_address(fd).ok()).flatten();
    state.borrow_mut().data_mut().local = found.clone().map(Box::new);
    found
}

/// The names of both ends are asked anew.
pub(in crate::net) fn forget_addresses(state: &JsObject<SocketState>) {
    let mut state = state.borrow_mut();
    let state = state.data_mut();
    state.peer = None;
    state.local = None;
}

pub(super) fn peer_address_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let address = peer_of(this, cx);
    Ok(address_info::to_object(address.as_ref(), cx)?.into())
}

pub(super) fn local_address_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let address = local_of(this, cx);
    Ok(address_info::to_object(address.as_ref(), cx)?.into())
}

fn part(address: Option<Address>, part: fn(&core::net::SocketAddr) -> JsValue) -> JsResult<JsValue> {
    Ok(address.and_then(|address| address.ip()).map_or_else(JsValue::undefined, |ip| part(&ip)))
}

pub(super) fn remote_address(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(peer_of(this, cx), |ip| js_string!(address_info::shown(ip)).into())
}

pub(super) fn remote_family(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(peer_of(this, cx), |ip| js_string!(address_info::family(ip)).into())
}

pub(super) fn remote_port(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(peer_of(this, cx), |ip| ip.port().into())
}

pub(super) fn local_address(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(local_of(this, cx), |ip| js_string!(address_info::shown(ip)).into())
}

pub(super) fn local_port(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(local_of(this, cx), |ip| ip.port().into())
}

pub(super) fn local_family(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(local_of(this, cx), |ip| js_string!(address_info::family(ip)).into())
}
