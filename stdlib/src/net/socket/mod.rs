//! `net.Socket`: the class, what it keeps natively, how one is made, and what native code may ask of one.
//!
//! Its methods stand by what they are for: [`transfer`], [`flow`], [`options`], [`ends`], [`counts`].

mod counts;
mod ends;
mod flow;
mod options;
mod transfer;

use std::{os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsFunction};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_sys::{SysError, net::Address, stdio::HandleKind},
    errors as engine_errors,
    table::{self, Export as Member},
    validate,
};

pub(crate) use self::options::timer_duration;
use self::{
    counts::{buffer_size, bytes_dispatched, bytes_read, bytes_written},
    ends::{local_address, local_address_object, local_family, local_port, peer_address_object, remote_address, remote_family, remote_port},
    flow::{destroy_soon, end, on_readable_end, pause, read, reset, reset_and_destroy, resume},
    options::{on_timeout, push_state_timer, push_timer, service_type_of, set_keep_alive, set_no_delay, set_timeout, set_type_of_service, timer_of, type_of_service},
    transfer::{SOCKET_IO, SocketReader, try_read_start, write_generic},
};
pub(super) use self::{ends::forget_addresses, options::apply_options};
use super::{
    block_list,
    conn::{Conn, Reader, StreamKind},
    connect, errors, handle,
    idle::IdleTimer,
};
use crate::{buffer, events, http::server::Connection, stream, tls};

/// `net.Socket`
pub(crate) static SOCKET: Class = Class {
    name: "Socket",
    length: 1,
    extends: Parent::Class(&stream::DUPLEX),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("_unrefTimer", 0, push_timer),
        Member::renamed("_final", "", 1, stream::native::finish),
        Member::renamed("setTimeout", "setStreamTimeout", 2, set_timeout),
        Member::renamed("_onTimeout", "", 0, on_timeout),
        Member::renamed("setNoDelay", "", 1, set_no_delay),
        Member::renamed("setKeepAlive", "", 2, set_keep_alive),
        Member::renamed("setTypeOfService", "", 1, set_type_of_service),
        Member::renamed("getTypeOfService", "", 0, type_of_service),
        Member::renamed("address", "", 0, local_address_object),
        Member::getter("_connecting", is_connecting).enumerable(false).permanent(),
        Member::getter("pending", is_pending).enumerable(false),
        Member::getter("readyState", ready_state).enumerable(false).permanent(),
        Member::getter("bufferSize", buffer_size).enumerable(false).permanent(),
        Member::renamed("_read", "", 1, stream::native::read),
        Member::renamed("end", "", 3, end),
        Member::renamed("resetAndDestroy", "", 0, reset_and_destroy),
        Member::renamed("pause", "", 0, pause),
        Member::renamed("resume", "", 0, resume),
        Member::renamed("read", "", 1, read),
        Member::renamed("destroySoon", "", 0, destroy_soon),
        Member::renamed("_destroy", "", 2, stream::native::destroy),
        Member::renamed("_reset", "", 0, reset),
        Member::renamed("_getpeername", "", 0, peer_address_object),
        Member::getter("bytesRead", bytes_read).permanent(),
        Member::getter("remoteAddress", remote_address).permanent(),
        Member::getter("remoteFamily", remote_family).permanent(),
        Member::getter("remotePort", remote_port).permanent(),
        Member::renamed("_getsockname", "", 0, local_address_object),
        Member::getter("localAddress", local_address).permanent(),
        Member::getter("localPort", local_port).permanent(),
        Member::getter("localFamily", local_family).permanent(),
        Member::renamed("_writeGeneric", "", 4, write_generic),
        Member::renamed("_writev", "", 2, stream::native::writev),
        Member::renamed("_write", "", 3, stream::native::write),
        Member::getter("_bytesDispatched", bytes_dispatched).permanent(),
        Member::getter("bytesWritten", bytes_written).permanent(),
        Member::renamed("connect", "", 0, connect::connect_method),
        Member::renamed("ref", "", 0, add_ref),
        Member::renamed("unref", "", 0, remove_ref),
        Member::accessor("_handle", handle_object, set_handle_object).enumerable(false).permanent(),
        // In Node an own property of every socket.
        Member::accessor("connecting", is_connecting, set_connecting).enumerable(false),
    ],
    statics: &[],
};

