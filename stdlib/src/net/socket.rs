//! `net.Socket`.

use std::{os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsFunction};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_sys::{SysError, SysResult, errno, net::Address, stdio::HandleKind},
    errors as engine_errors,
    table::{self, Export as Member},
    validate,
};

use super::{
    address_info, block_list,
    conn::{Bytes, Conn, Reader, StreamKind, Then},
    connect, errors, handle,
    idle::IdleTimer,
};
use crate::{
    buffer, events,
    http::server::Connection,
    stream::{self, Chunk, Done, Native},
    tls,
};

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

static SOCKET_IO: SocketIo = SocketIo;
struct SocketIo;

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

fn timer_of(socket: &JsObject, state: &JsObject<SocketState>, cx: &Context) -> Rc<IdleTimer> {
    if let Some(timer) = &state.borrow().data().timer {
        return timer.clone();
    }
    let timer = IdleTimer::new(cx);
    let socket = socket.clone();
    timer.set_expired(Some(Rc::new(move |cx: &mut Context| {
        Host::of(cx).enter_with(cx, |cx| events::method(&socket, "_onTimeout", &[], cx).map(drop));
    })));
    state.borrow_mut().data_mut().timer = Some(timer.clone());
    timer
}

/// Bytes from the descriptor to the socket's stream.
struct SocketReader {
    socket: JsObject,
    state: JsObject<SocketState>,
}

impl Reader for SocketReader {
    fn object(&self) -> Option<JsObject> {
        Some(self.socket.clone())
    }

    fn data(self: Rc<Self>, conn: &Rc<Conn>, bytes: &[u8], cx: &mut Context) {
        push_state_timer(&self.state);
        Host::of(cx).enter_with(cx, |cx| {
            if !self.give(bytes, cx)? {
                conn.read_stop();
            }
            Ok(())
        });
    }

    fn end(self: Rc<Self>, _conn: &Rc<Conn>, cx: &mut Context) {
        push_state_timer(&self.state);
        Host::of(cx).enter_with(cx, |cx| {
            let ended = self.socket.get(js_string!("readableEnded"), cx)?.to_boolean();
            if !ended {
                stream::push(&self.socket, None, cx)?;
                events::method(&self.socket, "read", &[0.into()], cx)?;
            }
            Ok(())
        });
    }

    fn failed(self: Rc<Self>, _conn: &Rc<Conn>, error: SysError, cx: &mut Context) {
        Host::of(cx).enter_with(cx, |cx| {
            let error = errors::errno(&error, cx)?;
            events::method(&self.socket, "destroy", &[error.into()], cx).map(drop)
        });
    }
}

impl SocketReader {
    /// Whether the socket wants more.
    fn give(&self, bytes: &[u8], cx: &mut Context) -> JsResult<bool> {
        let on_read = self.state.borrow().data().on_read.clone();
        match on_read {
            Some(on_read) => self.give_on_read(*on_read, bytes, cx),
            None => {
                let chunk = buffer::from_slice(bytes, cx)?;
                stream::push(&self.socket, Some(chunk.into()), cx)
            }
        }
    }

    fn give_on_read(&self, mut on_read: OnRead, bytes: &[u8], cx: &mut Context) -> JsResult<bool> {
        let mut rest = bytes;
        let mut more = true;
        while !rest.is_empty() {
            let taken = buffer::with_bytes_mut(&on_read.buffer, |target| {
                let len = rest.len().min(target.len());
                target[..len].copy_from_slice(&rest[..len]);
                len
            });
            let taken = taken.unwrap_or(0);
            if taken == 0 {
                break;
            }
            rest = &rest[taken..];
            let args = [taken.into(), on_read.buffer.clone()];
            let answer = on_read.callback.call(&self.socket.clone().into(), &args, cx)?;
            more &= answer.as_boolean() != Some(false);
            if let Some(make) = &on_read.make {
                let next = make.call(&JsValue::undefined(), &[], cx)?;
                if buffer::is_uint8_array(&next) {
                    on_read.buffer = next;
                    let conn = self.state.borrow().data().conn.clone();
                    if let Some(conn) = conn {
                        conn.set_read_len_max(on_read.len());
                    }
                    self.state.borrow_mut().data_mut().on_read = Some(Box::new(on_read.clone()));
                }
            }
        }
        Ok(more)
    }
}

