//! The listening sockets that a primary shares: dealt out connection by connection, or handed to each worker.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    os::fd::OwnedFd,
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    coil_sys::{
        SysError, SysResult,
        net::{Address, BindOptions, ListenOptions},
    },
};
use rustc_hash::FxHashMap;

use super::{
    messages,
    primary::{self, Primary},
};
use crate::{
    child_process::arguments::{get, put},
    events,
    net::{
        conn::{Conn, StreamKind},
        handle,
        listener::{Acceptor, Listener},
        server,
    },
};

#[derive(Default)]
struct Shared(RefCell<FxHashMap<String, Rc<Handle>>>);

/// One socket for all workers that asked for the same.
struct Handle {
    key: String,
    result: Result<Socket, SysError>,
    kind: StreamKind,
    round_robin: bool,
    data: RefCell<JsValue>,
    /// The workers that listen, by their number.
    all: RefCell<Vec<(u32, JsObject)>>,
    /// Those of them that wait for a connection, the longest first.
    free: RefCell<VecDeque<(u32, JsObject)>>,
    /// Connections nobody has taken yet.
    waiting: RefCell<VecDeque<JsObject>>,
    closed: Cell<bool>,
}

/// What is shared.
enum Socket {
    Listener(Rc<Listener>),
    /// A datagram socket, in a connection that nobody reads here.
    Datagram(Rc<Conn>),
}

fn id_of(worker: &JsObject, cx: &mut Context) -> JsResult<u32> {
    get(worker, "id", cx)?.to_u32(cx)
}

/// What a worker wants to listen on, as its message says.
struct Wanted {
    address: Option<String>,
    port: f64,
    fd: Option<i32>,
    options: ListenOptions,
    /// Asked for by a datagram socket, with these options.
    datagram: Option<BindOptions>,
}

fn wanted(message: &JsObject, cx: &mut Context) -> JsResult<Wanted> {
    let address = get(message, "address", cx)?.as_string().map(|address| address.to_std_string_lossy());
    let port = get(message, "port", cx)?.as_number().unwrap_or(-1.0);
    let fd = get(message, "fd", cx)?.as_number().filter(|fd| *fd >= 0.0).map(|fd| fd as i32);
    let mut options = ListenOptions::default();
    if let Some(backlog) = get(message, "backlog", cx)?.as_number().filter(|backlog| *backlog > 0.0) {
        options.backlog = backlog as i32;
    }
    options.ipv6_only = get(message, "flags", cx)?.as_number().is_some_and(|flags| flags as i32 & IPV6_ONLY != 0);
    let flags = get(message, "flags", cx)?.as_number().map_or(0, |flags| flags as i32);
    let is_datagram = get(message, "addressType", cx)?.is_string();
    let datagram = is_datagram.then_some(BindOptions { reuse_address: flags & REUSE_ADDRESS != 0, reuse_port: false, ipv6_only: flags & IPV6_ONLY != 0 });
    options.readable_all = get(message, "readableAll", cx)?.to_boolean();
    options.writable_all = get(message, "writableAll", cx)?.to_boolean();
    Ok(Wanted { address, port, fd, options, datagram })
}

/// `UV_TCP_IPV6ONLY`
const IPV6_ONLY: i32 = 1;
/// `UV_UDP_REUSEADDR`
const REUSE_ADDRESS: i32 = 4;