/// What a socket keeps natively.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub(crate) struct SocketState {
    #[unsafe_ignore_trace]
    pub(super) conn: Option<Rc<Conn>>,
    handle: Option<JsObject>,
    pub(super) connecting: bool,
    #[unsafe_ignore_trace]
    timer: Option<Rc<IdleTimer>>,
    pub(super) no_delay: bool,
    pub(super) keep_alive: bool,
    pub(super) keep_alive_delay_s: u32,
    /// Set by a script; told to the system once there is a connection.
    service_type: Option<u8>,
    on_read: Option<Box<OnRead>>,
    /// `kBytesRead` and `kBytesWritten`: what they were when the handle went.
    bytes_read: u64,
    bytes_written: u64,
    /// `kLastWriteQueueSize`
    last_queue_len: usize,
    /// The other end and this one, once a script has asked.
    #[unsafe_ignore_trace]
    peer: Option<Box<Address>>,
    #[unsafe_ignore_trace]
    local: Option<Box<Address>>,
    /// `_server`: the server that counts this socket.
    server: Option<JsObject>,
    /// The HTTP connection that reads and writes the same descriptor.
    #[unsafe_ignore_trace]
    http: Option<Rc<Connection>>,
    resetting: bool,
    had_exception: bool,
    /// TLS lies over the connection for another socket; what is written here goes beside it.
    beside: bool,
}

/// The `onread` option: bytes go into the script's own buffer.
#[derive(Clone, Trace, Finalize)]
struct OnRead {
    buffer: JsValue,
    make: Option<JsFunction>,
    callback: JsFunction,
}

impl OnRead {
    /// How much fits into the buffer.
    fn len(&self) -> usize {
        buffer::range_of(&self.buffer).map_or(0, |range| range.byte_length)
    }
}

/// Between Rust and sockets.
pub(crate) struct Socket;

/// The state behind a socket, if it is one.
pub(super) fn state_of(socket: &JsObject, cx: &mut Context) -> Option<JsObject<SocketState>> {
    Slot::<SocketState>::get(socket, cx)
}

fn find(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, JsObject<SocketState>)> {
    let object = this.to_object(cx)?;
    match state_of(&object, cx) {
        Some(state) => Ok((object, state)),
        None => Err(engine_errors::invalid_this("Socket", cx)),
    }
}

fn conn_of(this: &JsValue, cx: &mut Context) -> Option<Rc<Conn>> {
    let state = state_of(&this.as_object()?, cx)?;

    state.borrow().data().conn.clone()
}

/// `net.Socket(options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !SOCKET.is_instance(this, cx)? {
        return Ok(SOCKET.construct(args, cx)?.into());
    }
    let object = this.to_object(cx)?;
    let given = args.get_or_undefined(0);
    let options = match given.as_object() {
        Some(options) => Some(options),
        None if given.is_number() => {
            let options = JsObject::with_object_proto(cx.intrinsics());
            options.create_data_property_or_throw(js_string!("fd"), given.clone(), cx)?;
            Some(options)
        }
        None => None,
    };
    let delay_ms = check_options(options.as_ref(), cx)?;
    let stream_options = stream_options(options.as_ref(), cx)?;
    let state = init(&object, stream_options, cx)?;
    let Some(options) = options else { return Ok(JsValue::undefined()) };
    {
        let no_delay = options.get(js_string!("noDelay"), cx)?.to_boolean();
        let keep_alive = options.get(js_string!("keepAlive"), cx)?.to_boolean();
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.no_delay = no_delay;
        state.keep_alive = keep_alive;
        state.keep_alive_delay_s = (delay_ms / 1000.0) as u32;
    }
    let service_type = options.get(js_string!("typeOfService"), cx)?;
    if !service_type.is_undefined() {
        let service_type = service_type_of(&service_type, "options.typeOfService", cx)?;
        state.borrow_mut().data_mut().service_type = Some(service_type);
    }
    take_on_read(&state, &options, cx)?;
    let conn = take_handle(&options, cx)?;
    let signal = options.get(js_string!("signal"), cx)?;
    if signal.to_boolean() {
        validate::abort_signal(&signal, "options.signal", cx)?;
    }
    let list = options.get(js_string!("blockList"), cx)?;
    if list.to_boolean() {
        if !block_list::is_block_list(&list, cx)? {
            return Err(engine_errors::invalid_arg_type("options.blockList", "net.BlockList", &list, cx));
        }
        object.set(js_string!("blockList"), list, true, cx)?;
    }
    if let Some(conn) = conn {
        take_conn(&object, &state, &conn);
        let readable = options.get(js_string!("readable"), cx)?.as_boolean() != Some(false);
        let pauses = options.get(js_string!("pauseOnCreate"), cx)?.to_boolean();
        let manual = options.get(js_string!("manualStart"), cx)?.to_boolean();
        begin_reading(&object, &conn, readable, pauses, manual, cx)?;
    }
    Ok(JsValue::undefined())
}

