//! `net.Server`.

use std::{cell::Cell, os::fd::OwnedFd, rc::Rc};

use boa_engine::{
    Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_sys::{
        Sys, SysError, SysResult,
        net::{Address, ListenOptions},
        stdio::HandleKind,
    },
    errors as engine_errors,
    table::{self, Member, Symbol},
    validate,
};

use super::{
    address_info, arguments, block_list,
    conn::{Conn, StreamKind},
    errors, handle,
    listener::{Acceptor, Listener},
    socket::Socket,
};
use crate::{
    cluster::{self, Query},
    diagnostics_channel, events,
};

/// `net.Server`
pub(crate) static NET_SERVER: Class = Class {
    name: "Server",
    length: 2,
    extends: Parent::Class(&events::EVENT_EMITTER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::renamed("listen", "", 0, listen),
        Member::getter("listening", listening),
        Member::renamed("address", "", 0, address),
        Member::renamed("getConnections", "", 1, get_connections),
        Member::renamed("close", "", 1, close),
        Member::symbol(Symbol::AsyncDispose, "", 0, async_dispose),
        Member::renamed("_emitCloseIfDrained", "", 0, emit_close_if_drained_method),
        Member::symbol(Symbol::For("nodejs.rejection"), "", 3, rejected),
        Member::renamed("ref", "", 0, add_ref),
        Member::renamed("unref", "", 0, remove_ref),
        // In Node own properties of every server.
        Member::accessor("_connections", connections, set_connections).enumerable(false),
        Member::accessor("_handle", handle_object, set_handle_object).enumerable(false),
    ],
    statics: &[],
};

/// Takes a connection in place of a socket object; `false` leaves it to the server.
pub(crate) type AcceptHook = fn(&JsObject, &Rc<Conn>, &mut Context) -> JsResult<bool>;

/// What `net.Server` keeps natively.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct ServerState {
    #[unsafe_ignore_trace]
    listener: Option<Rc<Listener>>,
    handle: Option<JsObject>,
    #[unsafe_ignore_trace]
    hook: Cell<Option<AcceptHook>>,
    connections: f64,
    unreffed: bool,
    /// Changes with every `listen` and `close`, so that a look-up that took long does not listen any more.
    listening_id: u64,
    pipe_name: Option<JsString>,
}

fn state_of(server: &JsObject, cx: &mut Context) -> Option<JsObject<ServerState>> {
    Slot::<ServerState>::get(server, cx)
}

fn find(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, JsObject<ServerState>)> {
    let object = this.to_object(cx)?;
    match state_of(&object, cx) {
        Some(state) => Ok((object, state)),
        None => Err(engine_errors::invalid_this("Server", cx)),
    }
}

/// `net.Server(options, connectionListener)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !NET_SERVER.is_instance(this, cx)? {
        return Ok(NET_SERVER.construct(args, cx)?.into());
    }
    let object = this.to_object(cx)?;
    (events::EVENT_EMITTER.init)(this, &[], cx)?;
    let (first, second) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let mut options = None;
    if first.is_callable() {
        events::on(&object, js_string!("connection"), first.clone(), cx)?;
    } else if first.is_null_or_undefined() || first.is_object() {
        options = first.as_object();
        if second.is_callable() {
            events::on(&object, js_string!("connection"), second.clone(), cx)?;
        }
    } else {
        return Err(engine_errors::invalid_arg_type("options", "Object", first, cx));
    }
    let get = |key: &'static str, cx: &mut Context| match &options {
        Some(options) => options.get(js_string!(key), cx),
        None => Ok(JsValue::undefined()),
    };
    let mut delay = get("keepAliveInitialDelay", cx)?;
    if !delay.is_undefined() && validate::number(&delay, "options.keepAliveInitialDelay", cx)? < 0.0 {
        delay = 0.into();
    }
    let mut high_water_mark = get("highWaterMark", cx)?;
    if !high_water_mark.is_undefined() && validate::number(&high_water_mark, "options.highWaterMark", cx)? < 0.0 {
        high_water_mark = JsValue::undefined();
    }
    if high_water_mark.is_null_or_undefined() {
        high_water_mark = DEFAULT_HIGH_WATER_MARK.into();
    }
    let allow_half_open = get("allowHalfOpen", cx)?;
    let delay_s = (delay.as_number().unwrap_or(0.0) / 1000.0).trunc();
    let properties = [
        ("_usingWorkers", false.into()),
        ("_workers", boa_engine::object::builtins::JsArray::new(cx)?.into()),
        ("allowHalfOpen", if allow_half_open.to_boolean() { allow_half_open } else { false.into() }),
        ("pauseOnConnect", get("pauseOnConnect", cx)?.to_boolean().into()),
        ("noDelay", get("noDelay", cx)?.to_boolean().into()),
        ("keepAlive", get("keepAlive", cx)?.to_boolean().into()),
        ("keepAliveInitialDelay", delay_s.into()),
        ("highWaterMark", high_water_mark),
    ];
    for (key, value) in properties {
        object.set(js_string!(key), value, true, cx)?;
    }
    let list = get("blockList", cx)?;
    if list.to_boolean() {
        if !block_list::is_block_list(&list, cx)? {
            return Err(engine_errors::invalid_arg_type("options.blockList", "net.BlockList", &list, cx));
        }
        object.set(js_string!("blockList"), list, true, cx)?;
    }
    let state = ServerState { listener: None, handle: None, hook: Cell::new(None), connections: 0.0, unreffed: false, listening_id: 1, pipe_name: None };
    Slot::set(&object, state, cx)?;
    Ok(JsValue::undefined())
}

