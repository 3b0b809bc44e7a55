//! `socket._handle` and `server._handle`: the objects Node's binding calls TCP and Pipe. Scripts that are careful leave them alone;
//! enough of them do not, that the members they use are here.

use std::{cell::RefCell, os::fd::AsRawFd, rc::Rc};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    coil_sys::net::Address,
    table::Member,
};

use super::{
    conn::{Conn, StreamKind},
    listener::Listener,
};

/// What a handle stands for.
#[derive(Clone)]
pub enum Inner {
    None,
    Conn(Rc<Conn>),
    Listener(Rc<Listener>),
}

/// The native side of a handle object.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct Handle(#[unsafe_ignore_trace] pub RefCell<Inner>);

/// `TCP` of Node's binding.
pub static TCP: Class = Class { name: "TCP", length: 1, extends: Parent::None, kind: Kind::Allocating, init: construct_tcp, prototype: MEMBERS, statics: &[] };

/// `Pipe` of Node's binding.
pub static PIPE: Class = Class { name: "Pipe", length: 1, extends: Parent::None, kind: Kind::Allocating, init: construct_pipe, prototype: MEMBERS, statics: &[] };

/// What every handle has.
pub(crate) static MEMBERS: &[Member] = &[
    Member::function("close", 1, close),
    Member::function("hasRef", 0, has_ref),
    Member::function("ref", 0, add_ref),
    Member::function("unref", 0, remove_ref),
    Member::function("getAsyncId", 0, get_async_id),
    Member::function("readStart", 0, read_start),
    Member::function("readStop", 0, read_stop),
    Member::function("getsockname", 1, getsockname),
    Member::function("getpeername", 1, getpeername),
    Member::function("setNoDelay", 1, set_no_delay),
    Member::function("setKeepAlive", 2, set_keep_alive),
    Member::getter("fd", fd),
    Member::getter("bytesRead", bytes_read),
    Member::getter("bytesWritten", bytes_written),
    Member::getter("writeQueueSize", write_queue_size),
    Member::accessor("reading", reading, set_reading),
    Member::boolean("isStreamBase", true),
];

fn construct_tcp(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&TCP, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Handle(RefCell::new(Inner::None))).into())
}

fn construct_pipe(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&PIPE, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Handle(RefCell::new(Inner::None))).into())
}

/// A handle object for a connection.
pub fn of_conn(conn: &Rc<Conn>, cx: &mut Context) -> JsResult<JsObject> {
    let class = if conn.kind() == StreamKind::Tcp { &TCP } else { &PIPE };
    Ok(JsObject::shared(class.prototype(cx)?, Handle(RefCell::new(Inner::Conn(conn.clone()))), cx).upcast())
}

/// A handle object for a listening socket.
pub fn of_listener(listener: &Rc<Listener>, cx: &mut Context) -> JsResult<JsObject> {
    let class = if listener.kind() == StreamKind::Tcp { &TCP } else { &PIPE };
    Ok(JsObject::from_proto_and_data(class.prototype(cx)?, Handle(RefCell::new(Inner::Listener(listener.clone())))))
}

/// What a handle object stands for; `None` for any other value.
pub fn inner_of(value: &JsValue) -> Option<Inner> {
    let object = value.as_object()?;
    let handle = object.downcast_ref::<Handle>()?;
    let inner = handle.0.borrow().clone();
    Some(inner)
}

fn close(this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let callback = args.get_or_undefined(0).as_function();
    let then = move |cx: &mut Context| {
        if let Some(callback) = callback {
            coil_engine::Host::of(cx).enter(&callback, &JsValue::undefined(), &[], cx);
        }
    };
    match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.close(then),
        Some(Inner::Listener(listener)) => listener.close(then),
        _ => {}
    }
    Ok(JsValue::undefined())
}

fn has_ref(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.has_ref(),
        Some(Inner::Listener(listener)) => listener.has_ref(),
        _ => false,
    }
    .into())
}

fn set_ref(this: &JsValue, reffed: bool) -> JsResult<JsValue> {
    match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.set_ref(reffed),
        Some(Inner::Listener(listener)) => listener.set_ref(reffed),
        _ => {}
    }
    Ok(JsValue::undefined())
}

fn add_ref(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    set_ref(this, true)
}

fn remove_ref(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    set_ref(this, false)
}

fn get_async_id(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(0.into())
}

fn read_start(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let result = match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.read_start(),
        _ => Ok(()),
    };
    Ok(result.map_or_else(|error| -error.errno, |()| 0).into())
}

fn read_stop(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    if let Some(Inner::Conn(conn)) = inner_of(this) {
        conn.read_stop();
    }
    Ok(0.into())
}

fn address_into(args: &[JsValue], address: Option<Address>, cx: &mut Context) -> JsResult<JsValue> {
    let Some(address) = address else { return Ok((-EBADF).into()) };
    if let Some(out) = args.get_or_undefined(0).as_object()
        && let Some(ip) = address.ip()
    {
        out.set(js_string!("address"), js_string!(ip.ip().to_string()), true, cx)?;
        out.set(js_string!("family"), js_string!(if ip.is_ipv4() { "IPv4" } else { "IPv6" }), true, cx)?;
        out.set(js_string!("port"), ip.port(), true, cx)?;
    }
    Ok(0.into())
}

fn getsockname(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let address = match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.with_fd(|fd, sys| sys.net().local_address(fd)).and_then(Result::ok),
        Some(Inner::Listener(listener)) => listener.address(),
        _ => None,
    };
    address_into(args, address, cx)
}

fn getpeername(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let address = match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.with_fd(|fd, sys| sys.net().peer_address(fd)).and_then(Result::ok),
        _ => None,
    };
    address_into(args, address, cx)
}

fn set_no_delay(this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let on = args.get_or_undefined(0).to_boolean();
    let result = match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.with_fd(|fd, sys| sys.net().set_nodelay(fd, on)),
        _ => None,
    };
    Ok(result.map_or(-EBADF, |result| result.map_or_else(|error| -error.errno, |()| 0)).into())
}

fn set_keep_alive(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (on, delay_s) = (args.get_or_undefined(0).to_boolean(), args.get_or_undefined(1).to_u32(cx)?);
    let result = match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.with_fd(|fd, sys| sys.net().set_keepalive(fd, on, delay_s)),
        _ => None,
    };
    Ok(result.map_or(-EBADF, |result| result.map_or_else(|error| -error.errno, |()| 0)).into())
}

fn fd(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let fd = match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.with_fd(|fd, _| fd.as_raw_fd()),
        Some(Inner::Listener(listener)) => listener.raw_fd(),
        _ => None,
    };
    Ok(fd.unwrap_or(-1).into())
}

fn of_stream(this: &JsValue, read: impl FnOnce(&Conn) -> f64) -> JsResult<JsValue> {
    Ok(match inner_of(this) {
        Some(Inner::Conn(conn)) => read(&conn).into(),
        _ => 0.into(),
    })
}

fn bytes_read(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    of_stream(this, |conn| conn.bytes_read() as f64)
}

fn bytes_written(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    of_stream(this, |conn| conn.bytes_written() as f64)
}

fn write_queue_size(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    of_stream(this, |conn| conn.queue_len() as f64)
}

fn reading(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(match inner_of(this) {
        Some(Inner::Conn(conn)) => conn.is_reading().into(),
        _ => JsValue::undefined(),
    })
}

fn set_reading(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

const EBADF: i32 = 9;
