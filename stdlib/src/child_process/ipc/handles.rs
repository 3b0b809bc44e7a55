//! Sockets and servers that go to another process.

use std::os::fd::OwnedFd;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, table};

use super::{
    super::arguments::{get, put},
    handle_message, internal_cmd, socket_list,
};
use crate::{
    dgram::socket as dgram,
    events,
    net::{
        SOCKET,
        conn::{Conn, StreamKind},
        errors as net_errors,
        handle::{self, Inner},
        listener::Listener,
        server::NET_SERVER,
    },
};

/// What a script sends.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Socket,
    Server,
    Native,
    Datagram,
}

impl Kind {
    /// The name in the message.
    pub fn name(self) -> &'static str {
        match self {
            Self::Socket => "net.Socket",
            Self::Server => "net.Server",
            Self::Native => "net.Native",
            Self::Datagram => "dgram.Socket",
        }
    }
}

/// What kind of handle a value is; an error for what cannot be sent.
pub fn kind_of(value: &JsValue, cx: &mut Context) -> JsResult<Kind> {
    if SOCKET.is_instance(value, cx)? {
        return Ok(Kind::Socket);
    }
    if NET_SERVER.is_instance(value, cx)? {
        return Ok(Kind::Server);
    }
    if dgram::SOCKET.is_instance(value, cx)? {
        return Ok(Kind::Datagram);
    }
    if handle::inner_of(value).is_some() {
        return Ok(Kind::Native);
    }
    Err(net_errors::invalid_handle_type(cx))
}

/// A descriptor on its way, and the handle object to close when it has arrived.
pub struct Sent {
    pub fd: OwnedFd,
    pub native: Option<JsValue>,
}

/// The descriptor of what is sent, which a socket gives up with that. None: there is none any more.
pub fn take(target: &JsObject, kind: Kind, message: &JsObject, value: &JsValue, options: &JsObject, cx: &mut Context) -> JsResult<Option<Sent>> {
    let object = value.to_object(cx)?;
    if kind == Kind::Datagram {
        let Some((fd, is_v6)) = dgram::descriptor_of(&object, cx) else { return Ok(None) };
        put(message, "dgramType", js_string!(if is_v6 { "udp6" } else { "udp4" }), cx)?;
        return Ok(Some(Sent { fd, native: None }));
    }
    let native = if kind == Kind::Native { value.clone() } else { get(&object, "_handle", cx)? };
    let Some(fd) = handle::inner_of(&native).and_then(|inner| duplicate(&inner)) else { return Ok(None) };
    if kind != Kind::Socket {
        return Ok(Some(Sent { fd, native: None }));
    }
    let keeps = get(options, "keepOpen", cx)?.to_boolean();
    if let Some(server) = get(&object, "server", cx)?.as_object() {
        let key = get(&server, "_connectionKey", cx)?;
        put(message, "key", key.clone(), cx)?;
        if let Some(key) = key.as_string() {
            socket_list::sent(target, &server, key, cx)?;
        }
        if !keeps {
            let count = get(&server, "_connections", cx)?.to_number(cx)?;
            server.set(js_string!("_connections"), count - 1.0, false, cx)?;
        }
    }
    if keeps {
        return Ok(Some(Sent { fd, native: None }));
    }
    if let Some(Inner::Conn(conn)) = handle::inner_of(&native) {
        conn.read_stop();
        conn.set_reader(None);
    }
    events::method(&object, "setTimeout", &[0.into()], cx)?;
    object.set(js_string!("_handle"), JsValue::null(), true, cx)?;
    Ok(Some(Sent { fd, native: Some(native) }))
}

fn duplicate(inner: &Inner) -> Option<OwnedFd> {
    match inner {
        Inner::Conn(conn) => conn.with_fd(|fd, _| fd.try_clone())?.ok(),
        Inner::Listener(listener) => listener.duplicate(),
        Inner::None => None,
    }
}