/// `stream.getDefaultHighWaterMark()`
const DEFAULT_HIGH_WATER_MARK: f64 = 65_536.0;

/// `net.createServer`
pub(super) fn create_server(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(NET_SERVER.construct(args, cx)?.into())
}

/// HTTP takes connections without a socket object in between.
pub(crate) fn set_acceptor(server: &JsObject, hook: AcceptHook, cx: &mut Context) -> JsResult<()> {
    if let Some(state) = state_of(server, cx) {
        state.borrow().data().hook.set(Some(hook));
    }
    Ok(())
}

/// `server.highWaterMark`, for what has no socket object.
pub(crate) fn high_water_mark(server: &JsObject, cx: &mut Context) -> f64 {
    let own = server.get(js_string!("highWaterMark"), cx).ok().and_then(|value| value.as_number());
    own.unwrap_or(DEFAULT_HIGH_WATER_MARK)
}

/// A connection without a socket object begins.
pub(crate) fn connection_opened(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    if let Some(state) = state_of(server, cx) {
        state.borrow_mut().data_mut().connections += 1.0;
    }
    Ok(())
}

/// A connection has ended.
pub(crate) fn connection_closed(server: &JsObject, cx: &mut Context) -> JsResult<()> {
    if let Some(state) = state_of(server, cx) {
        state.borrow_mut().data_mut().connections -= 1.0;
    }
    events::method(server, "_emitCloseIfDrained", &[], cx).map(drop)
}