fn check_options(options: Option<&JsObject>, cx: &mut Context) -> JsResult<f64> {
    let Some(options) = options else { return Ok(0.0) };
    for key in ["objectMode", "readableObjectMode", "writableObjectMode"] {
        let value = options.get(js_string!(key), cx)?;
        if value.to_boolean() {
            return Err(engine_errors::invalid_arg_value(&format!("options.{key}"), &value, "is not supported", cx));
        }
    }
    let delay = options.get(js_string!("keepAliveInitialDelay"), cx)?;
    if delay.is_undefined() {
        return Ok(0.0);
    }
    Ok(validate::number(&delay, "options.keepAliveInitialDelay", cx)?.max(0.0))
}

/// A copy of the options with what a socket fixes.
fn stream_options(options: Option<&JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let copy = JsObject::with_object_proto(cx.intrinsics());
    let mut half_open = false;
    if let Some(options) = options {
        for (name, value) in crate::http::own_entries(options, cx)? {
            copy.create_data_property_or_throw(name, value, cx)?;
        }
        half_open = options.get(js_string!("allowHalfOpen"), cx)?.to_boolean();
        // It aborts the connection, not only the stream, and is looked at by `Socket` itself.
    }
    let fixed = [("allowHalfOpen", half_open), ("emitClose", false), ("autoDestroy", true), ("decodeStrings", false)];
    for (key, value) in fixed {
        copy.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(copy)
}

/// The listener of `'end'` that all sockets share.
#[derive(Default)]
struct AtEnd(std::cell::OnceCell<JsFunction>);

/// Makes `object` a socket without a connection.
fn init(object: &JsObject, options: JsObject, cx: &mut Context) -> JsResult<JsObject<SocketState>> {
    for (key, value) in [("_hadError", JsValue::from(false)), ("_parent", JsValue::null()), ("_host", JsValue::null())] {
        object.set(js_string!(key), value, true, cx)?;
    }
    let state = SocketState {
        conn: None,
        handle: None,
        connecting: false,
        timer: None,
        no_delay: false,
        keep_alive: false,
        keep_alive_delay_s: 0,
        service_type: None,
        on_read: None,
        bytes_read: 0,
        bytes_written: 0,
        last_queue_len: 0,
        peer: None,
        local: None,
        server: None,
        http: None,
        resetting: false,
        had_exception: false,
        beside: false,
    };
    let state = Slot::set(object, state, cx)?;
    stream::init_duplex(object, &options.into(), cx)?;
    stream::attach(object, &SOCKET_IO, cx)?;
    let ended = Host::of(cx).state::<AtEnd>().0.get_or_init(|| table::function(on_readable_end, js_string!("onReadableStreamEnd"), 0, cx)).clone();
    events::on(object, js_string!("end"), ended, cx)?;
    for key in ["_pendingData", "server", "_server"] {
        object.set(js_string!(key), JsValue::null(), true, cx)?;
    }
    object.set(js_string!("_pendingEncoding"), js_string!(""), true, cx)?;
    Ok(state)
}

fn take_on_read(state: &JsObject<SocketState>, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(on_read) = options.get(js_string!("onread"), cx)?.as_object() else { return Ok(()) };
    let (given, callback) = (on_read.get(js_string!("buffer"), cx)?, on_read.get(js_string!("callback"), cx)?);
    let Some(callback) = callback.as_function() else { return Ok(()) };
    let taken = match given.as_function() {
        Some(make) => OnRead { buffer: make.call(&JsValue::undefined(), &[], cx)?, make: Some(make), callback },
        None if buffer::is_uint8_array(&given) => OnRead { buffer: given, make: None, callback },
        None => return Ok(()),
    };
    state.borrow_mut().data_mut().on_read = Some(Box::new(taken));
    Ok(())
}

/// The connection of the `handle` or `fd` option.
fn take_handle(options: &JsObject, cx: &mut Context) -> JsResult<Option<Rc<Conn>>> {
    let given = options.get(js_string!("handle"), cx)?;
    if let Some(handle::Inner::Conn(conn)) = handle::inner_of(&given) {
        return Ok(Some(conn));
    }
    let fd = options.get(js_string!("fd"), cx)?;
    if fd.is_undefined() {
        return Ok(None);
    }
    let fd = validate::int32(&fd, "fd", 0, i32::MAX, cx)?;
    let (kind, owned) = open_fd(fd, cx)?;
    Ok(Some(Conn::new(kind, Some(owned), cx)))
}

/// Takes a descriptor of the script's over.
fn open_fd(fd: i32, cx: &mut Context) -> JsResult<(StreamKind, OwnedFd)> {
    let host = Host::of(cx);
    let what = host.sys().stdio().kind(fd);
    let kind = match what {
        HandleKind::Tcp => StreamKind::Tcp,
        HandleKind::Pipe => StreamKind::Pipe,
        other => return Err(errors::invalid_fd_type(other.name(), cx)),
    };
    let Some(owned) = host.sys().fs().fds().take(fd) else { return Err(errors::invalid_fd_type("UNKNOWN", cx)) };
    let net = host.sys().net();
    // A pipe has no address at all, and is written to by another call.
    let kind = if kind == StreamKind::Pipe && net.local_address(&owned).is_err() { StreamKind::Fifo } else { kind };
    match net.set_nonblocking(&owned, true) {
        Ok(()) => Ok((kind, owned)),
        Err(error) => {
            let error = errors::errno(&SysError::new(error.errno, "open"), cx)?;
            Err(boa_engine::JsError::from_opaque(error.into()))
        }
    }
}

fn take_conn(socket: &JsObject, state: &JsObject<SocketState>, conn: &Rc<Conn>) {
    if let Some(on_read) = &state.borrow().data().on_read {
        conn.set_read_len_max(on_read.len());
    }
    conn.set_reader(Some(Rc::new(SocketReader { socket: socket.clone(), state: state.clone() })));
    state.borrow_mut().data_mut().conn = Some(conn.clone());
}

fn begin_reading(socket: &JsObject, conn: &Rc<Conn>, readable: bool, pauses: bool, manual: bool, cx: &mut Context) -> JsResult<()> {
    if !readable {
        return Ok(());
    }
    if pauses {
        conn.read_stop();
        socket.set(js_string!("readableFlowing"), false, true, cx)?;
    } else if !manual {
        events::method(socket, "read", &[0.into()], cx)?;
    }
    Ok(())
}

impl Socket {
    /// A socket for a connection that a server accepted.
    pub(super) fn accepted(conn: &Rc<Conn>, server: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
        let (socket, state) = Self::serve(conn, server, cx)?;
        {
            let no_delay = server.get(js_string!("noDelay"), cx)?.to_boolean();
            let keep_alive = server.get(js_string!("keepAlive"), cx)?.to_boolean();
            let delay_s = server.get(js_string!("keepAliveInitialDelay"), cx)?.to_u32(cx)?;
            let mut state = state.borrow_mut();
            let state = state.data_mut();
            state.no_delay = no_delay;
            state.keep_alive = keep_alive;
            state.keep_alive_delay_s = delay_s;
        }
        take_conn(&socket, &state, conn);
        let pauses = server.get(js_string!("pauseOnConnect"), cx)?.to_boolean();
        begin_reading(&socket, conn, true, pauses, false, cx)?;
        Ok(socket)
    }

    fn serve(conn: &Rc<Conn>, server: &JsObject, cx: &mut Context) -> JsResult<(JsObject, JsObject<SocketState>)> {
        let options = JsObject::with_object_proto(cx.intrinsics());
        let high_water_mark = server.get(js_string!("highWaterMark"), cx)?;
        let half_open = server.get(js_string!("allowHalfOpen"), cx)?;
        options.create_data_property_or_throw(js_string!("allowHalfOpen"), half_open.to_boolean(), cx)?;
        for key in ["readableHighWaterMark", "writableHighWaterMark"] {
            options.create_data_property_or_throw(js_string!(key), high_water_mark.clone(), cx)?;
        }
        for (key, value) in [("emitClose", false), ("autoDestroy", true), ("decodeStrings", false)] {
            options.create_data_property_or_throw(js_string!(key), value, cx)?;
        }
        let socket = JsObject::shared(SOCKET.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject, cx).upcast();
        let state = init(&socket, options, cx)?;
        socket.set(js_string!("server"), server.clone(), true, cx)?;
        socket.set(js_string!("_server"), server.clone(), true, cx)?;
        {
            let mut state = state.borrow_mut();
            let state = state.data_mut();
            state.server = Some(server.clone());
            state.conn = Some(conn.clone());
        }
        Ok((socket, state))
    }

    /// The socket of an HTTP connection that had none so far; HTTP goes on reading and writing.
    pub(crate) fn over_http(conn: Option<Rc<Conn>>, server: Option<JsObject>, http: &Rc<Connection>, cx: &mut Context) -> JsResult<JsObject> {
        let (Some(conn), Some(server)) = (conn.filter(|conn| !conn.is_closed()), server) else {
            // The connection is gone: what is left is a socket that says so.
            let options = stream_options(None, cx)?;
            let socket = JsObject::shared(SOCKET.prototype(cx)?, boa_engine::builtins::object::OrdinaryObject, cx).upcast();
            init(&socket, options, cx)?;
            events::method(&socket, "destroy", &[], cx)?;
            return Ok(socket);
        };
        let (socket, state) = Self::serve(&conn, &server, cx)?;
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.no_delay = true;
        state.http = Some(http.clone());
        Ok(socket)
    }

    /// Lends a socket's connection to HTTP, which then reads it; `None` for what is no socket of ours, or not connected, or whose
    /// bytes were already read by someone.
    pub(crate) fn lend_conn(stream: &JsObject, cx: &mut Context) -> Option<Rc<Conn>> {
        let state = state_of(stream, cx)?;
        let state = state.borrow();
        let state = state.data();
        state.conn.clone().filter(|conn| !conn.is_closed() && !state.connecting && conn.bytes_read() == 0)
    }

    /// The connection behind a socket with what reads it now, for a protocol that reads it instead; `None` for what has no
    /// connection of ours.
    pub(crate) fn shared_conn(socket: &JsObject, cx: &mut Context) -> Option<(Rc<Conn>, Rc<dyn Reader>)> {
        let state = state_of(socket, cx)?;
        let conn = {
            let state = state.borrow();
            let state = state.data();
            state.conn.clone().filter(|conn| !conn.is_closed() && !state.connecting)?
        };
        Some((conn, Rc::new(SocketReader { socket: socket.clone(), state })))
    }

    /// A socket's connection; none of what is no socket of ours, and none where it was never connected or is closed.
    pub(crate) fn conn_of(socket: &JsObject, cx: &mut Context) -> Option<Rc<Conn>> {
        conn_of(&socket.clone().into(), cx)
    }

    /// Whether a socket is on its way to being connected.
    pub(crate) fn is_connecting(socket: &JsObject, cx: &mut Context) -> bool {
        state_of(socket, cx).is_some_and(|state| state.borrow().data().connecting)
    }

    /// Gives a socket a connection that is open already, possibly another socket's too: it reads it from now on.
    pub(crate) fn adopt(socket: &JsObject, conn: &Rc<Conn>, cx: &mut Context) {
        if let Some(state) = state_of(socket, cx) {
            take_conn(socket, &state, conn);
        }
    }

    /// Another socket has laid TLS over this one's connection: the server hears from it when it ends.
    pub(crate) fn lie_below(socket: &JsObject, above: &JsObject, cx: &mut Context) {
        let Some(state) = state_of(socket, cx) else { return };
        state.borrow_mut().data_mut().beside = true;
        if let Some(above) = state_of(above, cx) {
            let server = state.borrow_mut().data_mut().server.take();
            above.borrow_mut().data_mut().server = server;
        }
    }

    /// HTTP is done with a socket: its bytes go to the socket's own stream from now on.
    pub(crate) fn take_over(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
        let Some(state) = state_of(socket, cx) else { return Ok(()) };
        let conn = {
            let mut state = state.borrow_mut();
            state.data_mut().http = None;
            state.data().conn.clone()
        };
        socket.set(js_string!("readableFlowing"), JsValue::null(), true, cx)?;
        let Some(conn) = conn else { return Ok(()) };
        conn.set_reader(Some(Rc::new(SocketReader { socket: socket.clone(), state: state.clone() })));
        // Not through the stream's `read`: it may think that it reads already.
        try_read_start(socket, &conn, cx)
    }

    /// Bytes go through the socket's own stream, for a script listens to them; HTTP listens as well.
    pub(crate) fn read_itself(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
        let Some(state) = state_of(socket, cx) else { return Ok(()) };
        let conn = {
            let mut state = state.borrow_mut();
            state.data_mut().http = None;
            state.data().conn.clone()
        };
        if let Some(conn) = conn {
            conn.set_reader(Some(Rc::new(SocketReader { socket: socket.clone(), state: state.clone() })));
        }
        Ok(())
    }

    /// Something happened: the time without activity begins anew.
    pub(crate) fn touch(socket: &JsObject, cx: &mut Context) {
        if let Some(state) = state_of(socket, cx) {
            push_state_timer(&state);
        }
    }

    /// The inactivity timer that a connection had before it had a socket.
    pub(crate) fn take_timer(socket: &JsObject, timer: &Rc<IdleTimer>, cx: &mut Context) -> JsResult<()> {
        let Some(state) = state_of(socket, cx) else { return Ok(()) };
        let duration_ms = timer.duration_ms();
        timer.cancel();
        if duration_ms > 0 {
            socket.set(js_string!("timeout"), duration_ms as f64, true, cx)?;
            timer_of(socket, &state, cx).set(duration_ms);
        }
        Ok(())
    }
}

fn is_connecting(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(socket) = this.as_object() else { return Ok(JsValue::undefined()) };
    Ok(state_of(&socket, cx).map_or_else(JsValue::undefined, |state| state.borrow().data().connecting.into()))
}

fn set_connecting(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    state.borrow_mut().data_mut().connecting = args.get_or_undefined(0).to_boolean();
    Ok(JsValue::undefined())
}

fn is_pending(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let state = state.borrow();
    Ok((state.data().conn.is_none() || state.data().connecting).into())
}

fn ready_state(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    if state.borrow().data().connecting {
        return Ok(js_string!("opening").into());
    }
    let readable = socket.get(js_string!("readable"), cx)?.to_boolean();
    let writable = socket.get(js_string!("writable"), cx)?.to_boolean();
    let text = match (readable, writable) {
        (true, true) => "open",
        (true, false) => "readOnly",
        (false, true) => "writeOnly",
        (false, false) => "closed",
    };
    Ok(js_string!(text).into())
}

fn set_reffed(this: &JsValue, name: &'static str, reffed: bool, cx: &mut Context) -> JsResult<JsValue> {
    match conn_of(this, cx) {
        Some(conn) => conn.set_ref(reffed),
        None => {
            let socket = this.to_object(cx)?;
            let method = socket.get(js_string!(name), cx)?;
            events::once(&socket, js_string!("connect"), method, cx)?;
        }
    }
    Ok(this.clone())
}

/// `net.Socket.prototype.ref`
fn add_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_reffed(this, "ref", true, cx)
}

