//! `dgram.Socket`: making it, binding, connecting, closing.

use std::{collections::VecDeque, net::SocketAddr, os::fd::OwnedFd, rc::Rc};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::{JsFunction, JsPromise},
    template::HostTemplate,
};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_sys::{
        SysError, SysResult,
        net::{BindOptions, parse_scoped_with_port},
        stdio::HandleKind,
    },
    errors as engine_errors,
    table::{self, Member, Symbol},
    validate,
};

use super::{DgramState, options, send, udp::Udp};
use crate::{
    buffer, cluster, diagnostics_channel, dns, events,
    net::{address_info, block_list, errors},
};

/// `dgram.Socket`
pub static SOCKET: Class = Class {
    name: "Socket",
    length: 2,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::renamed("bind", "", 2, bind),
        Member::renamed("connect", "", 3, connect),
        Member::renamed("disconnect", "", 0, disconnect),
        Member::renamed("sendto", "", 6, send::sendto),
        Member::renamed("send", "", 6, send::send),
        Member::renamed("close", "", 1, close),
        Member::symbol(Symbol::AsyncDispose, "", 0, async_dispose),
        Member::renamed("address", "", 0, address),
        Member::renamed("remoteAddress", "", 0, remote_address),
        Member::all(options::MEMBERS),
        Member::renamed("ref", "", 0, add_ref),
        Member::renamed("unref", "", 0, remove_ref),
        Member::all(options::BUFFER_MEMBERS),
    ],
    statics: &[],
};

/// Whether a socket has its address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindState {
    Unbound,
    Binding,
    Bound,
}

/// Whether a socket has one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConnectState {
    Disconnected,
    Connecting,
    Connected,
}

/// What was asked of a socket while it was being bound.
pub type Queued = Box<dyn FnOnce(&mut Context) -> JsResult<()>>;

/// What a socket keeps natively.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct SocketState {
    /// None once it is closed.
    #[unsafe_ignore_trace]
    pub udp: Option<Rc<Udp>>,
    pub is_v6: bool,
    pub lookup: Option<JsFunction>,
    #[unsafe_ignore_trace]
    pub bind_state: BindState,
    #[unsafe_ignore_trace]
    pub connect_state: ConnectState,
    #[unsafe_ignore_trace]
    pub queue: Option<VecDeque<Queued>>,
    #[unsafe_ignore_trace]
    bind_options: BindOptions,
    recv_buffer_size: JsValue,
    send_buffer_size: JsValue,
    receive_block_list: JsValue,
    pub send_block_list: JsValue,
}

/// The socket and its state, or ERR_INVALID_THIS.
pub fn find(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, JsObject<SocketState>)> {
    let object = this.to_object(cx)?;
    match Slot::<SocketState>::get(&object, cx) {
        Some(state) => Ok((object, state)),
        None => Err(engine_errors::invalid_this("Socket", cx)),
    }
}

/// Node's `healthCheck`: the socket's native side, or ERR_SOCKET_DGRAM_NOT_RUNNING.
pub fn running(state: &JsObject<SocketState>, cx: &mut Context) -> JsResult<Rc<Udp>> {
    let udp = state.borrow().data().udp.clone();
    udp.ok_or_else(|| engine_errors::socket_dgram_not_running(cx))
}