/// A worker asks for a socket.
pub fn query(worker: &JsObject, message: &JsObject, cx: &mut Context) -> JsResult<()> {
    let mut key = String::new();
    for (at, name) in ["address", "port", "addressType", "fd"].into_iter().enumerate() {
        if at > 0 {
            key.push(':');
        }
        key += &get(message, name, cx)?.to_string(cx)?.to_std_string_lossy();
    }
    let wanted = wanted(message, cx)?;
    if wanted.port == 0.0 {
        key.push(':');
        key += &get(message, "index", cx)?.to_string(cx)?.to_std_string_lossy();
    }
    let shared = Host::of(cx).state::<Shared>();
    let id = id_of(worker, cx)?;
    let known = shared.0.borrow().get(&key).cloned();
    let known = known.filter(|known| !known.all.borrow().iter().any(|(of, _)| *of == id));
    let handle = match known {
        Some(known) => known,
        None => {
            let made = make(key.clone(), wanted, cx);
            // Where it failed the next that asks has its own chance, and who listens already goes on.
            if made.result.is_ok() {
                shared.0.borrow_mut().insert(key.clone(), made.clone());
            }
            made
        }
    };
    if !handle.data.borrow().to_boolean() {
        let data = get(message, "data", cx)?;
        handle.data.replace(data);
    }
    handle.all.borrow_mut().push((id, worker.clone()));
    let answer = JsObject::with_object_proto(cx.intrinsics());
    let number = handle.result.as_ref().err().map(|error| -error.errno);
    let errno = match number {
        Some(number) => number.into(),
        None if handle.round_robin => JsValue::null(),
        None => 0.into(),
    };
    put(&answer, "errno", errno, cx)?;
    put(&answer, "key", js_string!(key.as_str()), cx)?;
    let seq = get(message, "seq", cx)?;
    put(&answer, "ack", seq, cx)?;
    let data = handle.data.borrow().clone();
    put(&answer, "data", data, cx)?;
    let listener = match &handle.result {
        Ok(Socket::Listener(listener)) => listener.clone(),
        Ok(Socket::Datagram(conn)) => {
            let object = handle::of_conn(conn, cx)?;
            primary::send(worker, &answer, object.into(), None, cx)?;
            return Ok(());
        }
        Err(_) => {
            primary::send(worker, &answer, JsValue::null(), None, cx)?;
            return Ok(());
        }
    };
    if !handle.round_robin {
        let object = handle::of_listener(&listener, cx)?;
        primary::send(worker, &answer, object.into(), None, cx)?;
        return Ok(());
    }
    if let Some(ip) = listener.address().and_then(|address| address.ip()) {
        let name = JsObject::with_object_proto(cx.intrinsics());
        put(&name, "address", js_string!(ip.ip().to_string()), cx)?;
        put(&name, "family", js_string!(if ip.is_ipv4() { "IPv4" } else { "IPv6" }), cx)?;
        put(&name, "port", ip.port(), cx)?;
        put(&answer, "sockname", name, cx)?;
    }
    primary::send(worker, &answer, JsValue::null(), None, cx)?;
    hand_off(&handle, id, worker, cx)
}

fn make(key: String, wanted: Wanted, cx: &mut Context) -> Rc<Handle> {
    // Datagrams have no connections to deal out.
    let round_robin = Host::of(cx).state::<Primary>().round_robin.get() && wanted.datagram.is_none();
    let kind = if wanted.fd.is_none() && wanted.port < 0.0 { StreamKind::Pipe } else { StreamKind::Tcp };
    let result = match &wanted.datagram {
        Some(options) => open_datagram(&wanted, options, cx).map(|fd| Socket::Datagram(Conn::new(kind, Some(fd), cx))),
        None => open(&wanted, round_robin, cx).map(|(fd, path)| Socket::Listener(Listener::new(kind, fd, path, cx))),
    };
    let handle = Rc::new(Handle { key, result, kind, round_robin, data: RefCell::default(), all: RefCell::default(), free: RefCell::default(), waiting: RefCell::default(), closed: Cell::new(false) });
    if round_robin && let Ok(Socket::Listener(listener)) = &handle.result {
        // What cannot be watched gets no connections; the worker's own listen has succeeded by then.
        let _ = listener.start(handle.clone());
    }
    handle
}

fn open_datagram(wanted: &Wanted, options: &BindOptions, cx: &Context) -> SysResult<OwnedFd> {
    let ip = wanted.address.as_deref().and_then(|address| address.parse::<core::net::IpAddr>().ok());
    let ip = ip.ok_or_else(|| SysError::new(coil_engine::coil_sys::errno::EINVAL, "bind"))?;
    Host::of(cx).sys().net().bind_datagram(core::net::SocketAddr::from((ip, wanted.port as u16)), options)
}

