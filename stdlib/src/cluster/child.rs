//! A worker: its servers listen through the primary.

use std::{
    cell::{Cell, RefCell},
    os::fd::OwnedFd,
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    coil_sys::{
        SysError, SysResult,
        net::{Address, BindOptions},
    },
    table,
};
use rustc_hash::FxHashMap;

use super::{WORKER, is_connected, messages};
use crate::{
    child_process::arguments::{get, put},
    events,
    net::{
        conn::StreamKind,
        handle::{self, Inner},
        listener::Listener,
    },
};

/// What a worker knows.
#[derive(Default)]
struct State {
    is_worker: Cell<bool>,
    cluster: RefCell<Option<JsObject>>,
    /// The servers that listen through the primary, by its keys.
    servers: RefCell<FxHashMap<String, (JsObject, Option<Rc<Listener>>)>>,
    /// How often the same was listened on: each time of port 0 is a port of its own.
    indexes: RefCell<FxHashMap<String, u32>>,
}

/// Whether this process is a worker.
pub(crate) fn is_worker(cx: &Context) -> bool {
    Host::of(cx).state::<State>().is_worker.get()
}

pub fn fill(cluster: &JsObject, cx: &mut Context) -> JsResult<()> {
    put(cluster, "worker", JsValue::null(), cx)?;
    let worker = WORKER.constructor(cx)?;
    put(cluster, "Worker", worker, cx)?;
    let set_up = table::function(set_up_worker, js_string!(), 0, cx);
    put(cluster, "_setupWorker", set_up, cx)?;
    let state = Host::of(cx).state::<State>();
    state.is_worker.set(true);
    state.cluster.replace(Some(cluster.clone()));
    Ok(())
}