/// `dgram.Socket(type, listener)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    (events::EVENT_EMITTER.init)(this, &[], cx)?;
    let (mut kind, listener) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1));
    let options = kind.as_object();
    let get = |key: &'static str, cx: &mut Context| match &options {
        Some(options) => options.get(js_string!(key), cx),
        None => Ok(JsValue::undefined()),
    };
    if options.is_some() {
        kind = get("type", cx)?;
    }
    let lookup = get("lookup", cx)?;
    let (recv_buffer_size, send_buffer_size) = (get("recvBufferSize", cx)?, get("sendBufferSize", cx)?);
    for (size, name) in [(&recv_buffer_size, "options.recvBufferSize"), (&send_buffer_size, "options.sendBufferSize")] {
        if size.to_boolean() {
            validate::uint32(size, name, false, cx)?;
        }
    }
    let (receive_block_list, send_block_list) = (get("receiveBlockList", cx)?, get("sendBlockList", cx)?);
    for (list, name) in [(&receive_block_list, "options.receiveBlockList"), (&send_block_list, "options.sendBlockList")] {
        if list.to_boolean() && !block_list::is_block_list(list, cx)? {
            return Err(engine_errors::invalid_arg_type(name, "net.BlockList", list, cx));
        }
    }
    let lookup = if lookup.is_undefined() { None } else { Some(validate::function(&lookup, "lookup", cx)?) };
    let is_v6 = match kind.as_string() {
        Some(kind) if kind == "udp4" => false,
        Some(kind) if kind == "udp6" => true,
        _ => return Err(engine_errors::socket_bad_type(cx)),
    };
    socket.set(js_string!("type"), kind, true, cx)?;
    if listener.is_callable() {
        events::on(&socket, js_string!("message"), listener.clone(), cx)?;
    }
    let bind_options = BindOptions { reuse_address: get("reuseAddr", cx)?.to_boolean(), reuse_port: get("reusePort", cx)?.to_boolean(), ipv6_only: get("ipv6Only", cx)?.to_boolean() };
    let state = SocketState {
        udp: Some(Udp::new(cx)),
        is_v6,
        lookup,
        bind_state: BindState::Unbound,
        connect_state: ConnectState::Disconnected,
        queue: None,
        bind_options,
        recv_buffer_size,
        send_buffer_size,
        receive_block_list,
        send_block_list,
    };
    Slot::set(&socket, state, cx)?;
    let signal = get("signal", cx)?;
    if let Some(signal) = validate::abort_signal(&signal, "options.signal", cx)? {
        close_on_abort(&socket, &signal, cx)?;
    }
    diagnostics_channel::announce("udp.socket", &[("socket", &socket.into())], cx)?;
    Ok(JsValue::undefined())
}