/// `net.Server.prototype.listen`
fn listen(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, state) = find(this, cx)?;
    let (mut options, callback) = arguments::normalize(args, cx)?;
    if state.borrow().data().listener.is_some() {
        return Err(errors::server_already_listen(cx));
    }
    if let Some(callback) = callback {
        events::once(&object, js_string!("listening"), callback, cx)?;
    }
    let backlog_given = backlog_of(args, cx)?;
    let given_handle = options.get(js_string!("_handle"), cx)?;
    if let Some(inner) = given_handle.as_object() {
        options = inner;
    } else if let Some(inner) = options.get(js_string!("handle"), cx)?.as_object() {
        options = inner;
    }
    diagnostics_channel::announce("tracing:net.server.listen:asyncStart", &[("server", this), ("options", &options.clone().into())], cx)?;
    state.borrow_mut().data_mut().listening_id += 1;
    if let Some(handle::Inner::Listener(listener)) = handle::inner_of(&options.clone().into()) {
        begin(&object, &state, listener, backlog_given.unwrap_or(BACKLOG), None, cx)?;
        return Ok(this.clone());
    }
    arguments::abort_closes_server(&object, &options, cx)?;
    let shares = cluster::is_worker(cx) && !options.get(js_string!("exclusive"), cx)?.to_boolean();
    let fd = options.get(js_string!("fd"), cx)?;
    if let Some(fd) = fd.as_number().filter(|fd| *fd >= 0.0) {
        if shares {
            let query = Query { fd: Some(fd as i32), ..query_of(None, -1, &ListenOptions { backlog: backlog_given.unwrap_or(BACKLOG), ..ListenOptions::default() }) };
            listen_through_primary(&object, &state, query, cx)?;
        } else {
            listen_fd(&object, &state, fd as i32, backlog_given.unwrap_or(BACKLOG), cx)?;
        }
        return Ok(this.clone());
    }
    let mut port = options.get(js_string!("port"), cx)?;
    let has_port = options.has_property(js_string!("port"), cx)?;
    if args.is_empty() || args[0].is_callable() || port.is_undefined() && has_port || port.is_null() {
        port = 0.into();
    }
    let backlog = match options.get(js_string!("backlog"), cx)?.as_number().filter(|backlog| *backlog > 0.0) {
        Some(backlog) => backlog as i32,
        None => backlog_given.unwrap_or(BACKLOG),
    };
    let mut listen_options = ListenOptions {
        backlog,
        ipv6_only: options.get(js_string!("ipv6Only"), cx)?.as_boolean() == Some(true),
        reuse_port: options.get(js_string!("reusePort"), cx)?.as_boolean() == Some(true),
        ..ListenOptions::default()
    };
    if port.is_number() || port.is_string() {
        let port = validate::port(&port, "options.port", true, cx)?;
        let host = options.get(js_string!("host"), cx)?;
        if host.to_boolean() {
            let host = host.to_string(cx)?.to_std_string_escaped();
            look_up_and_listen(&object, &state, host, port, listen_options, shares && !listen_options.reuse_port, cx);
        } else if shares && !listen_options.reuse_port {
            listen_through_primary(&object, &state, query_of(None, i32::from(port), &listen_options), cx)?;
        } else {
            listen_any(&object, &state, port, &listen_options, cx)?;
        }
        return Ok(this.clone());
    }
    let path = options.get(js_string!("path"), cx)?;
    if path.to_boolean() && arguments::is_pipe_name(&path) {
        listen_options.readable_all = options.get(js_string!("readableAll"), cx)?.as_boolean() == Some(true);
        listen_options.writable_all = options.get(js_string!("writableAll"), cx)?.as_boolean() == Some(true);
        let path = path.to_string(cx)?;
        if shares {
            state.borrow_mut().data_mut().pipe_name = Some(path.clone());
            listen_through_primary(&object, &state, query_of(Some(path.to_std_string_lossy()), -1, &listen_options), cx)?;
            return Ok(this.clone());
        }
        listen_path(&object, &state, &options, path, &listen_options, cx)?;
        return Ok(this.clone());
    }
    let reason = if has_port || options.has_property(js_string!("path"), cx)? { "is invalid" } else { "must have the property \"port\" or \"path\"" };
    Err(engine_errors::invalid_arg_value("options", &options.into(), reason, cx))
}

/// What the kernel rounds up to 512.
const BACKLOG: i32 = 511;

/// `(port, backlog)`, `(port, host, backlog)`
fn backlog_of(args: &[JsValue], cx: &mut Context) -> JsResult<Option<i32>> {
    for arg in args.iter().skip(1).take(2) {
        let number = match arg.is_symbol() || arg.is_bigint() {
            true => f64::NAN,
            false => arg.to_number(cx)?,
        };
        if number > 0.0 {
            return Ok(Some(number.min(f64::from(i32::MAX)) as i32));
        }
    }
    Ok(None)
}

/// What a cluster's primary is asked to listen on.
fn query_of(address: Option<String>, port: i32, options: &ListenOptions) -> Query {
    let address_type = match &address {
        _ if port < 0 => -1,
        Some(ip) if ip.contains(':') => 6,
        _ => 4,
    };
    Query { address, port, address_type, fd: None, ipv6_only: options.ipv6_only, backlog: options.backlog, readable_all: options.readable_all, writable_all: options.writable_all }
}

