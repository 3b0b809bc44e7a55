//! Reading and ending a socket in a script's hands: `pause`, `resume`, `end`, `destroySoon`, `resetAndDestroy`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, table};

use super::{find, transfer::try_read_start};
use crate::{
    events,
    net::{conn::StreamKind, errors},
    stream,
};

/// After the other side's end, a socket that is not to stay half open writes no more.
pub(super) fn on_readable_end(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if !socket.get(js_string!("allowHalfOpen"), cx)?.to_boolean() {
        let refuse = table::function(write_after_end, js_string!("writeAfterFIN"), 3, cx);
        socket.set(js_string!("write"), refuse, true, cx)?;
    }
    Ok(JsValue::undefined())
}

/// Says what happened better than "write after end" would.
fn write_after_end(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if !socket.get(js_string!("writableEnded"), cx)?.to_boolean() {
        return super_method(&socket, "write", args, cx);
    }
    let callback = args.get_or_undefined(1).as_function().or_else(|| args.get_or_undefined(2).as_function());
    let error = errors::ended_by_other_party(cx).into_opaque(cx)?;
    if let Some(callback) = callback {
        Host::of(cx).next_tick(callback, JsValue::undefined(), vec![error.clone()]);
    }
    events::method(&socket, "destroy", &[error], cx)?;
    Ok(false.into())
}

/// `stream.Duplex.prototype[name].call(socket, ...args)`
fn super_method(socket: &JsObject, name: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let method = stream::DUPLEX.prototype(cx)?.get(js_string!(name), cx)?;
    events::call(socket, &method, name, args, cx)
}

/// `net.Socket.prototype.end`
pub(super) fn end(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    super_method(&socket, "end", args, cx)?;
    Ok(this.clone())
}

/// `net.Socket.prototype.resetAndDestroy`: the other side sees ECONNRESET.
pub(super) fn reset_and_destroy(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    let (conn, connecting) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().connecting)
    };
    match conn {
        Some(conn) if conn.kind() != StreamKind::Tcp => return Err(errors::invalid_handle_type(cx)),
        Some(_) if connecting => {
            let later = table::closure("", 0, socket.clone(), |_this, _args, socket, cx| events::method(socket, "_reset", &[], cx), cx);
            events::once(&socket, js_string!("connect"), later, cx)?;
        }
        Some(_) => drop(events::method(&socket, "_reset", &[], cx)?),
        None => {
            let error = errors::socket_closed(cx).into_opaque(cx)?;
            events::method(&socket, "destroy", &[error], cx)?;
        }
    }
    Ok(this.clone())
}

/// `net.Socket.prototype._reset`
pub(super) fn reset(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    state.borrow_mut().data_mut().resetting = true;
    events::method(&socket, "destroy", &[], cx)
}

/// With `onread` there is no stream buffer to stop at: the descriptor itself stops.
fn own_flow(this: &JsValue, reads: bool, cx: &mut Context) -> JsResult<JsObject> {
    let (socket, state) = find(this, cx)?;
    let (conn, acts) = {
        let state = state.borrow();
        let state = state.data();
        (state.conn.clone(), !state.connecting && (state.on_read.is_some() || state.http.is_some()))
    };
    if let Some(conn) = conn.filter(|_| acts) {
        if reads {
            try_read_start(&socket, &conn, cx)?;
        } else {
            conn.read_stop();
        }
    }
    Ok(socket)
}

/// `net.Socket.prototype.pause`
pub(super) fn pause(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = own_flow(this, false, cx)?;
    super_method(&socket, "pause", args, cx)
}

/// `net.Socket.prototype.resume`
pub(super) fn resume(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = own_flow(this, true, cx)?;
    super_method(&socket, "resume", args, cx)
}

/// `net.Socket.prototype.read`
pub(super) fn read(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    let conn = {
        let state = state.borrow();
        let state = state.data();
        state.conn.clone().filter(|_| state.on_read.is_some() && !state.connecting)
    };
    if let Some(conn) = conn {
        try_read_start(&socket, &conn, cx)?;
    }
    super_method(&socket, "read", args, cx)
}

/// `net.Socket.prototype.destroySoon`
pub(super) fn destroy_soon(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if socket.get(js_string!("writable"), cx)?.to_boolean() {
        events::method(&socket, "end", &[], cx)?;
    }
    if socket.get(js_string!("writableFinished"), cx)?.to_boolean() {
        events::method(&socket, "destroy", &[], cx)?;
    } else {
        let destroy = socket.get(js_string!("destroy"), cx)?;
        events::once(&socket, js_string!("finish"), destroy, cx)?;
    }
    Ok(JsValue::undefined())
}