fn close_on_abort(socket: &JsObject, signal: &JsObject, cx: &mut Context) -> JsResult<()> {
    let aborted = table::closure(
        "onAborted",
        0,
        socket.clone(),
        |_this, _args, socket, cx| {
            let (_, state) = find(&socket.clone().into(), cx)?;
            let is_open = state.borrow().data().udp.is_some();
            if is_open {
                events::method(socket, "close", &[], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
        return aborted.call(&JsValue::undefined(), &[], cx).map(drop);
    }
    events::on_abort(signal, &aborted, cx)?;
    let closed = table::closure(
        "",
        0,
        (signal.clone(), aborted),
        |_this, _args, (signal, aborted), cx| {
            events::off_abort(signal, aborted, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(socket, js_string!("close"), closed, cx)
}

/// `socket.bind([port][, address][, callback])`, `socket.bind(options[, callback])`
fn bind(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    let udp = running(&state, cx)?;
    let bind_state = state.borrow().data().bind_state;
    if bind_state != BindState::Unbound {
        return Err(engine_errors::socket_already_bound(cx));
    }
    state.borrow_mut().data_mut().bind_state = BindState::Binding;
    if let Some(callback) = args.last().and_then(JsValue::as_function) {
        once_listening(&socket, callback, cx)?;
    }
    let mut port = args.get_or_undefined(0).clone();
    let mut address = args.get_or_undefined(1).clone();
    let mut shares = cluster::is_worker(cx) && !state.borrow().data().bind_options.reuse_port;
    if let Some(options) = port.as_object() {
        shares &= !options.get(js_string!("exclusive"), cx)?.to_boolean();
    }
    if let Some(options) = port.as_object().filter(|options| !options.is_callable()) {
        let fd = options.get(js_string!("fd"), cx)?;
        if let Some(fd) = fd.as_number().filter(|fd| *fd > 0.0 && fd.fract() == 0.0 && *fd <= f64::from(i32::MAX)) {
            open_fd(&udp, fd as i32, cx)?;
            start(&socket, &state, &udp, cx)?;
            return Ok(this.clone());
        }
        address = options.get(js_string!("address"), cx)?;
        port = options.get(js_string!("port"), cx)?;
    } else if address.is_callable() {
        address = JsValue::undefined();
    }
    if port.is_callable() {
        port = JsValue::undefined();
    }
    let port = if port.to_boolean() { port.to_u32(cx)? as u16 } else { 0 };
    let is_v6 = state.borrow().data().is_v6;
    let host = match address.to_boolean() {
        true => address.to_string(cx)?.to_std_string_lossy(),
        false if is_v6 => "::".to_owned(),
        false => "0.0.0.0".to_owned(),
    };
    let (socket_then, state_then) = (socket, state.clone());
    look_up(&state, &host, cx, move |found, cx| bound(&socket_then, &state_then, port, shares, found, cx))?;
    Ok(this.clone())
}

fn bound(socket: &JsObject, state: &JsObject<SocketState>, port: u16, shares: bool, found: Result<String, JsValue>, cx: &mut Context) -> JsResult<()> {
    // It may have been closed meanwhile.
    let Some(udp) = state.borrow().data().udp.clone() else { return Ok(()) };
    let ip = match found {
        Ok(ip) => ip,
        Err(error) => {
            state.borrow_mut().data_mut().bind_state = BindState::Unbound;
            return events::emit(socket, js_string!("error"), &[error], cx).map(drop);
        }
    };
    let options = state.borrow().data().bind_options;
    if shares {
        return bind_through_primary(socket, state, ip, port, &options, cx);
    }
    let result = match destination(&ip, port, state) {
        Some(address) => udp.bind(address, &options),
        None => Err(SysError::new(coil_engine::coil_sys::errno::EINVAL, "bind")),
    };
    match result {
        Ok(()) => start(socket, state, &udp, cx),
        Err(error) => {
            let error = errors::host_port(&error, Some(&ip), Some(port), None, cx)?;
            state.borrow_mut().data_mut().bind_state = BindState::Unbound;
            events::emit(socket, js_string!("error"), &[error.into()], cx).map(drop)
        }
    }
}

/// In a worker of a cluster: with the primary's socket.
fn bind_through_primary(socket: &JsObject, state: &JsObject<SocketState>, ip: String, port: u16, options: &BindOptions, cx: &mut Context) -> JsResult<()> {
    let (socket_then, state_then, shown) = (socket.clone(), state.clone(), ip.clone());
    let then = move |result: SysResult<OwnedFd>, cx: &mut Context| {
        // It may have been closed meanwhile.
        let Some(udp) = state_then.borrow().data().udp.clone() else { return Ok(()) };
        match result.and_then(|fd| udp.open(fd)) {
            Ok(()) => start(&socket_then, &state_then, &udp, cx),
            Err(error) => {
                let error = errors::host_port(&error, Some(&shown), Some(port), None, cx)?;
                state_then.borrow_mut().data_mut().bind_state = BindState::Unbound;
                events::emit(&socket_then, js_string!("error"), &[error.into()], cx).map(drop)
            }
        }
    };
    let is_v6 = state.borrow().data().is_v6;
    cluster::query_datagram(socket, ip, port, is_v6, *options, then, cx)
}

/// Another descriptor of a socket that is bound, for another process; and whether it is one of IPv6.
pub(crate) fn descriptor_of(socket: &JsObject, cx: &mut Context) -> Option<(OwnedFd, bool)> {
    let state = Slot::<SocketState>::get(socket, cx)?;
    let state = state.borrow();
    let udp = state.data().udp.clone()?;
    let fd = udp.with_fd("dup", |fd, _| fd.try_clone().map_err(|_| SysError::new(coil_engine::coil_sys::errno::EBADF, "dup")));
    Some((fd.ok()?, state.data().is_v6))
}

/// A socket over a descriptor that another process has bound.
pub(crate) fn of_descriptor(kind: &JsValue, fd: OwnedFd, cx: &mut Context) -> JsResult<JsObject> {
    let socket = SOCKET.construct(std::slice::from_ref(kind), cx)?;
    let (socket, state) = find(&socket.into(), cx)?;
    let udp = running(&state, cx)?;
    check(udp.open(fd), "open", cx)?;
    start(&socket, &state, &udp, cx)?;
    Ok(socket)
}

/// An address of the socket's own family.
pub fn destination(ip: &str, port: u16, state: &JsObject<SocketState>) -> Option<SocketAddr> {
    let is_v6 = state.borrow().data().is_v6;
    parse_scoped_with_port(ip, port).filter(|address| address.is_ipv6() == is_v6)
}

fn open_fd(udp: &Udp, fd: i32, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let kind = host.sys().stdio().kind(fd);
    if kind != HandleKind::Udp {
        return Err(errors::invalid_fd_type(kind.name(), cx));
    }
    let result = match host.sys().fs().fds().take(fd) {
        Some(owned) => udp.open(owned),
        None => Err(SysError::new(coil_engine::coil_sys::errno::EBADF, "open")),
    };
    check(result, "open", cx)
}

/// Throws Node's `ErrnoException`.
pub fn check<T>(result: SysResult<T>, syscall: &'static str, cx: &mut Context) -> JsResult<T> {
    result.map_err(|error| match errors::errno(&SysError { syscall, ..error }, cx) {
        Ok(error) => boa_engine::JsError::from_opaque(error.into()),
        Err(error) => error,
    })
}

/// The callback of `bind`: called once it listens, forgotten once it cannot.
fn once_listening(socket: &JsObject, callback: JsFunction, cx: &mut Context) -> JsResult<()> {
    let holder = JsObject::with_null_proto();
    let on_listening = table::closure(
        "onListening",
        0,
        (holder.clone(), callback),
        |this, _args, (holder, callback), cx| {
            let socket = this.to_object(cx)?;
            forget_listening(&socket, holder, cx)?;
            callback.call(this, &[], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let on_error = table::closure(
        "removeListeners",
        0,
        holder.clone(),
        |this, _args, holder, cx| {
            let socket = this.to_object(cx)?;
            forget_listening(&socket, holder, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    holder.create_data_property_or_throw(js_string!("listening"), on_listening.clone(), cx)?;
    holder.create_data_property_or_throw(js_string!("error"), on_error.clone(), cx)?;
    events::on(socket, js_string!("error"), on_error, cx)?;
    events::on(socket, js_string!("listening"), on_listening, cx)
}

fn forget_listening(socket: &JsObject, holder: &JsObject, cx: &mut Context) -> JsResult<()> {
    for event in ["error", "listening"] {
        let listener = holder.get(js_string!(event), cx)?;
        events::remove_listener(socket, js_string!(event), listener, cx)?;
    }
    Ok(())
}

/// Node's `startListening`.
fn start(socket: &JsObject, state: &JsObject<SocketState>, udp: &Rc<Udp>, cx: &mut Context) -> JsResult<()> {
    let (socket_then, state_then) = (socket.clone(), state.clone());
    let started = udp.start(Rc::new(move |received, cx| {
        let owned = received.map(|(bytes, from)| (buffer::from_slice(bytes, cx), from));
        Host::of(cx).enter_with(cx, |cx| message(&socket_then, &state_then, owned, cx));
    }));
    check(started, "bind", cx)?;
    let (recv, send) = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.bind_state = BindState::Bound;
        (state.recv_buffer_size.clone(), state.send_buffer_size.clone())
    };
    for (size, is_recv) in [(recv, true), (send, false)] {
        if size.to_boolean() {
            options::set_buffer_size(&socket.clone().into(), &size, is_recv, cx)?;
        }
    }
    events::emit(socket, js_string!("listening"), &[], cx).map(drop)
}

/// Node's `onMessage`.
fn message(socket: &JsObject, state: &JsObject<SocketState>, received: SysResult<(JsResult<JsObject>, Option<SocketAddr>)>, cx: &mut Context) -> JsResult<()> {
    let (bytes, from) = match received {
        Ok((bytes, from)) => (bytes?, from),
        Err(error) => {
            let error = errors::errno(&error, cx)?;
            return events::emit(socket, js_string!("error"), &[error.into()], cx).map(drop);
        }
    };
    let Some(from) = from else { return Ok(()) };
    let list = state.borrow().data().receive_block_list.clone();
    if list.to_boolean() && block_list::checks(&list, from.ip(), cx)? {
        return Ok(());
    }
    let length = bytes.get(js_string!("length"), cx)?;
    let shared = Host::of(cx).state::<DgramState>();
    let sender = shared.sender.get_or_init(|| HostTemplate::plain(&["address", "family", "port", "size"], cx));
    let family = Host::of(cx).intern(address_info::family(&from));
    let sender = sender.create(vec![js_string!(address_info::shown_named(&from, Host::of(cx).sys())).into(), family.into(), from.port().into(), length]);
    events::emit(socket, js_string!("message"), &[bytes.into(), sender.into()], cx).map(drop)
}

/// Looks a host up as the socket was told to; `then` runs later, inside one entry.
pub fn look_up(state: &JsObject<SocketState>, host: &str, cx: &mut Context, then: impl FnOnce(Result<String, JsValue>, &mut Context) -> JsResult<()> + 'static) -> JsResult<()> {
    let (lookup, is_v6) = {
        let state = state.borrow();
        (state.data().lookup.clone(), state.data().is_v6)
    };
    let host = match host {
        "" if is_v6 => "::1",
        "" => "127.0.0.1",
        host => host,
    };
    dns::lookup::of_family(lookup, host, if is_v6 { 6 } else { 4 }, cx, then)
}

/// Node's `enqueue`: done once the socket listens, forgotten when it fails to.
pub fn enqueue(socket: &JsObject, state: &JsObject<SocketState>, work: Queued, cx: &mut Context) -> JsResult<()> {
    let is_first = {
        let mut state = state.borrow_mut();
        let queue = &mut state.data_mut().queue;
        let is_first = queue.is_none();
        queue.get_or_insert_default().push_back(work);
        is_first
    };
    if !is_first {
        return Ok(());
    }
    let success = table::closure("onListenSuccess", 0, (), |this, _args, (), cx| work_off(this, cx), cx);
    let failure = table::closure(
        "onListenError",
        0,
        success.clone(),
        |this, _args, success, cx| {
            let (socket, state) = find(this, cx)?;
            events::remove_listener(&socket, js_string!("listening"), success.clone(), cx)?;
            let forgotten = state.borrow_mut().data_mut().queue.take();
            drop(forgotten);
            Ok(JsValue::undefined())
        },
        cx,
    );
    let monitor = Symbol::Private("events.errorMonitor").to_js(cx);
    events::once(socket, monitor.clone(), failure.clone(), cx)?;
    let forget = table::closure(
        "",
        0,
        failure,
        |this, _args, failure, cx| {
            let socket = this.to_object(cx)?;
            let monitor = Symbol::Private("events.errorMonitor").to_js(cx);
            events::remove_listener(&socket, monitor, failure.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(socket, js_string!("listening"), forget, cx)?;
    events::once(socket, js_string!("listening"), success, cx)
}

fn work_off(this: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let queue = state.borrow_mut().data_mut().queue.take();
    for work in queue.into_iter().flatten() {
        work(cx)?;
    }
    Ok(JsValue::undefined())
}

/// Binds the socket to a port of the system's choice, where nobody has bound it.
pub fn bind_implicitly(socket: &JsObject, state: &JsObject<SocketState>, cx: &mut Context) -> JsResult<()> {
    let bind_state = state.borrow().data().bind_state;
    if bind_state != BindState::Unbound {
        return Ok(());
    }
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.create_data_property_or_throw(js_string!("port"), 0, cx)?;
    options.create_data_property_or_throw(js_string!("exclusive"), true, cx)?;
    events::method(socket, "bind", &[options.into(), JsValue::null()], cx).map(drop)
}

/// `socket.connect(port[, address][, callback])`
fn connect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    let port = validate::port(args.get_or_undefined(0), "Port", false, cx)?;
    let (mut address, mut callback) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if address.is_callable() {
        callback = address;
        address = js_string!("").into();
    } else if address.is_undefined() {
        address = js_string!("").into();
    }
    let address = validate::string(&address, "address", cx)?;
    let connect_state = state.borrow().data().connect_state;
    if connect_state != ConnectState::Disconnected {
        return Err(engine_errors::socket_dgram_is_connected(cx));
    }
    state.borrow_mut().data_mut().connect_state = ConnectState::Connecting;
    bind_implicitly(&socket, &state, cx)?;
    let bind_state = state.borrow().data().bind_state;
    if bind_state == BindState::Bound {
        begin_connect(&socket, &state, port, address, callback, cx)?;
        return Ok(JsValue::undefined());
    }
    let (socket_then, state_then) = (socket.clone(), state.clone());
    enqueue(&socket, &state, Box::new(move |cx| begin_connect(&socket_then, &state_then, port, address, callback, cx)), cx)?;
    Ok(JsValue::undefined())
}

fn begin_connect(socket: &JsObject, state: &JsObject<SocketState>, port: u16, address: JsString, callback: JsValue, cx: &mut Context) -> JsResult<()> {
    if callback.to_boolean() {
        events::once(socket, js_string!("connect"), callback.clone(), cx)?;
    }
    running(state, cx)?;
    let (socket, state_then) = (socket.clone(), state.clone());
    let host = address.to_std_string_lossy();
    look_up(state, &host.clone(), cx, move |found, cx| connected(&socket, &state_then, port, &host, found, callback, cx))
}

/// Node's `doConnect`.
fn connected(socket: &JsObject, state: &JsObject<SocketState>, port: u16, host: &str, found: Result<String, JsValue>, callback: JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(udp) = state.borrow().data().udp.clone() else { return Ok(()) };
    let mut failed = None;
    match found {
        Err(error) => failed = Some(error),
        Ok(ip) => {
            let address = destination(&ip, port, state);
            if let Some(address) = address
                && send::is_blocked(state, address.ip(), cx)?
            {
                failed = Some(errors::ip_blocked(&ip, cx).into_opaque(cx)?);
            } else {
                let result = match address {
                    Some(address) => udp.with_fd("connect", |fd, sys| sys.net().connect_datagram(fd, address)),
                    None => Err(SysError::new(coil_engine::coil_sys::errno::EINVAL, "connect")),
                };
                if let Err(error) = result {
                    failed = Some(errors::host_port(&error, Some(host), Some(port), None, cx)?.into());
                }
            }
        }
    }
    let socket = socket.clone();
    let Some(error) = failed else {
        state.borrow_mut().data_mut().connect_state = ConnectState::Connected;
        Host::of(cx).next_tick_native(move |cx| events::emit(&socket, js_string!("connect"), &[], cx).map(drop));
        return Ok(());
    };
    state.borrow_mut().data_mut().connect_state = ConnectState::Disconnected;
    Host::of(cx).next_tick_native(move |cx| match callback.as_function() {
        Some(function) => {
            events::remove_listener(&socket, js_string!("connect"), callback, cx)?;
            function.call(&JsValue::undefined(), &[error], cx).map(drop)
        }
        None => events::emit(&socket, js_string!("error"), &[error], cx).map(drop),
    });
    Ok(())
}

/// `socket.disconnect()`
fn disconnect(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let connect_state = state.borrow().data().connect_state;
    if connect_state != ConnectState::Connected {
        return Err(engine_errors::socket_dgram_not_connected(cx));
    }
    let udp = running(&state, cx)?;
    check(udp.with_fd("connect", |fd, sys| sys.net().disconnect_datagram(fd)), "connect", cx)?;
    state.borrow_mut().data_mut().connect_state = ConnectState::Disconnected;
    Ok(JsValue::undefined())
}

/// `socket.close([callback])`
fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    let callback = args.get_or_undefined(0);
    if callback.is_callable() {
        events::on(&socket, js_string!("close"), callback.clone(), cx)?;
    }
    let waits = {
        let mut state = state.borrow_mut();
        match &mut state.data_mut().queue {
            Some(queue) => {
                let socket = socket.clone();
                queue.push_back(Box::new(move |cx| events::method(&socket, "close", &[], cx).map(drop)));
                true
            }
            None => false,
        }
    };
    if waits {
        return Ok(this.clone());
    }
    let udp = running(&state, cx)?;
    udp.close();
    state.borrow_mut().data_mut().udp = None;
    Host::of(cx).next_tick_native(move |cx| events::emit(&socket, js_string!("close"), &[], cx).map(drop));
    Ok(this.clone())
}

/// `socket[Symbol.asyncDispose]()`
fn async_dispose(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let (socket, state) = find(this, cx)?;
    let is_open = state.borrow().data().udp.is_some();
    if is_open {
        let resolve = table::closure("", 0, resolvers.resolve, |_this, _args, resolve, cx| resolve.call(&JsValue::undefined(), &[], cx), cx);
        events::method(&socket, "close", &[resolve.into()], cx)?;
    } else {
        resolvers.resolve.call(&JsValue::undefined(), &[], cx)?;
    }
    Ok(promise.into())
}

/// `socket.address()`
fn address(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let udp = running(&state, cx)?;
    let address = check(udp.with_fd("getsockname", |fd, sys| sys.net().local_address(fd)), "getsockname", cx)?;
    Ok(address_info::to_object(Some(&address), cx)?.into())
}

/// `socket.remoteAddress()`
fn remote_address(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let udp = running(&state, cx)?;
    let connect_state = state.borrow().data().connect_state;
    if connect_state != ConnectState::Connected {
        return Err(engine_errors::socket_dgram_not_connected(cx));
    }
    let address = check(udp.with_fd("getpeername", |fd, sys| sys.net().peer_address(fd)), "getpeername", cx)?;
    Ok(address_info::to_object(Some(&address), cx)?.into())
}

fn set_ref(this: &JsValue, reffed: bool, cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    if let Some(udp) = &state.borrow().data().udp {
        udp.set_ref(reffed);
    }
    Ok(this.clone())
}

/// `socket.ref()`
fn add_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_ref(this, true, cx)
}

/// `socket.unref()`
fn remove_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_ref(this, false, cx)
}