/// In a worker of a cluster: with the primary's socket.
fn listen_through_primary(server: &JsObject, state: &JsObject<ServerState>, query: Query, cx: &mut Context) -> JsResult<()> {
    let listening_id = state.borrow().data().listening_id;
    let (own, held) = (server.clone(), state.clone());
    let (backlog, address, port) = (query.backlog, query.address.clone(), query.port);
    let then = move |result: SysResult<Rc<Listener>>, cx: &mut Context| {
        let stale = held.borrow().data().listening_id != listening_id;
        match result {
            Ok(listener) if stale => {
                listener.close(|_| {});
                Ok(())
            }
            Ok(listener) => {
                let shown = address.clone().unwrap_or_else(|| "null".to_owned());
                begin(&own, &held, listener, backlog, Some((&shown, port)), cx)
            }
            Err(error) => {
                let error = errors::host_port(&error, address.as_deref().or(Some("null")), u16::try_from(port).ok().filter(|port| *port > 0), None, cx)?;
                if address.is_none() {
                    error.set(js_string!("address"), JsValue::null(), true, cx)?;
                }
                events::emit(&own, js_string!("error"), &[error.into()], cx).map(drop)
            }
        }
    };
    cluster::query_server(server, query, then, cx)
}

/// A TCP socket on an address, or on any; bound, and listening if `listens`.
pub(crate) fn open_tcp(address: Option<&str>, port: u16, options: &ListenOptions, listens: bool, sys: &Sys) -> SysResult<OwnedFd> {
    let open = |ip: core::net::IpAddr| {
        let address = Address::from(core::net::SocketAddr::from((ip, port)));
        if listens { sys.net().listen(&address, options) } else { sys.net().bind(&address, options, "bind") }
    };
    if let Some(ip) = address.and_then(|address| address.parse().ok()) {
        return open(ip);
    }
    match open(core::net::Ipv6Addr::UNSPECIFIED.into()) {
        Ok(fd) => Ok(fd),
        Err(error) if error.code() == "EADDRINUSE" || error.denied.is_some() => Err(error),
        Err(_) => open(core::net::Ipv4Addr::UNSPECIFIED.into()),
    }
}

/// Without a host: IPv6 and IPv4 where the machine has both, else IPv4.
fn listen_any(server: &JsObject, state: &JsObject<ServerState>, port: u16, options: &ListenOptions, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let any_v6 = Address::from(core::net::SocketAddr::from((core::net::Ipv6Addr::UNSPECIFIED, port)));
    let (fd, shown) = match host.sys().net().listen(&any_v6, options) {
        Ok(fd) => (Ok(fd), "::"),
        // Taken is taken: the other family would only hide it.
        Err(error) if error.code() == "EADDRINUSE" || error.denied.is_some() => (Err(error), "::"),
        Err(_) => {
            let any_v4 = Address::from(core::net::SocketAddr::from((core::net::Ipv4Addr::UNSPECIFIED, port)));
            (host.sys().net().listen(&any_v4, options), "0.0.0.0")
        }
    };
    bound(server, state, fd, StreamKind::Tcp, None, Some((shown, i32::from(port))), cx)
}

fn look_up_and_listen(server: &JsObject, state: &JsObject<ServerState>, host: String, port: u16, options: ListenOptions, shares: bool, cx: &mut Context) {
    let listening_id = state.borrow().data().listening_id;
    let (server, state) = (server.clone(), state.clone());
    arguments::look_up_all(host, cx, move |found, cx| {
        if state.borrow().data().listening_id != listening_id {
            return Ok(());
        }
        let addresses = match found {
            Ok(addresses) => addresses,
            Err(error) => return events::emit(&server, js_string!("error"), &[error], cx).map(drop),
        };
        // A link-local address cannot be listened on without a zone.
        let is_link_local = |ip: &core::net::IpAddr| matches!(ip, core::net::IpAddr::V6(ip) if ip.segments()[0] & 0xffc0 == 0xfe80);
        let Some(ip) = addresses.iter().find(|ip| !is_link_local(ip)).or(addresses.first()).copied() else { return Ok(()) };
        if shares {
            return listen_through_primary(&server, &state, query_of(Some(ip.to_string()), i32::from(port), &options), cx);
        }
        let fd = Host::of(cx).sys().net().listen(&Address::from(core::net::SocketAddr::from((ip, port))), &options);
        bound(&server, &state, fd, StreamKind::Tcp, None, Some((&ip.to_string(), i32::from(port))), cx)
    });
}

fn listen_path(server: &JsObject, state: &JsObject<ServerState>, options_object: &JsObject, path: JsString, options: &ListenOptions, cx: &mut Context) -> JsResult<()> {
    let text = path.to_std_string_lossy();
    if text.starts_with('\0') && (options.readable_all || options.writable_all) {
        let reason = "can not set readableAll or writableAllt to true when path is abstract unix socket";
        return Err(engine_errors::invalid_arg_value("options", &options_object.clone().into(), reason, cx));
    }
    state.borrow_mut().data_mut().pipe_name = Some(path);
    let address = Address::of_path(text.as_ref());
    let fd = Host::of(cx).sys().net().listen(&address, options);
    bound(server, state, fd, StreamKind::Pipe, Some(address), Some((&text, -1)), cx)
}