/// The handle object of a descriptor that came.
pub fn object_of_fd(fd: OwnedFd, cx: &mut Context) -> JsResult<JsValue> {
    let host = Host::of(cx);
    let net = host.sys().net();
    // What cannot be made non-blocking says so at its first use.
    let _ = net.set_nonblocking(&fd, true);
    let kind = match net.local_address(&fd) {
        Ok(address) if address.ip().is_some() => StreamKind::Tcp,
        _ => StreamKind::Pipe,
    };
    if net.is_listening(&fd) {
        let listener = Listener::new(kind, fd, None, cx);
        return handle::of_listener(&listener, cx).map(JsValue::from);
    }
    let conn = Conn::new(kind, Some(fd), cx);
    handle::of_conn(&conn, cx).map(JsValue::from)
}

/// Makes of a handle what was sent, and tells the message it came with.
pub fn got(target: &JsObject, message: &JsObject, handle: &JsValue, cx: &mut Context) -> JsResult<()> {
    let kind = get(message, "type", cx)?.to_string(cx)?.to_std_string_lossy();
    let inner = get(message, "msg", cx)?;
    match kind.as_str() {
        "net.Server" => {
            let server = NET_SERVER.construct(&[], cx)?;
            let captured = (target.clone(), server.clone(), inner);
            let listening = table::closure(
                "",
                0,
                captured,
                |_this, _args, (target, server, message), cx| {
                    tell(target, message.clone(), server.clone().into(), cx)?;
                    Ok(JsValue::undefined())
                },
                cx,
            );
            events::method(&server, "listen", &[handle.clone(), listening.into()], cx).map(drop)
        }
        "net.Socket" => {
            let options = JsObject::with_object_proto(cx.intrinsics());
            put(&options, "handle", handle.clone(), cx)?;
            put(&options, "readable", true, cx)?;
            put(&options, "writable", true, cx)?;
            let socket = SOCKET.construct(&[options.into()], cx)?;
            if let Some(key) = get(message, "key", cx)?.as_string() {
                socket_list::received(target, &socket, key, cx)?;
            }
            tell(target, inner, socket.into(), cx)
        }
        "dgram.Socket" => {
            let kind = get(message, "dgramType", cx)?;
            let fd = match handle::inner_of(handle) {
                Some(Inner::Conn(conn)) => conn.take_fd(),
                _ => None,
            };
            let Some(fd) = fd else { return Ok(()) };
            let socket = dgram::of_descriptor(&kind, fd, cx)?;
            tell(target, inner, socket.into(), cx)
        }
        _ => tell(target, inner, handle.clone(), cx),
    }
}

fn tell(target: &JsObject, message: JsValue, handle: JsValue, cx: &mut Context) -> JsResult<()> {
    let internal = internal_cmd(&message, cx)?.is_some();
    handle_message(target, message, handle, internal, cx)
}

/// The socket that was sent is closed here when it has arrived there.
pub fn keep_pending(target: &JsObject, message: &JsValue, native: JsValue, options: &JsObject, callback: &JsValue, cx: &mut Context) -> JsResult<()> {
    let pending = JsObject::with_object_proto(cx.intrinsics());
    put(&pending, "callback", callback.clone(), cx)?;
    put(&pending, "message", message.clone(), cx)?;
    put(&pending, "handle", native, cx)?;
    put(&pending, "options", options.clone(), cx)?;
    put(&pending, "retransmissions", 0, cx)?;
    target.set(js_string!("_pendingMessage"), pending, true, cx).map(drop)
}

/// Closes it.
pub fn close_pending(target: &JsObject, cx: &mut Context) -> JsResult<()> {
    if let Some(pending) = get(target, "_pendingMessage", cx)?.as_object()
        && let Some(native) = get(&pending, "handle", cx)?.as_object()
    {
        events::method(&native, "close", &[], cx)?;
    }
    target.set(js_string!("_pendingMessage"), JsValue::null(), true, cx).map(drop)
}