/// The socket, and the path that goes with it. Without round robin it is only bound: workers listen themselves.
fn open(wanted: &Wanted, listens: bool, cx: &Context) -> SysResult<(OwnedFd, Option<Address>)> {
    let host = Host::of(cx);
    let net = host.sys().net();
    if let Some(fd) = wanted.fd {
        let fd = host.sys().fs().fds().take(fd).ok_or_else(|| SysError::new(coil_engine::coil_sys::errno::EBADF, "listen"))?;
        net.set_nonblocking(&fd, true)?;
        if listens {
            net.listen_on(&fd, wanted.options.backlog)?;
        }
        return Ok((fd, None));
    }
    if wanted.port < 0.0 {
        // The shorter way to it: such paths have room for about a hundred bytes.
        let path = wanted.address.clone().unwrap_or_default();
        let here = format!("{}/", host.cwd());
        let path = path.strip_prefix(&here).map(str::to_owned).unwrap_or(path);
        let address = Address::of_path(path.as_ref());
        let fd = if listens { net.listen(&address, &wanted.options)? } else { net.bind(&address, &wanted.options, "bind")? };
        return Ok((fd, Some(address)));
    }
    let fd = server::open_tcp(wanted.address.as_deref(), wanted.port as u16, &wanted.options, listens, host.sys())?;
    Ok((fd, None))
}

impl Acceptor for Handle {
    fn accepted(self: Rc<Self>, result: SysResult<OwnedFd>, cx: &mut Context) {
        let Ok(fd) = result else { return };
        Host::of(cx).enter_with(cx, |cx| {
            let conn = Conn::new(self.kind, Some(fd), cx);
            let object = handle::of_conn(&conn, cx)?;
            distribute(&self, object, cx)
        });
    }
}

fn distribute(handle: &Rc<Handle>, connection: JsObject, cx: &mut Context) -> JsResult<()> {
    handle.waiting.borrow_mut().push_back(connection);
    let next = handle.free.borrow_mut().pop_front();
    match next {
        Some((id, worker)) => hand_off(handle, id, &worker, cx),
        None => Ok(()),
    }
}

/// Gives a worker that is free a connection, if one waits.
fn hand_off(handle: &Rc<Handle>, id: u32, worker: &JsObject, cx: &mut Context) -> JsResult<()> {
    if !handle.all.borrow().iter().any(|(of, _)| *of == id) {
        return Ok(());
    }
    let next = handle.waiting.borrow_mut().pop_front();
    let Some(connection) = next else {
        handle.free.borrow_mut().push_back((id, worker.clone()));
        return Ok(());
    };
    let message = messages::act("newconn", cx)?;
    put(&message, "key", js_string!(handle.key.as_str()), cx)?;
    let (own, of, sent) = (handle.clone(), worker.clone(), connection.clone());
    let reply = move |message: &JsObject, _: &JsValue, cx: &mut Context| {
        if get(message, "accepted", cx)?.to_boolean() || own.closed.get() {
            events::method(&sent, "close", &[], cx)?;
        } else {
            distribute(&own, sent, cx)?;
        }
        hand_off(&own, id, &of, cx)
    };
    if !primary::send(worker, &message, connection.clone().into(), Some(Box::new(reply)), cx)? && !super::is_connected(worker, cx)? {
        // It is gone, and loses none: another takes it.
        return distribute(handle, connection, cx);
    }
    Ok(())
}

/// A worker listens no more.
pub fn remove(key: &str, worker: &JsObject, cx: &mut Context) -> JsResult<()> {
    let shared = Host::of(cx).state::<Shared>();
    let found = shared.0.borrow().get(key).cloned();
    let Some(handle) = found else { return Ok(()) };
    let id = id_of(worker, cx)?;
    let existed = {
        let mut all = handle.all.borrow_mut();
        let before = all.len();
        all.retain(|(of, _)| *of != id);
        before != all.len()
    };
    handle.free.borrow_mut().retain(|(of, _)| *of != id);
    if !existed || !handle.all.borrow().is_empty() {
        return Ok(());
    }
    shared.0.borrow_mut().remove(key);
    handle.closed.set(true);
    let waiting: Vec<JsObject> = handle.waiting.borrow_mut().drain(..).collect();
    for connection in waiting {
        events::method(&connection, "close", &[], cx)?;
    }
    match &handle.result {
        Ok(Socket::Listener(listener)) => listener.close(|_| {}),
        Ok(Socket::Datagram(conn)) => conn.close(|_| {}),
        Err(_) => {}
    }
    Ok(())
}

/// A worker is gone.
pub fn remove_all_of(worker: &JsObject, cx: &mut Context) -> JsResult<()> {
    let shared = Host::of(cx).state::<Shared>();
    let keys: Vec<String> = shared.0.borrow().keys().cloned().collect();
    for key in keys {
        remove(&key, worker, cx)?;
    }
    Ok(())
}