fn listen_fd(server: &JsObject, state: &JsObject<ServerState>, fd: i32, backlog: i32, cx: &mut Context) -> JsResult<()> {
    let host = Host::of(cx);
    let kind = match host.sys().stdio().kind(fd) {
        HandleKind::Tcp => StreamKind::Tcp,
        HandleKind::Pipe => StreamKind::Pipe,
        _ => return refuse_fd(server, "EINVAL", cx),
    };
    let Some(owned) = host.sys().fs().fds().take(fd) else { return refuse_fd(server, "EBADF", cx) };
    let net = host.sys().net();
    let result = net.set_nonblocking(&owned, true).and_then(|()| net.listen_on(&owned, backlog)).map(|()| owned);
    bound(server, state, result, kind, None, None, cx)
}

fn refuse_fd(server: &JsObject, code: &str, cx: &mut Context) -> JsResult<()> {
    let number = coil_engine::coil_sys::errno::number_of(code).unwrap_or(coil_engine::coil_sys::errno::UNKNOWN);
    fail_later(server, &SysError::new(number, "listen"), None, cx)
}

/// A bound socket begins to accept, or the error is told in the next tick.
fn bound(server: &JsObject, state: &JsObject<ServerState>, result: SysResult<OwnedFd>, kind: StreamKind, path: Option<Address>, shown: Option<(&str, i32)>, cx: &mut Context) -> JsResult<()> {
    match result {
        Ok(fd) => {
            let listener = Listener::new(kind, fd, path, cx);
            accept_on(server, state, listener, shown, cx)
        }
        Err(error) => fail_later(server, &error, shown, cx),
    }
}

/// A handle that was given: it is bound, and listens from now on.
fn begin(server: &JsObject, state: &JsObject<ServerState>, listener: Rc<Listener>, backlog: i32, shown: Option<(&str, i32)>, cx: &mut Context) -> JsResult<()> {
    match listener.listen(backlog) {
        Ok(()) => accept_on(server, state, listener, shown, cx),
        Err(error) => fail_later(server, &error, shown, cx),
    }
}

fn accept_on(server: &JsObject, state: &JsObject<ServerState>, listener: Rc<Listener>, shown: Option<(&str, i32)>, cx: &mut Context) -> JsResult<()> {
    if state.borrow().data().unreffed {
        listener.set_ref(false);
    }
    if let Err(error) = listener.start(Rc::new(Accepting { server: server.clone(), state: state.clone() })) {
        return fail_later(server, &error, shown, cx);
    }
    state.borrow_mut().data_mut().listener = Some(listener);
    let (address, port) = shown.map_or(("null", -1), |shown| shown);
    let kind = if port < 0 {
        "-1"
    } else if address.contains(':') {
        "6"
    } else {
        "4"
    };
    server.set(js_string!("_connectionKey"), js_string!(format!("{kind}:{address}:{port}")), false, cx)?;
    diagnostics_channel::announce("tracing:net.server.listen:asyncEnd", &[("server", &server.clone().into())], cx)?;
    let (server, state) = (server.clone(), state.clone());
    Host::of(cx).next_tick_native(move |cx| {
        if state.borrow().data().listener.is_none() {
            return Ok(());
        }
        events::emit(&server, js_string!("listening"), &[], cx).map(drop)
    });
    Ok(())
}

fn fail_later(server: &JsObject, error: &SysError, shown: Option<(&str, i32)>, cx: &mut Context) -> JsResult<()> {
    let (address, port) = shown.map_or((None, None), |(address, port)| (Some(address), Some(port)));
    let error = errors::uv_host_port(error, address, port, cx)?;
    diagnostics_channel::announce("tracing:net.server.listen:error", &[("server", &server.clone().into()), ("error", &error.clone().into())], cx)?;
    let server = server.clone();
    Host::of(cx).next_tick_native(move |cx| events::emit(&server, js_string!("error"), &[error.into()], cx).map(drop));
    Ok(())
}

/// Connects a listener with its server, as long as it listens.
struct Accepting {
    server: JsObject,
    state: JsObject<ServerState>,
}