impl Native for SocketIo {
    fn read(&self, stream: &JsObject, size: usize, cx: &mut Context) -> JsResult<()> {
        let Some(state) = state_of(stream, cx) else { return Ok(()) };
        let (conn, connecting, is_http) = {
            let state = state.borrow();
            let state = state.data();
            (state.conn.clone(), state.connecting, state.http.is_some())
        };
        match conn {
            Some(conn) if !connecting => {
                // HTTP reads the descriptor itself.
                if is_http {
                    return Ok(());
                }
                try_read_start(stream, &conn, cx)
            }
            _ => {
                let later = table::closure("", 0, stream.clone(), move |_this, _args, stream, cx| events::method(stream, "_read", &[(size_of_read()).into()], cx), cx);
                let _ = size;
                events::once(stream, js_string!("connect"), later, cx)
            }
        }
    }

    fn comes_of_itself(&self, stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
        let Some(state) = state_of(stream, cx) else { return Ok(false) };
        let reads = {
            let state = state.borrow();
            let state = state.data();
            !state.connecting && state.http.is_none() && state.on_read.is_none() && state.conn.as_ref().is_some_and(|conn| conn.is_reading())
        };
        if !reads {
            return Ok(false);
        }
        // Unless a script wants to hear of it.
        let (method, hook) = (stream.get(js_string!("read"), cx)?, stream.get(js_string!("_read"), cx)?);
        Ok(method.as_object().is_some_and(|method| method.is_native_function(read)) && hook.as_object().is_some_and(|hook| hook.is_native_function(stream::native::read)))
    }

    fn write(&self, stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        write_chunks(stream, vec![(chunk, encoding.clone())], done, cx)
    }

    fn writev(&self, stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
        write_chunks(stream, chunks, done, cx)
    }

    fn finish(&self, stream: &JsObject, done: Done, cx: &mut Context) -> JsResult<()> {
        let Some(state) = state_of(stream, cx) else { return done.ok(cx) };
        let (conn, connecting) = {
            let state = state.borrow();
            (state.data().conn.clone(), state.data().connecting)
        };
        if connecting {
            let later = table::closure(
                "",
                0,
                (stream.clone(), done),
                |_this, _args, (stream, done), cx| {
                    SOCKET_IO.finish(stream, done.clone(), cx)?;
                    Ok(JsValue::undefined())
                },
                cx,
            );
            return events::once(stream, js_string!("connect"), later, cx);
        }
        let Some(conn) = conn else { return done.ok(cx) };
        let then: Then = Box::new(move |result, cx| {
            Host::of(cx).enter_with(cx, |cx| match result {
                Ok(()) => done.ok(cx),
                // The other side closed first, or the socket was closed meanwhile: nothing is left to say.
                Err(error) if error.is(errno::ENOTCONN) || error.is(errno::ECANCELED) => done.ok(cx),
                Err(error) => {
                    let error = errors::errno(&error, cx)?;
                    done.call(error.into(), cx)
                }
            });
        });
        if state.borrow().data().beside {
            conn.shutdown_below(then);
        } else {
            conn.shutdown(then);
        }
        Ok(())
    }

    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        let Some(state) = state_of(stream, cx) else { return done.call(error, cx) };
        let (conn, timer, server, resetting) = {
            let mut state = state.borrow_mut();
            let state = state.data_mut();
            state.connecting = false;
            state.handle = None;
            (state.conn.take(), state.timer.take(), state.server.take(), std::mem::take(&mut state.resetting))
        };
        if let Some(timer) = timer {
            timer.cancel();
        }
        let had_exception = error.to_boolean();
        let socket = stream.clone();
        match conn {
            Some(conn) => {
                {
                    let mut state = state.borrow_mut();
                    let state = state.data_mut();
                    state.bytes_read = conn.bytes_read();
                    state.bytes_written = conn.bytes_written();
                    state.had_exception = had_exception;
                }
                if resetting {
                    conn.reset();
                }
                conn.close(move |cx| {
                    Host::of(cx).enter_with(cx, |cx| events::emit(&socket, js_string!("close"), &[had_exception.into()], cx).map(drop));
                });
                done.call(error, cx)?;
            }
            None => {
                done.call(error, cx)?;
                Host::of(cx).next_tick_native(move |cx| events::emit(&socket, js_string!("close"), &[false.into()], cx).map(drop));
            }
        }
        match server {
            Some(server) => super::server::connection_closed(&server, cx),
            None => Ok(()),
        }
    }
}