/// `cluster._setupWorker()`
fn set_up_worker(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let cluster = this.to_object(cx)?;
    let process = crate::process::object(cx)?;
    let id = Host::of(cx).env(super::UNIQUE_ID).and_then(|id| id.parse::<i32>().ok()).unwrap_or(0);
    let options = JsObject::with_object_proto(cx.intrinsics());
    put(&options, "id", id, cx)?;
    put(&options, "process", process.clone(), cx)?;
    put(&options, "state", js_string!("online"), cx)?;
    let worker = WORKER.construct(&[options.into()], cx)?;
    cluster.set(js_string!("worker"), worker.clone(), true, cx)?;
    let gone = table::closure(
        "",
        0,
        worker.clone(),
        |_this, _args, worker, cx| {
            let process = crate::process::object(cx)?;
            process.set(js_string!("channel"), JsValue::null(), true, cx)?;
            events::emit(worker, js_string!("disconnect"), &[], cx)?;
            if !get(worker, "exitedAfterDisconnect", cx)?.to_boolean() {
                // The primary is gone, or let go of this worker without asking: it ends too.
                events::method(&process, "exit", &[0.into()], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(&process, js_string!("disconnect"), gone, cx)?;
    messages::listen(&process, &worker, on_message, cx)?;
    let online = messages::act("online", cx)?;
    send(&online, None, cx)?;
    Ok(JsValue::undefined())
}

fn send(message: &JsObject, reply: Option<messages::Reply>, cx: &mut Context) -> JsResult<bool> {
    let process = crate::process::object(cx)?;
    messages::send(&process, message, JsValue::null(), reply, cx)
}

fn on_message(worker: &JsObject, message: &JsObject, handle: &JsValue, cx: &mut Context) -> JsResult<()> {
    let act = get(message, "act", cx)?.as_string().map(|act| act.to_std_string_lossy());
    match act.as_deref() {
        Some("newconn") => on_connection(message, handle, cx),
        Some("disconnect") => leave(worker, true, cx),
        _ => Ok(()),
    }
}

/// The primary deals this worker a connection.
fn on_connection(message: &JsObject, handle: &JsValue, cx: &mut Context) -> JsResult<()> {
    let key = get(message, "key", cx)?.to_string(cx)?.to_std_string_lossy();
    let found = Host::of(cx).state::<State>().servers.borrow().get(&key).cloned();
    let mut accepted = found.is_some() && handle.is_object();
    if let Some((server, _)) = &found {
        let max = get(server, "maxConnections", cx)?;
        if !max.is_null_or_undefined() && get(server, "_connections", cx)?.to_number(cx)? >= max.to_number(cx)? {
            accepted = false;
        }
    }
    let answer = JsObject::with_object_proto(cx.intrinsics());
    let number = get(message, "seq", cx)?;
    put(&answer, "ack", number, cx)?;
    put(&answer, "accepted", accepted, cx)?;
    send(&answer, None, cx)?;
    let Some(object) = handle.as_object() else { return Ok(()) };
    let acceptor = found.filter(|_| accepted).and_then(|(_, listener)| listener?.acceptor());
    let fd = match handle::inner_of(handle) {
        Some(Inner::Conn(conn)) if acceptor.is_some() => conn.take_fd(),
        _ => None,
    };
    match (acceptor, fd) {
        (Some(acceptor), Some(fd)) => {
            acceptor.accepted(Ok(fd), cx);
            Ok(())
        }
        _ => events::method(&object, "close", &[], cx).map(drop),
    }
}

/// What a server wants to listen on.
pub(crate) struct Query {
    pub address: Option<String>,
    /// -1 for a path or a descriptor.
    pub port: i32,
    /// 4, 6, -1 for a path.
    pub address_type: i32,
    pub fd: Option<i32>,
    pub ipv6_only: bool,
    pub backlog: i32,
    pub readable_all: bool,
    pub writable_all: bool,
}

/// `cluster._getServer`: asks the primary; `then` gets what to listen with, or an error.
pub(crate) fn query_server(server: &JsObject, query: Query, then: impl FnOnce(Result<Rc<Listener>, SysError>, &mut Context) -> JsResult<()> + 'static, cx: &mut Context) -> JsResult<()> {
    let state = Host::of(cx).state::<State>();
    let address = match &query.address {
        Some(path) if query.port < 0 && query.fd.is_none() && !path.starts_with('/') && !path.starts_with('\0') => Some(format!("{}/{path}", Host::of(cx).cwd())),
        address => address.clone(),
    };
    let index = next_index(&state, format!("{address:?}:{}:{}:{:?}", query.port, query.address_type, query.fd));
    let message = messages::act("queryServer", cx)?;
    put(&message, "index", index, cx)?;
    put(&message, "data", JsValue::null(), cx)?;
    put(&message, "address", address.as_deref().map_or_else(JsValue::null, |address| js_string!(address).into()), cx)?;
    put(&message, "port", query.port, cx)?;
    put(&message, "addressType", query.address_type, cx)?;
    if let Some(fd) = query.fd {
        put(&message, "fd", fd, cx)?;
    }
    put(&message, "flags", i32::from(query.ipv6_only), cx)?;
    put(&message, "backlog", query.backlog, cx)?;
    if query.port < 0 {
        put(&message, "readableAll", query.readable_all, cx)?;
        put(&message, "writableAll", query.writable_all, cx)?;
    }
    if server.get(js_string!("_getServerData"), cx)?.is_callable() {
        let data = events::method(server, "_getServerData", &[], cx)?;
        put(&message, "data", data, cx)?;
    }
    let (asked, port) = (server.clone(), query.port);
    let kind = if query.port < 0 && query.fd.is_none() { StreamKind::Pipe } else { StreamKind::Tcp };
    let reply = move |message: &JsObject, handle: &JsValue, cx: &mut Context| {
        if asked.get(js_string!("_setServerData"), cx)?.is_callable() {
            let data = get(message, "data", cx)?;
            events::method(&asked, "_setServerData", &[data], cx)?;
        }
        let number = get(message, "errno", cx)?.as_number().unwrap_or(0.0);
        if number != 0.0 {
            return then(Err(SysError::new(-number as i32, "bind")), cx);
        }
        let key = get(message, "key", cx)?.to_string(cx)?.to_std_string_lossy();
        let listener = match handle::inner_of(handle) {
            Some(Inner::Conn(conn)) => match conn.take_fd() {
                Some(fd) => Listener::new(conn.kind(), fd, None, cx),
                None => return then(Err(SysError::new(coil_engine::coil_sys::errno::EBADF, "bind")), cx),
            },
            Some(Inner::Listener(listener)) => listener,
            _ => Listener::remote(kind, sock_name(message, cx)?, cx),
        };
        if port > 0 && listener.address().and_then(|address| address.ip()).is_some_and(|ip| i32::from(ip.port()) != port) {
            return then(Err(SysError::new(coil_engine::coil_sys::errno::EADDRINUSE, "bind")), cx);
        }
        let closed = key.clone();
        listener.on_close(Box::new(move |cx| {
            Host::of(cx).enter_with(cx, |cx| {
                let message = messages::act("close", cx)?;
                put(&message, "key", js_string!(closed.as_str()), cx)?;
                Host::of(cx).state::<State>().servers.borrow_mut().remove(&closed);
                send(&message, None, cx).map(drop)
            });
        }));
        Host::of(cx).state::<State>().servers.borrow_mut().insert(key, (asked, Some(listener.clone())));
        then(Ok(listener), cx)
    };
    send(&message, Some(Box::new(reply)), cx)?;
    tell_when_listening(server, message, cx)
}

/// How many asked for the same before.
fn next_index(state: &State, wanted: String) -> u32 {
    let mut indexes = state.indexes.borrow_mut();
    let next = indexes.entry(wanted).or_insert(0);
    *next += 1;
    *next - 1
}

fn tell_when_listening(server: &JsObject, message: JsObject, cx: &mut Context) -> JsResult<()> {
    let listening = table::closure("", 0, (server.clone(), message), |_this, _args, (server, message), cx| on_listening(server, message, cx), cx);
    events::once(server, js_string!("listening"), listening, cx)
}

/// The same for a datagram socket; `then` gets a descriptor of the primary's.
pub(crate) fn query_datagram(
    socket: &JsObject,
    ip: String,
    port: u16,
    is_v6: bool,
    options: BindOptions,
    then: impl FnOnce(SysResult<OwnedFd>, &mut Context) -> JsResult<()> + 'static,
    cx: &mut Context,
) -> JsResult<()> {
    let kind = if is_v6 { "udp6" } else { "udp4" };
    let index = next_index(&Host::of(cx).state::<State>(), format!("{ip}:{port}:{kind}"));
    let message = messages::act("queryServer", cx)?;
    put(&message, "index", index, cx)?;
    put(&message, "data", JsValue::null(), cx)?;
    put(&message, "address", js_string!(ip), cx)?;
    put(&message, "port", port, cx)?;
    put(&message, "addressType", js_string!(kind), cx)?;
    put(&message, "flags", i32::from(options.ipv6_only) | (i32::from(options.reuse_address) << 2), cx)?;
    let asked = socket.clone();
    let reply = move |message: &JsObject, handle: &JsValue, cx: &mut Context| {
        let number = get(message, "errno", cx)?.as_number().unwrap_or(0.0);
        let fd = match handle::inner_of(handle) {
            Some(Inner::Conn(conn)) if number == 0.0 => conn.take_fd(),
            _ => None,
        };
        let Some(fd) = fd else {
            let number = if number == 0.0 { coil_engine::coil_sys::errno::EBADF } else { -number as i32 };
            return then(Err(SysError::new(number, "bind")), cx);
        };
        let key = get(message, "key", cx)?.to_string(cx)?.to_std_string_lossy();
        Host::of(cx).state::<State>().servers.borrow_mut().insert(key.clone(), (asked.clone(), None));
        let closed = table::closure(
            "",
            0,
            js_string!(key),
            |_this, _args, key, cx| {
                Host::of(cx).state::<State>().servers.borrow_mut().remove(&key.to_std_string_lossy());
                let message = messages::act("close", cx)?;
                put(&message, "key", key.clone(), cx)?;
                send(&message, None, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::once(&asked, js_string!("close"), closed, cx)?;
        then(Ok(fd), cx)
    };
    send(&message, Some(Box::new(reply)), cx)?;
    tell_when_listening(socket, message, cx)
}

fn sock_name(message: &JsObject, cx: &mut Context) -> JsResult<Option<Address>> {
    let Some(name) = get(message, "sockname", cx)?.as_object() else { return Ok(None) };
    let ip = get(&name, "address", cx)?.to_string(cx)?.to_std_string_lossy();
    let port = get(&name, "port", cx)?.to_u32(cx)? as u16;
    Ok(ip.parse::<core::net::IpAddr>().ok().map(|ip| Address::from(core::net::SocketAddr::from((ip, port)))))
}

fn on_listening(server: &JsObject, message: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let cluster = Host::of(cx).state::<State>().cluster.borrow().clone();
    if let Some(worker) = match cluster {
        Some(cluster) => get(&cluster, "worker", cx)?.as_object(),
        None => None,
    } {
        worker.set(js_string!("state"), js_string!("listening"), true, cx)?;
    }
    put(message, "act", js_string!("listening"), cx)?;
    let address = events::method(server, "address", &[], cx)?;
    if let Some(address) = address.as_object() {
        let port = get(&address, "port", cx)?;
        if port.to_boolean() {
            put(message, "port", port, cx)?;
        }
    }
    send(message, None, cx)?;
    Ok(JsValue::undefined())
}

/// Closes all servers, then the channel.
fn leave(worker: &JsObject, asked_by_primary: bool, cx: &mut Context) -> JsResult<()> {
    worker.set(js_string!("exitedAfterDisconnect"), true, true, cx)?;
    let servers: Vec<JsObject> = Host::of(cx).state::<State>().servers.borrow_mut().drain().map(|(_, (server, _))| server).collect();
    let left = Rc::new(Cell::new(servers.len() + 1));
    let check = move |cx: &mut Context| -> JsResult<()> {
        left.set(left.get().saturating_sub(1));
        if left.get() > 0 {
            return Ok(());
        }
        if asked_by_primary {
            return disconnect_process(cx);
        }
        let message = messages::act("exitedAfterDisconnect", cx)?;
        send(&message, Some(Box::new(|_, _, cx| disconnect_process(cx))), cx).map(drop)
    };
    let check: Rc<dyn Fn(&mut Context) -> JsResult<()>> = Rc::new(check);
    for server in servers {
        let closed = table::closure(
            "checkWaitingCount",
            0,
            Check(check.clone()),
            |_this, _args, check, cx| {
                (check.0)(cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::method(&server, "close", &[closed.into()], cx)?;
    }
    check(cx)
}

#[derive(boa_engine::Trace, boa_engine::Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Check(#[unsafe_ignore_trace] Rc<dyn Fn(&mut Context) -> JsResult<()>>);

fn disconnect_process(cx: &mut Context) -> JsResult<()> {
    let process = crate::process::object(cx)?;
    events::method(&process, "disconnect", &[], cx).map(drop)
}

/// `worker.disconnect()`
pub fn disconnect(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let worker = this.to_object(cx)?;
    let state = get(&worker, "state", cx)?.to_string(cx)?.to_std_string_lossy();
    if state != "disconnecting" && state != "destroying" {
        worker.set(js_string!("state"), js_string!("disconnecting"), true, cx)?;
        leave(&worker, false, cx)?;
    }
    Ok(this.clone())
}

/// `worker.destroy()`
pub fn destroy(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let worker = this.to_object(cx)?;
    let state = get(&worker, "state", cx)?;
    if state.strict_equals(&js_string!("destroying").into()) {
        return Ok(JsValue::undefined());
    }
    worker.set(js_string!("exitedAfterDisconnect"), true, true, cx)?;
    let process = crate::process::object(cx)?;
    if !is_connected(&worker, cx)? {
        return events::method(&process, "exit", &[0.into()], cx);
    }
    worker.set(js_string!("state"), js_string!("destroying"), true, cx)?;
    let message = messages::act("exitedAfterDisconnect", cx)?;
    send(&message, Some(Box::new(|_, _, cx| disconnect_process(cx))), cx)?;
    let ends = table::function(
        |_, _, cx| {
            let process = crate::process::object(cx)?;
            events::method(&process, "exit", &[0.into()], cx)
        },
        js_string!(),
        0,
        cx,
    );
    events::once(&process, js_string!("disconnect"), ends, cx)?;
    Ok(JsValue::undefined())
}