impl Acceptor for Accepting {
    fn object(&self) -> Option<JsObject> {
        Some(self.server.clone())
    }

    fn accepted(self: Rc<Self>, result: SysResult<OwnedFd>, cx: &mut Context) {
        Host::of(cx).enter_with(cx, |cx| match result {
            Ok(fd) => self.connected(fd, cx),
            Err(error) => {
                let error = errors::errno(&error, cx)?;
                events::emit(&self.server, js_string!("error"), &[error.into()], cx).map(drop)
            }
        });
    }
}

impl Accepting {
    fn connected(&self, fd: OwnedFd, cx: &mut Context) -> JsResult<()> {
        let server = &self.server;
        let (kind, connections, hook) = {
            let state = self.state.borrow();
            let state = state.data();
            (state.listener.as_ref().map_or(StreamKind::Tcp, |listener| listener.kind()), state.connections, state.hook.get())
        };
        let max = server.get(js_string!("maxConnections"), cx)?;
        if !max.is_null_or_undefined() && connections >= max.to_number(cx)? {
            return self.drop_connection(fd, cx);
        }
        let list = server.get(js_string!("blockList"), cx)?;
        if list.to_boolean()
            && let Some(peer) = Host::of(cx).sys().net().peer_address(&fd).ok().and_then(|address| address.ip())
            && block_list::blocks(&list, peer.ip(), cx)?
        {
            return Ok(());
        }
        let is_set = |key: &'static str, cx: &mut Context| server.get(js_string!(key), cx).map(|value| value.to_boolean());
        if kind == StreamKind::Tcp {
            // Options a socket may refuse are not worth losing a connection for.
            if is_set("noDelay", cx)? {
                let _ = Host::of(cx).sys().net().set_nodelay(&fd, true);
            }
            if is_set("keepAlive", cx)? {
                let delay_s = server.get(js_string!("keepAliveInitialDelay"), cx)?.to_u32(cx)?;
                let _ = Host::of(cx).sys().net().set_keepalive(&fd, true, delay_s);
            }
        }
        let conn = Conn::new(kind, Some(fd), cx);
        // Who watches sockets is to see every one: HTTP serves it as a socket too.
        let watched = diagnostics_channel::is_watched("net.server.socket", cx);
        if let Some(hook) = hook
            && !watched
            && hook(server, &conn, cx)?
        {
            return Ok(());
        }
        self.state.borrow_mut().data_mut().connections += 1.0;
        let socket = Socket::accepted(&conn, server, cx)?;
        let socket = socket.into();
        events::emit(server, js_string!("connection"), std::slice::from_ref(&socket), cx)?;
        diagnostics_channel::announce("net.server.socket", &[("socket", &socket)], cx)
    }

    /// There are as many connections as the server wants: this one is told to the script and closed.
    fn drop_connection(&self, fd: OwnedFd, cx: &mut Context) -> JsResult<()> {
        let host = Host::of(cx);
        let local = host.sys().net().local_address(&fd).ok().and_then(|address| address.ip());
        let peer = host.sys().net().peer_address(&fd).ok().and_then(|address| address.ip());
        drop(fd);
        let (Some(local), Some(peer)) = (local, peer) else {
            return events::emit(&self.server, js_string!("drop"), &[], cx).map(drop);
        };
        let data = JsObject::with_null_proto();
        for (prefix, address) in [("local", local), ("remote", peer)] {
            let mut define = |name: &str, value: JsValue| data.create_data_property_or_throw(js_string!(format!("{prefix}{name}")), value, cx);
            define("Address", js_string!(address_info::shown(&address)).into())?;
            define("Port", address.port().into())?;
            define("Family", js_string!(address_info::family(&address)).into())?;
        }
        events::emit(&self.server, js_string!("drop"), &[data.into()], cx).map(drop)
    }
}

fn listening(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(false.into()) };
    Ok(state_of(&object, cx).is_some_and(|state| state.borrow().data().listener.is_some()).into())
}