/// `net.Socket.prototype.unref`
fn remove_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_reffed(this, "unref", false, cx)
}

/// `socket._handle`: what carries its bytes, null without a connection.
fn handle_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(socket) = this.as_object() else { return Ok(JsValue::undefined()) };
    let Some(state) = state_of(&socket, cx) else { return Ok(JsValue::undefined()) };
    let (conn, made) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().handle.clone())
    };
    let Some(conn) = conn else { return Ok(JsValue::null()) };
    if let Some(wrap) = tls::handle_of(&socket, cx)? {
        return Ok(wrap);
    }
    if let Some(made) = made {
        return Ok(made.into());
    }
    let made = handle::of_conn(&conn, cx)?;
    state.borrow_mut().data_mut().handle = Some(made.clone());
    Ok(made.into())
}

fn set_handle_object(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    match handle::inner_of(args.get_or_undefined(0)) {
        Some(handle::Inner::Conn(conn)) => take_conn(&socket, &state, &conn),
        _ => {
            let mut state = state.borrow_mut();
            state.data_mut().conn = None;
            state.data_mut().handle = None;
        }
    }
    Ok(JsValue::undefined())
}

/// Gives a connecting socket its (possibly new) connection.
pub(super) fn set_conn(socket: &JsObject, state: &JsObject<SocketState>, conn: &Rc<Conn>) {
    let before = {
        let mut state = state.borrow_mut();
        state.data_mut().handle = None;
        state.data_mut().conn.take()
    };
    if let Some(before) = before.filter(|before| !Rc::ptr_eq(before, conn)) {
        before.close(|_| {});
    }
    take_conn(socket, state, conn);
}