/// What `_read` is asked for when the connection is there: the stream knows better by then.
fn size_of_read() -> i32 {
    0
}

fn try_read_start(socket: &JsObject, conn: &Rc<Conn>, cx: &mut Context) -> JsResult<()> {
    if conn.is_reading() {
        return Ok(());
    }
    // Closed under the socket, through its handle.
    let started = if conn.is_closed() { Err(SysError::new(errno::EBADF, "read")) } else { conn.read_start() };
    match started {
        Ok(()) => Ok(()),
        Err(error) => {
            let error = errors::errno(&error, cx)?;
            events::method(socket, "destroy", &[error.into()], cx).map(drop)
        }
    }
}

/// Node's `_writeGeneric`.
fn write_chunks(socket: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
    let Some(state) = state_of(socket, cx) else { return done.ok(cx) };
    let (conn, connecting, beside) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().connecting, state.data().beside)
    };
    if connecting {
        return write_when_connected(socket, chunks, done, cx);
    }
    let Some(conn) = conn else {
        let error = errors::socket_closed(cx).into_opaque(cx)?;
        return done.call(error, cx);
    };
    if let Some((Chunk::Value(value), encoding)) = chunks.first()
        && value.is_string()
        && encoding.as_string().is_some_and(|encoding| encoding == "buffer")
    {
        return Err(engine_errors::coded(engine_errors::Base::Type, "ERR_INVALID_ARG_TYPE", "Second argument must be a buffer", cx));
    }
    push_state_timer(&state);
    let state_of_write = state.clone();
    let result = send(&conn, chunks, beside, done.clone(), move |done| {
        Box::new(move |result: SysResult<()>, cx: &mut Context| {
            Host::of(cx).enter_with(cx, |cx| written(&state_of_write, result, &done, cx));
        })
    });
    match result {
        Ok(true) => done.ok(cx),
        Ok(false) => {
            state.borrow_mut().data_mut().last_queue_len = conn.queue_len();
            Ok(())
        }
        Err(error) => {
            let error = errors::errno(&error, cx)?;
            done.call(error.into(), cx)
        }
    }
}

/// A write that had to wait is over.
fn written(state: &JsObject<SocketState>, result: SysResult<()>, done: &Done, cx: &mut Context) -> JsResult<()> {
    match result {
        Ok(()) => {
            push_state_timer(state);
            state.borrow_mut().data_mut().last_queue_len = 0;
            done.ok(cx)
        }
        Err(error) => {
            let error = errors::errno(&error, cx)?;
            done.call(error.into(), cx)
        }
    }
}