/// `net.Server.prototype.address`
fn address(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let (listener, pipe_name) = {
        let state = state.borrow();
        (state.data().listener.clone(), state.data().pipe_name.clone())
    };
    let Some(listener) = listener else { return Ok(JsValue::null()) };
    let handle = state.borrow().data().handle.clone();
    if let Some(handle) = handle.filter(|_| listener.kind() == StreamKind::Tcp) {
        let address = JsObject::with_object_proto(cx.intrinsics());
        let code = events::method(&handle, "getsockname", &[address.clone().into()], cx)?;
        if code.to_boolean() {
            let error = SysError::new(-code.to_i32(cx)?, "address");
            return Err(boa_engine::JsError::from_opaque(errors::errno(&error, cx)?.into()));
        }
        return Ok(address.into());
    }
    if let Some(name) = pipe_name.filter(|_| listener.kind() != StreamKind::Tcp) {
        return Ok(name.into());
    }
    match listener.address() {
        Some(address @ Address::Ip(_)) => Ok(address_info::to_object(Some(&address), cx)?.into()),
        Some(address) => Ok(js_string!(address.to_string()).into()),
        None => Ok(JsValue::null()),
    }
}

/// `net.Server.prototype.getConnections`
fn get_connections(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, state) = find(this, cx)?;
    let count = state.borrow().data().connections;
    let using = object.get(js_string!("_usingWorkers"), cx)?.to_boolean();
    if let Some(callback) = args.get_or_undefined(0).as_function() {
        if using {
            count_with_workers(&object, count, callback, cx)?;
            return Ok(this.clone());
        }
        Host::of(cx).next_tick(callback, JsValue::undefined(), vec![JsValue::null(), count.into()]);
    }
    Ok(this.clone())
}

