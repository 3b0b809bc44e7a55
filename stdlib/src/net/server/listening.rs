//! `server.listen`: from its arguments to a descriptor that listens, here or in the primary of a cluster.

use std::{os::fd::OwnedFd, rc::Rc};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::{
    Host,
    coil_sys::{
        Sys, SysError, SysResult,
        net::{Address, ListenOptions},
        stdio::HandleKind,
    },
    errors as engine_errors, validate,
};

use super::{ServerState, accepting::accept_on, find};
use crate::{
    cluster::{self, Query},
    diagnostics_channel, events,
    net::{arguments, conn::StreamKind, errors, handle, listener::Listener},
};

/// `net.Server.prototype.listen`
pub(super) fn listen(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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

pub(super) fn fail_later(server: &JsObject, error: &SysError, shown: Option<(&str, i32)>, cx: &mut Context) -> JsResult<()> {
    let (address, port) = shown.map_or((None, None), |(address, port)| (Some(address), Some(port)));
    let error = errors::uv_host_port(error, address, port, cx)?;
    diagnostics_channel::announce("tracing:net.server.listen:error", &[("server", &server.clone().into()), ("error", &error.clone().into())], cx)?;
    let server = server.clone();
    Host::of(cx).next_tick_native(move |cx| events::emit(&server, js_string!("error"), &[error.into()], cx).map(drop));
    Ok(())
}