/// Hands chunks to the connection, in as few calls as that takes. `Ok(true)`: all is sent.
fn send(conn: &Rc<Conn>, chunks: Vec<(Chunk, JsValue)>, beside: bool, done: Done, then: impl FnOnce(Done) -> Then + 'static) -> SysResult<bool> {
    let mut pieces: Vec<Bytes> = Vec::with_capacity(1);
    for (chunk, encoding) in chunks {
        let piece = to_bytes(chunk, &encoding);
        match (pieces.last_mut(), piece) {
            (Some(Bytes::Owned(last)), Bytes::Owned(more)) => last.extend_from_slice(&more),
            (Some(Bytes::Owned(last)), Bytes::View(range)) if range.byte_length < JOIN_LEN_MAX => {
                range.read(|bytes| last.extend_from_slice(bytes));
            }
            (Some(_), Bytes::View(range)) if range.byte_length < JOIN_LEN_MAX => pieces.push(Bytes::Owned(range.to_vec())),
            (_, piece) => pieces.push(piece),
        }
    }
    let Some(last) = pieces.pop() else { return Ok(true) };
    for piece in pieces {
        if beside { conn.write_below(piece, None) } else { conn.write(piece, None) }?;
    }
    Ok(conn.write_or(last, done, beside, then)?.is_some())
}

/// Smaller buffers that are written together are joined: a copy costs less than a place in a gathered write.
const JOIN_LEN_MAX: usize = 16 * 1024;

fn to_bytes(chunk: Chunk, encoding: &JsValue) -> Bytes {
    if let Chunk::Value(value) = &chunk {
        if let Some(text) = value.as_string() {
            let encoding = encoding.as_string().and_then(|label| buffer::Encoding::of(&label)).unwrap_or_default();
            return Bytes::Owned(buffer::string_to_bytes(&text, encoding));
        }
        if let Some(range) = buffer::range_of(value) {
            return Bytes::View(range);
        }
    }
    Bytes::Owned(chunk.into_vec())
}