/// The connections here and those that were sent to other processes.
fn count_with_workers(server: &JsObject, own: f64, callback: JsFunction, cx: &mut Context) -> JsResult<()> {
    let workers = server.get(js_string!("_workers"), cx)?;
    let workers = crate::http::elements(&workers, cx)?.unwrap_or_default();
    let counted = Rc::new(Cell::new((workers.len() + 1, own)));
    let end = table::closure(
        "oncount",
        2,
        Counting(counted, callback),
        |_this, args, Counting(counted, callback), cx| {
            let (left, total) = counted.get();
            if left == 0 {
                return Ok(JsValue::undefined());
            }
            let error = args.get_or_undefined(0);
            if error.to_boolean() {
                counted.set((0, total));
                return callback.call(&JsValue::undefined(), std::slice::from_ref(error), cx);
            }
            let total = total + args.get_or_undefined(1).as_number().unwrap_or(0.0);
            counted.set((left - 1, total));
            if left == 1 {
                Host::of(cx).next_tick(callback.clone(), JsValue::undefined(), vec![JsValue::null(), total.into()]);
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    end.call(&JsValue::undefined(), &[JsValue::null(), 0.into()], cx)?;
    for worker in workers {
        events::method(&worker.to_object(cx)?, "getConnections", &[end.clone().into()], cx)?;
    }
    Ok(())
}

#[derive(Trace, Finalize)]
struct Counting(#[unsafe_ignore_trace] Rc<Cell<(usize, f64)>>, JsFunction);

/// `net.Server.prototype.close`
pub(crate) fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, state) = find(this, cx)?;
    let listener = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.listening_id += 1;
        state.handle = None;
        state.listener.take()
    };
    if let Some(callback) = args.get_or_undefined(0).as_function() {
        if listener.is_some() {
            events::once(&object, js_string!("close"), callback, cx)?;
        } else {
            let not_running = table::closure(
                "close",
                0,
                callback,
                |_this, _args, callback, cx| {
                    let error = errors::server_not_running(cx).into_opaque(cx)?;
                    callback.call(&JsValue::undefined(), &[error], cx)
                },
                cx,
            );
            events::once(&object, js_string!("close"), not_running, cx)?;
        }
    }
    if let Some(listener) = listener {
        if let Some(tell) = listener.take_on_close() {
            tell(cx);
        }
        listener.close(|_| {});
    }
    if object.get(js_string!("_usingWorkers"), cx)?.to_boolean() {
        close_workers(&object, &state, cx)?;
    } else {
        events::method(&object, "_emitCloseIfDrained", &[], cx)?;
    }
    Ok(this.clone())
}

/// Other processes have connections of this server: it is closed when theirs are.
fn close_workers(server: &JsObject, state: &JsObject<ServerState>, cx: &mut Context) -> JsResult<()> {
    let workers = server.get(js_string!("_workers"), cx)?;
    let workers = crate::http::elements(&workers, cx)?.unwrap_or_default();
    if workers.is_empty() {
        events::method(server, "_emitCloseIfDrained", &[], cx)?;
        return Ok(());
    }
    // They count as one connection until all are closed.
    state.borrow_mut().data_mut().connections += 1.0;
    let left = Rc::new(Cell::new(workers.len()));
    let closed = table::closure(
        "onWorkerClose",
        0,
        Closing(left, server.clone(), state.clone()),
        |_this, _args, Closing(left, server, state), cx| {
            left.set(left.get().saturating_sub(1));
            if left.get() == 0 {
                state.borrow_mut().data_mut().connections = 0.0;
                events::method(server, "_emitCloseIfDrained", &[], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    for worker in workers {
        events::method(&worker.to_object(cx)?, "close", &[closed.clone().into()], cx)?;
    }
    Ok(())
}

#[derive(Trace, Finalize)]
struct Closing(#[unsafe_ignore_trace] Rc<Cell<usize>>, JsObject, JsObject<ServerState>);

fn emit_close_if_drained_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, state) = find(this, cx)?;
    let busy = {
        let state = state.borrow();
        state.data().listener.is_some() || state.data().connections > 0.0
    };
    if !busy {
        Host::of(cx).next_tick_native(move |cx| events::emit(&object, js_string!("close"), &[], cx).map(drop));
    }
    Ok(JsValue::undefined())
}

/// `net.Server.prototype[Symbol.asyncDispose]`
pub(crate) fn async_dispose(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let (object, state) = find(this, cx)?;
    if state.borrow().data().listener.is_none() {
        resolvers.resolve.call(&JsValue::undefined(), &[], cx)?;
        return Ok(promise.into());
    }
    let done = table::closure(
        "",
        1,
        (resolvers.resolve.clone(), resolvers.reject.clone()),
        |_this, args, (resolve, reject), cx| {
            let error = args.get_or_undefined(0);
            if error.is_null_or_undefined() { resolve.call(&JsValue::undefined(), &[], cx) } else { reject.call(&JsValue::undefined(), std::slice::from_ref(error), cx) }
        },
        cx,
    );
    events::method(&object, "close", &[done.into()], cx)?;
    Ok(promise.into())
}

/// With captured rejections: a rejected `'connection'` listener destroys its socket.
pub(crate) fn rejected(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (error, event) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1));
    if event.as_string().is_some_and(|event| event == "connection") {
        let socket = args.get_or_undefined(2).to_object(cx)?;
        events::method(&socket, "destroy", &[error], cx)?;
    } else {
        let object = this.to_object(cx)?;
        events::emit(&object, js_string!("error"), &[error], cx)?;
    }
    Ok(JsValue::undefined())
}

fn set_reffed(this: &JsValue, reffed: bool, cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let listener = {
        let mut state = state.borrow_mut();
        state.data_mut().unreffed = !reffed;
        state.data().listener.clone()
    };
    if let Some(listener) = listener {
        listener.set_ref(reffed);
    }
    Ok(this.clone())
}

/// `net.Server.prototype.ref`
fn add_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_reffed(this, true, cx)
}

/// `net.Server.prototype.unref`
fn remove_ref(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    set_reffed(this, false, cx)
}

fn connections(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    Ok(state_of(&object, cx).map_or_else(JsValue::undefined, |state| state.borrow().data().connections.into()))
}

fn set_connections(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    state.borrow_mut().data_mut().connections = args.get_or_undefined(0).to_number(cx)?;
    Ok(JsValue::undefined())
}

/// `server._handle`: null while the server does not listen.
fn handle_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = this.as_object().and_then(|object| state_of(&object, cx)) else { return Ok(JsValue::undefined()) };
    let (listener, made) = {
        let state = state.borrow();
        (state.data().listener.clone(), state.data().handle.clone())
    };
    let Some(listener) = listener else { return Ok(JsValue::null()) };
    if let Some(made) = made {
        return Ok(made.into());
    }
    let made = handle::of_listener(&listener, cx)?;
    state.borrow_mut().data_mut().handle = Some(made.clone());
    Ok(made.into())
}

fn set_handle_object(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let listener = match handle::inner_of(args.get_or_undefined(0)) {
        Some(handle::Inner::Listener(listener)) => Some(listener),
        _ => None,
    };
    state.borrow_mut().data_mut().listener = listener;
    Ok(JsValue::undefined())
}