/// What is written while the socket connects waits for it; so does the stream, which sends no more meanwhile.
fn write_when_connected(socket: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
    let mut values = Vec::with_capacity(chunks.len());
    for (chunk, encoding) in chunks {
        values.push((chunk.into_value(cx)?, encoding));
    }
    if let [(value, encoding)] = values.as_slice() {
        socket.set(js_string!("_pendingData"), value.clone(), true, cx)?;
        socket.set(js_string!("_pendingEncoding"), encoding.clone(), true, cx)?;
    } else {
        let mut entries = Vec::with_capacity(values.len());
        for (value, encoding) in &values {
            let entry = JsObject::with_object_proto(cx.intrinsics());
            entry.create_data_property_or_throw(js_string!("chunk"), value.clone(), cx)?;
            entry.create_data_property_or_throw(js_string!("encoding"), encoding.clone(), cx)?;
            entries.push(entry.into());
        }
        let entries = boa_engine::object::builtins::JsArray::from_values(entries, cx);
        socket.set(js_string!("_pendingData"), entries, true, cx)?;
    }
    let closed = table::closure(
        "onClose",
        0,
        done.clone(),
        |_this, _args, done, cx| {
            let error = errors::socket_closed_before_connection(cx).into_opaque(cx)?;
            done.call(error, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let captured = (values, done, closed.clone());
    let connected = table::closure(
        "connect",
        0,
        captured,
        |this, _args, (values, done, closed), cx| {
            let socket = this.to_object(cx)?;
            events::method(&socket, "off", &[js_string!("close").into(), closed.clone().into()], cx)?;
            socket.set(js_string!("_pendingData"), JsValue::null(), true, cx)?;
            socket.set(js_string!("_pendingEncoding"), js_string!(""), true, cx)?;
            let chunks = values.iter().map(|(value, encoding)| (Chunk::Value(value.clone()), encoding.clone())).collect();
            write_chunks(&socket, chunks, done.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(socket, js_string!("connect"), connected, cx)?;
    events::once(socket, js_string!("close"), closed, cx)
}

/// After the other side's end, a socket that is not to stay half open writes no more.
fn on_readable_end(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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

fn push_state_timer(state: &JsObject<SocketState>) {
    let timer = state.borrow().data().timer.clone();
    if let Some(timer) = timer {
        timer.push();
    }
}

/// `net.Socket.prototype._unrefTimer`: something happened.
fn push_timer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(state) = this.as_object().and_then(|socket| state_of(&socket, cx)) {
        push_state_timer(&state);
    }
    Ok(JsValue::undefined())
}

/// `net.Socket.prototype.setTimeout`
fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    if socket.get(js_string!("destroyed"), cx)?.to_boolean() {
        return Ok(this.clone());
    }
    let given = args.get_or_undefined(0);
    socket.set(js_string!("timeout"), given.clone(), true, cx)?;
    let duration_ms = timer_duration(given, "msecs", cx)?;
    let callback = args.get_or_undefined(1);
    timer_of(&socket, &state, cx).set(duration_ms);
    if callback.is_undefined() {
        return Ok(this.clone());
    }
    let callback = validate::function(callback, "callback", cx)?;
    if duration_ms == 0 {
        events::remove_listener(&socket, js_string!("timeout"), callback, cx)?;
    } else {
        events::once(&socket, js_string!("timeout"), callback, cx)?;
    }
    Ok(this.clone())
}

/// Node's `getTimerDuration`.
pub(crate) fn timer_duration(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<u64> {
    let number = validate::number(value, name, cx)?;
    if number < 0.0 || !number.is_finite() {
        return Err(engine_errors::out_of_range(name, "a non-negative finite number", value, cx));
    }
    if number > TIMEOUT_MAX_MS {
        let message = format!("{number} does not fit into a 32-bit signed integer.\nTimer duration was truncated to {TIMEOUT_MAX_MS}.");
        let warning = engine_errors::plain(engine_errors::Base::Error, message).into_opaque(cx)?;
        if let Some(warning) = warning.as_object() {
            warning.create_data_property_or_throw(js_string!("name"), js_string!("TimeoutOverflowWarning"), cx)?;
            events::emit_warning(warning.into(), cx)?;
        }
        return Ok(TIMEOUT_MAX_MS as u64);
    }
    Ok(number as u64)
}

const TIMEOUT_MAX_MS: f64 = 2_147_483_647.0;

/// `net.Socket.prototype._onTimeout`: a write that makes progress is no inactivity.
fn on_timeout(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    let (conn, last) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().last_queue_len)
    };
    if let Some(conn) = conn.filter(|_| last > 0) {
        let now = conn.queue_len();
        if now != last {
            state.borrow_mut().data_mut().last_queue_len = now;
            push_state_timer(&state);
            return Ok(JsValue::undefined());
        }
    }
    events::emit(&socket, js_string!("timeout"), &[], cx)?;
    Ok(JsValue::undefined())
}

/// What was asked of a socket before it was connected.
pub(super) fn apply_options(state: &JsObject<SocketState>, cx: &mut Context) -> JsResult<()> {
    let (no_delay, keep_alive, delay_s, service_type) = {
        let state = state.borrow();
        let state = state.data();
        (state.no_delay, state.keep_alive, state.keep_alive_delay_s, state.service_type)
    };
    if no_delay {
        tell_no_delay(state, true, cx)?;
    }
    if keep_alive {
        tell_keep_alive(state, true, delay_s, cx)?;
    }
    if let Some(service_type) = service_type {
        let conn = state.borrow().data().conn.clone();
        conn.and_then(|conn| conn.with_fd(|fd, sys| sys.net().set_service_type(fd, service_type).ok()));
    }
    Ok(())
}

/// Options a socket may refuse (a unix socket has none of them) are not worth losing a connection for. A handle a script has
/// asked for is told through its own methods, which may be the script's.
fn tell_no_delay(state: &JsObject<SocketState>, on: bool, cx: &mut Context) -> JsResult<()> {
    let (conn, handle) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().handle.clone())
    };
    match (conn, handle) {
        (_, Some(handle)) => events::method(&handle, "setNoDelay", &[on.into()], cx).map(drop),
        (Some(conn), None) => {
            conn.with_fd(|fd, sys| sys.net().set_nodelay(fd, on).ok());
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

fn tell_keep_alive(state: &JsObject<SocketState>, on: bool, delay_s: u32, cx: &mut Context) -> JsResult<()> {
    let (conn, handle) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().handle.clone())
    };
    match (conn, handle) {
        (_, Some(handle)) => events::method(&handle, "setKeepAlive", &[on.into(), delay_s.into()], cx).map(drop),
        (Some(conn), None) => {
            conn.with_fd(|fd, sys| sys.net().set_keepalive(fd, on, delay_s).ok());
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

/// `net.Socket.prototype.setNoDelay`
fn set_no_delay(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let given = args.get_or_undefined(0);
    let on = given.is_undefined() || given.to_boolean();
    let tells = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        std::mem::replace(&mut state.no_delay, on) != on && !state.connecting
    };
    if tells {
        tell_no_delay(&state, on, cx)?;
    }
    Ok(this.clone())
}

/// A type of service: 0 to 255.
fn service_type_of(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<u8> {
    if value.as_number().is_none_or(f64::is_nan) {
        return Err(engine_errors::invalid_arg_type(name, "number", value, cx));
    }
    validate::int32(value, name, 0, 255, cx).map(|number| number as u8)
}

/// `net.Socket.prototype.setTypeOfService`
fn set_type_of_service(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let service_type = service_type_of(args.get_or_undefined(0), "tos", cx)?;
    let conn = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.service_type = Some(service_type);
        state.conn.clone().filter(|_| !state.connecting)
    };
    let result = conn.and_then(|conn| conn.with_fd(|fd, sys| sys.net().set_service_type(fd, service_type)));
    match result {
        Some(Err(error)) => Err(boa_engine::JsError::from_opaque(errors::errno(&error, cx)?.into())),
        _ => Ok(this.clone()),
    }
}

/// `net.Socket.prototype.getTypeOfService`
fn type_of_service(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let (conn, known) = {
        let state = state.borrow();
        let state = state.data();
        (state.conn.clone().filter(|_| !state.connecting), state.service_type)
    };
    match conn.and_then(|conn| conn.with_fd(|fd, sys| sys.net().service_type(fd))) {
        Some(Ok(service_type)) => Ok(service_type.into()),
        Some(Err(error)) => Err(boa_engine::JsError::from_opaque(errors::errno(&error, cx)?.into())),
        None => Ok(known.unwrap_or(0).into()),
    }
}

/// `net.Socket.prototype.setKeepAlive`
fn set_keep_alive(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let on = args.get_or_undefined(0).to_boolean();
    let delay = args.get_or_undefined(1).to_number(cx)?;
    let delay_s = if delay.is_finite() { (delay / 1000.0).max(0.0) as u32 } else { 0 };
    let tells = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        let changes = on != state.keep_alive || on && state.keep_alive_delay_s != delay_s;
        state.keep_alive = on;
        state.keep_alive_delay_s = delay_s;
        changes && !state.connecting
    };
    if tells {
        tell_keep_alive(&state, on, delay_s, cx)?;
    }
    Ok(this.clone())
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

fn buffer_size(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    if state.borrow().data().conn.is_none() {
        return Ok(JsValue::undefined());
    }
    socket.get(js_string!("writableLength"), cx)
}

/// `net.Socket.prototype.end`
fn end(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    super_method(&socket, "end", args, cx)?;
    Ok(this.clone())
}

/// `net.Socket.prototype.resetAndDestroy`: the other side sees ECONNRESET.
fn reset_and_destroy(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
fn reset(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
fn pause(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = own_flow(this, false, cx)?;
    super_method(&socket, "pause", args, cx)
}

/// `net.Socket.prototype.resume`
fn resume(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = own_flow(this, true, cx)?;
    super_method(&socket, "resume", args, cx)
}

/// `net.Socket.prototype.read`
fn read(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
fn destroy_soon(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
pub(super) fn forget_addresses(state: &JsObject<SocketState>) {
    let mut state = state.borrow_mut();
    let state = state.data_mut();
    state.peer = None;
    state.local = None;
}

fn peer_address_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let address = peer_of(this, cx);
    Ok(address_info::to_object(address.as_ref(), cx)?.into())
}

fn local_address_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let address = local_of(this, cx);
    Ok(address_info::to_object(address.as_ref(), cx)?.into())
}

fn part(address: Option<Address>, part: fn(&core::net::SocketAddr) -> JsValue) -> JsResult<JsValue> {
    Ok(address.and_then(|address| address.ip()).map_or_else(JsValue::undefined, |ip| part(&ip)))
}

fn remote_address(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(peer_of(this, cx), |ip| js_string!(address_info::shown(ip)).into())
}

fn remote_family(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(peer_of(this, cx), |ip| js_string!(address_info::family(ip)).into())
}

fn remote_port(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(peer_of(this, cx), |ip| ip.port().into())
}

fn local_address(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(local_of(this, cx), |ip| js_string!(address_info::shown(ip)).into())
}

fn local_port(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(local_of(this, cx), |ip| ip.port().into())
}

fn local_family(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    part(local_of(this, cx), |ip| js_string!(address_info::family(ip)).into())
}

fn counted(this: &JsValue, live: fn(&Conn) -> u64, kept: fn(&SocketState) -> u64, cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = this.as_object().and_then(|socket| state_of(&socket, cx)) else { return Ok(JsValue::undefined()) };
    let state = state.borrow();
    let state = state.data();
    let count = state.conn.as_ref().map_or_else(|| kept(state), |conn| live(conn));
    Ok((count as f64).into())
}

fn bytes_read(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    counted(this, Conn::bytes_read, |state| state.bytes_read, cx)
}

/// Bytes given to the system, those it has not taken included.
fn bytes_dispatched(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    counted(this, |conn| conn.bytes_written() + conn.queue_len() as u64, |state| state.bytes_written, cx)
}

/// `net.Socket.prototype.bytesWritten`: what the stream still holds counts too.
fn bytes_written(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(socket) = this.as_object() else { return Ok(JsValue::undefined()) };
    let mut total = bytes_dispatched(this, args, cx)?.as_number().unwrap_or(0.0);
    let waiting = socket.get(js_string!("writableBuffer"), cx)?;
    if waiting.is_null_or_undefined() {
        return Ok(JsValue::undefined());
    }
    for entry in crate::http::elements(&waiting, cx)?.unwrap_or_default() {
        let entry = entry.to_object(cx)?;
        let (chunk, encoding) = (entry.get(js_string!("chunk"), cx)?, entry.get(js_string!("encoding"), cx)?);
        total += byte_len(&chunk, &encoding);
    }
    let http = state_of(&socket, cx).and_then(|state| state.borrow().data().http.clone());
    total += http.map_or(0.0, |http| http.unsent_len() as f64);
    let pending = socket.get(js_string!("_pendingData"), cx)?;
    if let Some(chunks) = crate::http::elements(&pending, cx)? {
        for entry in chunks {
            let entry = entry.to_object(cx)?;
            let (chunk, encoding) = (entry.get(js_string!("chunk"), cx)?, entry.get(js_string!("encoding"), cx)?);
            total += byte_len(&chunk, &encoding);
        }
    } else if pending.to_boolean() {
        let encoding = socket.get(js_string!("_pendingEncoding"), cx)?;
        total += byte_len(&pending, &encoding);
    }
    Ok(total.into())
}

fn byte_len(chunk: &JsValue, encoding: &JsValue) -> f64 {
    match chunk.as_string() {
        Some(text) => {
            let encoding = encoding.as_string().and_then(|label| buffer::Encoding::of(&label)).unwrap_or_default();
            buffer::string_to_bytes(&text, encoding).len() as f64
        }
        None => buffer::range_of(chunk).map_or(0.0, |range| range.byte_length as f64),
    }
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

/// `socket._handle`: null without a connection.
/// `socket._writeGeneric(writev, data, encoding, callback)`: what `_write` and `_writev` both are.
fn write_generic(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (data, encoding, callback) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone(), args.get_or_undefined(3).clone());
    if args.get_or_undefined(0).to_boolean() { stream::native::writev(this, &[data, callback], cx) } else { stream::native::write(this, &[data, encoding, callback], cx) }
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
