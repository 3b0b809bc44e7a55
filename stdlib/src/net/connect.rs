//! How a socket connects: to a path, to an address, to a name; to several addresses in turn where the name has them.

use core::net::{IpAddr, SocketAddr};
use std::{cell::RefCell, rc::Rc};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    coil_loop::TimerId,
    coil_sys::{
        SysError, SysResult, errno,
        net::{Address, ConnectOptions, Family, LookupHints},
    },
    errors as engine_errors, table, validate,
};

use super::{
    NetState, address, arguments, block_list,
    conn::{Conn, StreamKind},
    errors,
    socket::{self, SOCKET, SocketState},
};
use crate::{diagnostics_channel, dns, events, perf_hooks};

/// `net.connect`
pub(crate) fn connect(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (options, callback) = arguments::normalize(args, cx)?;
    let socket = SOCKET.construct(&[options.clone().into()], cx)?;
    let timeout = options.get(js_string!("timeout"), cx)?;
    if timeout.to_boolean() {
        events::method(&socket, "setTimeout", &[timeout], cx)?;
    }
    let normalized = [options.into(), callback.map_or_else(JsValue::null, Into::into)];
    let normalized = arguments::normalized_array(normalized, cx)?;
    events::method(&socket, "connect", &[normalized], cx)
}

/// `net.Socket.prototype.connect`
pub(super) fn connect_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    let Some(state) = socket::state_of(&socket, cx) else { return Err(engine_errors::invalid_this("Socket", cx)) };
    let (options, callback) = arguments::normalize(args, cx)?;
    diagnostics_channel::announce("net.client.socket", &[("socket", this)], cx)?;
    if let Some(callback) = callback {
        events::once(&socket, js_string!("connect"), callback, cx)?;
    }
    let (port, path) = (options.get(js_string!("port"), cx)?, options.get(js_string!("path"), cx)?);
    if port.is_undefined() && path.is_null_or_undefined() {
        return Err(errors::missing_target(cx));
    }
    let own = PropertyName::WRITE.own(&socket, cx)?;
    if own {
        // A socket that had ended writes again.
        socket.delete_property_or_throw(js_string!("write"), cx)?;
    }
    events::method(&socket, "_undestroy", &[], cx)?;
    socket::forget_addresses(&state);
    let has_conn = state.borrow().data().conn.is_some();
    let is_path = path.to_boolean();
    if !has_conn {
        let kind = if is_path { StreamKind::Pipe } else { StreamKind::Tcp };
        let conn = Conn::new(kind, None, cx);
        socket::set_conn(&socket, &state, &conn);
    }
    events::method(&socket, "_unrefTimer", &[], cx)?;
    state.borrow_mut().data_mut().connecting = true;
    if is_path {
        let path = validate::string(&path, "options.path", cx)?;
        let target = Target { address: Address::of_path(path.to_std_string_lossy().as_ref()), family: 0, local: None };
        attempt(&socket, &state, &target, cx)?;
    } else {
        look_up_and_connect(&socket, &state, &options, cx)?;
    }
    Ok(this.clone())
}

/// Whether a socket has an own property.
struct PropertyName(&'static str);

impl PropertyName {
    const WRITE: Self = Self("write");

    fn own(&self, object: &JsObject, cx: &mut Context) -> JsResult<bool> {
        object.has_own_property(js_string!(self.0), cx)
    }
}

/// Where one attempt goes.
#[derive(Clone)]
struct Target {
    address: Address,
    /// 4, 6, or 0 for a path.
    family: i32,
    local: Option<SocketAddr>,
}

impl Target {
    fn ip(ip: IpAddr, port: u16, local: Option<SocketAddr>) -> Self {
        Self { address: Address::from(SocketAddr::from((ip, port))), family: if ip.is_ipv4() { 4 } else { 6 }, local }
    }

    /// The address and the port that events tell.
    fn shown(&self) -> (String, JsValue) {
        match self.address.ip() {
            Some(ip) => (ip.ip().to_string(), ip.port().into()),
            None => (self.address.to_string(), JsValue::undefined()),
        }
    }

    fn event_args(&self) -> Vec<JsValue> {
        let (address, port) = self.shown();
        let family = if self.family == 0 { JsValue::undefined() } else { self.family.into() };
        vec![js_string!(address).into(), port, family]
    }

    /// Node's `ExceptionWithHostPort`, with what the socket was bound to.
    fn error(&self, error: &SysError, cx: &mut Context) -> JsResult<JsObject> {
        let (address, _) = self.shown();
        let port = self.address.ip().map(|ip| ip.port());
        let local = self.local.filter(|local| local.port() != 0 && error.syscall == "connect");
        if error.syscall == "bind"
            && let Some(local) = self.local
        {
            return errors::host_port(error, Some(&local.ip().to_string()), Some(local.port()), None, cx);
        }
        let shown_local = local.map(|local| format!("{}:{}", local.ip(), local.port()));
        let object = errors::host_port(error, Some(&address), port, shown_local.as_deref(), cx)?;
        if let Some(local) = local {
            object.create_data_property_or_throw(js_string!("localAddress"), js_string!(local.ip().to_string()), cx)?;
            object.create_data_property_or_throw(js_string!("localPort"), local.port(), cx)?;
        }
        Ok(object)
    }
}

/// One attempt with the socket's connection; it succeeds or fails in a later turn.
fn attempt(socket: &JsObject, state: &JsObject<SocketState>, target: &Target, cx: &mut Context) -> JsResult<()> {
    events::emit(socket, js_string!("connectionAttempt"), &target.event_args(), cx)?;
    if let Some(error) = blocked(socket, target, cx)? {
        return destroy(socket, error, cx);
    }
    let conn = state.borrow().data().conn.clone();
    let Some(conn) = conn else { return Ok(()) };
    let (socket_then, state_then, target_then) = (socket.clone(), state.clone(), target.clone());
    let result = start(&conn, target, cx, move |result, cx| after_attempt(&socket_then, &state_then, &target_then, result, cx));
    match result {
        Ok(()) => Ok(()),
        Err(error) => {
            let error = at_once_error(target, &error, cx)?;
            destroy(socket, error, cx)
        }
    }
}

/// The error of a call that failed at once says where the socket was bound.
fn at_once_error(target: &Target, error: &SysError, cx: &mut Context) -> JsResult<JsValue> {
    if error.syscall == "bind" || target.address.ip().is_none() {
        return Ok(target.error(error, cx)?.into());
    }
    let (address, _) = target.shown();
    let any = if target.family == 6 { ":::0" } else { "0.0.0.0:0" };
    let local = target.local.map_or_else(|| any.to_owned(), |local| format!("{}:{}", local.ip(), local.port()));
    Ok(errors::host_port(error, Some(&address), target.address.ip().map(|ip| ip.port()), Some(&local), cx)?.into())
}

fn blocked(socket: &JsObject, target: &Target, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let list = socket.get(js_string!("blockList"), cx)?;
    let Some(ip) = target.address.ip().filter(|_| list.to_boolean()) else { return Ok(None) };
    if !block_list::blocks(&list, ip.ip(), cx)? {
        return Ok(None);
    }
    errors::ip_blocked(&ip.ip().to_string(), cx).into_opaque(cx).map(Some)
}

fn destroy(socket: &JsObject, error: JsValue, cx: &mut Context) -> JsResult<()> {
    events::method(socket, "destroy", &[error], cx).map(drop)
}

/// Begins to connect. `then` is called in a later turn, inside one entry into JavaScript.
fn start(conn: &Rc<Conn>, target: &Target, cx: &mut Context, then: impl FnOnce(SysResult<()>, &mut Context) -> JsResult<()> + 'static) -> SysResult<()> {
    let host = Host::of(cx);
    let measured = perf_hooks::measuring::observed("net", cx) && target.address.ip().is_some();
    let measured = measured.then(|| (perf_hooks::measuring::time(cx), target.shown()));
    let then = move |result: SysResult<()>, cx: &mut Context| {
        Host::of(cx).enter_with(cx, |cx| {
            if let (Some((began, (host, port))), Ok(())) = (measured, &result) {
                let detail = JsObject::with_object_proto(cx.intrinsics());
                detail.create_data_property_or_throw(js_string!("host"), js_string!(host), cx)?;
                detail.create_data_property_or_throw(js_string!("port"), port, cx)?;
                perf_hooks::measuring::entry("net", "connect", began, detail, cx)?;
            }
            then(result, cx)
        });
    };
    match host.sys().net().connect(&target.address, &ConnectOptions { local: target.local }) {
        Ok((fd, _connected)) => conn.connect(fd, target.address.clone(), Box::new(then)),
        // What the peer or the file system says is told as any answer is; what this machine says is told at once.
        Err(error) if target.address.ip().is_none() || error.is(errno::ECONNREFUSED) => {
            host.event_loop().pending(Box::new(move |cx| then(Err(error), cx)));
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// Node's `afterConnect`.
fn after_attempt(socket: &JsObject, state: &JsObject<SocketState>, target: &Target, result: SysResult<()>, cx: &mut Context) -> JsResult<()> {
    if socket.get(js_string!("destroyed"), cx)?.to_boolean() {
        return Ok(());
    }
    state.borrow_mut().data_mut().connecting = false;
    socket::forget_addresses(state);
    match result {
        Ok(()) => connected(socket, state, cx),
        Err(error) => {
            let error = target.error(&error, cx)?;
            let mut args = target.event_args();
            args.push(error.clone().into());
            events::emit(socket, js_string!("connectionAttemptFailed"), &args, cx)?;
            destroy(socket, error.into(), cx)
        }
    }
}

fn connected(socket: &JsObject, state: &JsObject<SocketState>, cx: &mut Context) -> JsResult<()> {
    events::method(socket, "_unrefTimer", &[], cx)?;
    socket::apply_options(state, cx)?;
    events::emit(socket, js_string!("connect"), &[], cx)?;
    events::emit(socket, js_string!("ready"), &[], cx)?;
    let paused = events::method(socket, "isPaused", &[], cx)?.to_boolean();
    if !paused && socket.get(js_string!("readable"), cx)?.to_boolean() {
        events::method(socket, "read", &[0.into()], cx)?;
    }
    Ok(())
}

/// What Node's `lookupAndConnect` reads from the options, in its order.
struct Wanted {
    host: String,
    port: u16,
    local_address: Option<IpAddr>,
    local_port: u16,
    selects_family: bool,
    attempt_timeout_ms: u64,
}

impl Wanted {
    fn parse(options: &JsObject, cx: &mut Context) -> JsResult<Self> {
        let local_address = options.get(js_string!("localAddress"), cx)?;
        let local_port = options.get(js_string!("localPort"), cx)?;
        let host = options.get(js_string!("host"), cx)?;
        let host = if host.to_boolean() { validate::string(&host, "options.host", cx)?.to_std_string_escaped() } else { "localhost".into() };
        let mut local_ip = None;
        if local_address.to_boolean() {
            let text = local_address.to_string(cx)?.to_std_string_escaped();
            local_ip = text.parse().ok();
            if local_ip.is_none() {
                return Err(errors::invalid_ip_address(&text, cx));
            }
        }
        let mut bound_port = 0;
        if local_port.to_boolean() {
            bound_port = validate::number(&local_port, "options.localPort", cx)? as u16;
        }
        let port = options.get(js_string!("port"), cx)?;
        let mut port_number = 0;
        if !port.is_undefined() {
            if !port.is_number() && !port.is_string() {
                return Err(engine_errors::invalid_arg_type("options.port", "number|string", &port, cx));
            }
            port_number = validate::port(&port, "Port", true, cx)?;
        }
        let selects = options.get(js_string!("autoSelectFamily"), cx)?;
        let selects_family = if selects.is_null_or_undefined() { NetState::auto_select_family(cx) } else { validate::boolean(&selects, "options.autoSelectFamily", cx)? };
        let timeout = options.get(js_string!("autoSelectFamilyAttemptTimeout"), cx)?;
        let attempt_timeout_ms = if timeout.is_null_or_undefined() {
            NetState::attempt_timeout_ms(cx)
        } else {
            validate::int32(&timeout, "options.autoSelectFamilyAttemptTimeout", 1, i32::MAX, cx)?.max(super::ATTEMPT_TIMEOUT_MIN_MS)
        };
        Ok(Self { host, port: port_number, local_address: local_ip, local_port: bound_port, selects_family, attempt_timeout_ms: attempt_timeout_ms as u64 })
    }

    /// What the socket is bound to before it connects to an address of this family.
    fn local(&self, ip: IpAddr) -> Option<SocketAddr> {
        if self.local_address.is_none() && self.local_port == 0 {
            return None;
        }
        let any = if ip.is_ipv4() { IpAddr::from(core::net::Ipv4Addr::UNSPECIFIED) } else { core::net::Ipv6Addr::UNSPECIFIED.into() };
        Some(SocketAddr::from((self.local_address.unwrap_or(any), self.local_port)))
    }
}

fn look_up_and_connect(socket: &JsObject, state: &JsObject<SocketState>, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let wanted = Wanted::parse(options, cx)?;
    let (socket, state) = (socket.clone(), state.clone());
    if address::is_ip(&wanted.host) != 0 {
        let host = wanted.host.clone();
        Host::of(cx).next_tick_native(move |cx| {
            if !state.borrow().data().connecting {
                return Ok(());
            }
            match parse_ip(&host, wanted.port) {
                Some(address) => {
                    let target = Target { family: if address.is_ipv4() { 4 } else { 6 }, local: wanted.local(address.ip()), address: Address::from(address) };
                    attempt(&socket, &state, &target, cx)
                }
                None => {
                    let error = errors::invalid_ip_address(&host, cx).into_opaque(cx)?;
                    destroy(&socket, error, cx)
                }
            }
        });
        return Ok(());
    }
    let lookup = options.get(js_string!("lookup"), cx)?;
    if !lookup.is_null_or_undefined() {
        validate::function(&lookup, "options.lookup", cx)?;
    }
    socket.set(js_string!("_host"), js_string!(wanted.host.as_str()), true, cx)?;
    let given_family = options.get(js_string!("family"), cx)?;
    let family = family_of(&given_family);
    let hints = options.get(js_string!("hints"), cx)?.as_number().unwrap_or(0.0) as i32;
    let all = family == 0 && wanted.local_address.is_none() && wanted.selects_family;
    let lookup = match lookup.as_function() {
        Some(lookup) => Some(lookup),
        // A script may have put its own in the place of `dns.lookup`.
        None => dns::lookup::replaced(cx)?,
    };
    if lookup.is_none() && hints & !(dns::lookup::ADDRCONFIG | dns::lookup::ALL | dns::lookup::V4MAPPED) != 0 {
        return Err(engine_errors::invalid_arg_value("hints", &(hints as u32).into(), "is invalid", cx));
    }
    if lookup.is_none() && family == 0 && !given_family.is_null_or_undefined() && given_family.as_number() != Some(0.0) {
        return Err(engine_errors::invalid_arg_value("options.family", &given_family, "must be one of: 0, 4, 6", cx));
    }
    match lookup {
        Some(lookup) => {
            let dns_options = JsObject::with_object_proto(cx.intrinsics());
            let family_value = if family == 0 { given_family } else { family.into() };
            dns_options.create_data_property_or_throw(js_string!("family"), family_value, cx)?;
            let hints = if hints == 0 && family == 0 { ADDRCONFIG } else { hints };
            dns_options.create_data_property_or_throw(js_string!("hints"), hints, cx)?;
            if all {
                dns_options.create_data_property_or_throw(js_string!("all"), true, cx)?;
            }
            ask_script(&socket, &state, options, wanted, &lookup, dns_options, all, cx)
        }
        None => {
            ask_system(socket, state, wanted, family, hints, all, cx);
            Ok(())
        }
    }
}

/// An address, with the zone that IPv6 ones may carry.
fn parse_ip(host: &str, port: u16) -> Option<SocketAddr> {
    if let Ok(ip) = host.parse::<IpAddr>() {
        return Some(SocketAddr::from((ip, port)));
    }
    let (ip, zone) = host.split_once('%')?;
    coil_engine::coil_sys::net::parse_scoped_with_port(&format!("{ip}%{zone}"), port)
}

fn family_of(value: &JsValue) -> i32 {
    match value.as_string().map(|text| text.to_std_string_escaped()).as_deref() {
        Some("IPv4") => 4,
        Some("IPv6") => 6,
        _ => value.as_number().filter(|family| *family == 4.0 || *family == 6.0).unwrap_or(0.0) as i32,
    }
}

/// `dns.ADDRCONFIG`
const ADDRCONFIG: i32 = 32;

fn ask_system(socket: JsObject, state: JsObject<SocketState>, wanted: Wanted, family: i32, hints: i32, all: bool, cx: &mut Context) {
    let asked = match family {
        4 => Family::V4,
        6 => Family::V6,
        _ => Family::Any,
    };
    let mut hints = LookupHints::from_bits(hints);
    if family == 0 && hints == LookupHints::default() {
        hints.addrconfig = true;
    }
    arguments::look_up(wanted.host.clone(), asked, hints, cx, move |found, cx| {
        let addresses = match found {
            Ok(addresses) => addresses,
            Err(error) => return looked_up_nothing(&socket, &state, &wanted, error, cx),
        };
        let shown = if all { addresses.as_slice() } else { addresses.get(..1).unwrap_or_default() };
        for ip in shown {
            if !state.borrow().data().connecting {
                return Ok(());
            }
            let version = if ip.is_ipv4() { 4 } else { 6 };
            let args = [JsValue::null(), js_string!(ip.to_string()).into(), version.into(), js_string!(wanted.host.as_str()).into()];
            events::emit(&socket, js_string!("lookup"), &args, cx)?;
        }
        if !state.borrow().data().connecting {
            return Ok(());
        }
        let addresses = if all { interleave(&addresses) } else { shown.to_vec() };
        try_in_turn(&socket, &state, addresses, wanted, cx)
    });
}

fn looked_up_nothing(socket: &JsObject, state: &JsObject<SocketState>, wanted: &Wanted, error: JsValue, cx: &mut Context) -> JsResult<()> {
    let args = [error.clone(), JsValue::undefined(), JsValue::undefined(), js_string!(wanted.host.as_str()).into()];
    events::emit(socket, js_string!("lookup"), &args, cx)?;
    if state.borrow().data().connecting {
        destroy_later(socket, error, cx);
    }
    Ok(())
}

/// Listeners of the caller come after the call.
fn destroy_later(socket: &JsObject, error: JsValue, cx: &mut Context) {
    let socket = socket.clone();
    Host::of(cx).next_tick_native(move |cx| destroy(&socket, error, cx));
}

/// Each address once, the families by turns, that of the first address first.
fn interleave(addresses: &[IpAddr]) -> Vec<IpAddr> {
    let Some(first) = addresses.first() else { return Vec::new() };
    let mut unique: Vec<IpAddr> = Vec::new();
    for ip in addresses {
        if !unique.contains(ip) {
            unique.push(*ip);
        }
    }
    let (own, other): (Vec<IpAddr>, Vec<IpAddr>) = unique.into_iter().partition(|ip| ip.is_ipv4() == first.is_ipv4());
    let mut turns = Vec::with_capacity(own.len() + other.len());
    for at in 0..own.len().max(other.len()) {
        turns.extend(own.get(at));
        turns.extend(other.get(at));
    }
    turns
}

/// The script's own look-up function.
#[expect(clippy::too_many_arguments, reason = "what a look-up needs to go on with")]
fn ask_script(
    socket: &JsObject,
    state: &JsObject<SocketState>,
    options: &JsObject,
    wanted: Wanted,
    lookup: &boa_engine::object::builtins::JsFunction,
    dns_options: JsObject,
    all: bool,
    cx: &mut Context,
) -> JsResult<()> {
    let host: JsValue = js_string!(wanted.host.as_str()).into();
    let captured = Asked { socket: socket.clone(), state: state.clone(), options: options.clone(), wanted: Rc::new(wanted), all };
    let answer = table::closure(
        "emitLookup",
        3,
        captured,
        |_this, args, asked, cx| {
            answered(asked, args, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    lookup.call(&JsValue::undefined(), &[host, dns_options.into(), answer.into()], cx).map(drop)
}

#[derive(Clone, Trace, Finalize)]
struct Asked {
    socket: JsObject,
    state: JsObject<SocketState>,
    options: JsObject,
    #[unsafe_ignore_trace]
    wanted: Rc<Wanted>,
    #[unsafe_ignore_trace]
    all: bool,
}

fn answered(asked: &Asked, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let Asked { socket, state, wanted, .. } = asked;
    let host: JsValue = js_string!(wanted.host.as_str()).into();
    let error = args.get_or_undefined(0).clone();
    let is_connecting = || state.borrow().data().connecting;
    if !asked.all {
        let mut told = vec![error.clone()];
        told.extend([args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone(), host]);
        events::emit(socket, js_string!("lookup"), &told, cx)?;
        if !is_connecting() {
            return Ok(());
        }
        if error.to_boolean() {
            destroy_later(socket, error, cx);
            return Ok(());
        }
        return match checked(args.get_or_undefined(1), args.get_or_undefined(2), asked, cx)? {
            Ok(ip) => try_in_turn(socket, state, vec![ip], Wanted { host: wanted.host.clone(), ..**wanted }, cx),
            Err(error) => {
                destroy_later(socket, error, cx);
                Ok(())
            }
        };
    }
    if !is_connecting() {
        return Ok(());
    }
    if error.to_boolean() {
        return looked_up_nothing(socket, state, wanted, error, cx);
    }
    let mut found = Vec::new();
    let mut refused = None;
    for entry in crate::http::elements(args.get_or_undefined(1), cx)?.unwrap_or_default() {
        let entry = entry.to_object(cx)?;
        let (ip, family) = (entry.get(js_string!("address"), cx)?, entry.get(js_string!("family"), cx)?);
        let told = [error.clone(), ip.clone(), family.clone(), host.clone()];
        events::emit(socket, js_string!("lookup"), &told, cx)?;
        if !is_connecting() {
            return Ok(());
        }
        match checked(&ip, &family, asked, cx)? {
            Ok(ip) => found.push(ip),
            Err(error) => drop(refused.get_or_insert(error)),
        }
    }
    if found.is_empty() {
        if let Some(error) = refused {
            destroy_later(socket, error, cx);
        }
        return Ok(());
    }
    try_in_turn(socket, state, interleave(&found), Wanted { host: wanted.host.clone(), ..**wanted }, cx)
}

/// What a script's look-up gave must be an address, and of a family that exists.
fn checked(ip: &JsValue, family: &JsValue, asked: &Asked, cx: &mut Context) -> JsResult<Result<IpAddr, JsValue>> {
    let parsed = ip.as_string().and_then(|ip| ip.to_std_string_escaped().split('%').next().and_then(|ip| ip.parse::<IpAddr>().ok()));
    let Some(parsed) = parsed else {
        let shown = if ip.is_string() { ip.to_string(cx)?.to_std_string_escaped() } else { engine_errors::inspect_brief(ip, cx) };
        return errors::invalid_ip_address(&shown, cx).into_opaque(cx).map(Err);
    };
    if family.as_number().is_none_or(|family| family != 4.0 && family != 6.0) {
        let (host, port) = (asked.options.get(js_string!("host"), cx)?, asked.options.get(js_string!("port"), cx)?);
        return errors::invalid_address_family(family, &host, &port, cx).into_opaque(cx).map(Err);
    }
    Ok(Ok(parsed))
}

/// Several addresses: each has a little time, then the next is tried (RFC 8305, as far as Node goes).
struct Attempts {
    socket: JsObject,
    state: JsObject<SocketState>,
    targets: Vec<Target>,
    timeout_ms: u64,
    progress: RefCell<Progress>,
}

#[derive(Default)]
struct Progress {
    next: usize,
    timer: Option<TimerId>,
    errors: Vec<JsObject>,
}

fn try_in_turn(socket: &JsObject, state: &JsObject<SocketState>, addresses: Vec<IpAddr>, wanted: Wanted, cx: &mut Context) -> JsResult<()> {
    events::method(socket, "_unrefTimer", &[], cx)?;
    let targets: Vec<Target> = addresses.into_iter().map(|ip| Target::ip(ip, wanted.port, wanted.local(ip))).collect();
    if let [target] = targets.as_slice() {
        return attempt(socket, state, target, cx);
    }
    let tried = JsArray::new(cx)?;
    socket.set(js_string!("autoSelectFamilyAttemptedAddresses"), tried, true, cx)?;
    let attempts = Attempts { socket: socket.clone(), state: state.clone(), targets, timeout_ms: wanted.attempt_timeout_ms, progress: RefCell::default() };
    Rc::new(attempts).next(false, cx)
}

impl Attempts {
    /// Tries the next address, or gives up.
    fn next(self: &Rc<Self>, cancelled: bool, cx: &mut Context) -> JsResult<()> {
        self.stop_timer(cx);
        let (current, gave_up) = {
            let mut progress = self.progress.borrow_mut();
            let gave_up = cancelled || progress.next == self.targets.len();
            progress.next += usize::from(!gave_up);
            (progress.next.saturating_sub(1), gave_up)
        };
        if gave_up {
            let all = std::mem::take(&mut self.progress.borrow_mut().errors);
            let error = if all.is_empty() { errors::socket_connection_timeout(cx).into_opaque(cx)? } else { errors::aggregate(all, cx)?.into() };
            return destroy(&self.socket, error, cx);
        }
        let target = &self.targets[current];
        if current > 0 {
            let conn = Conn::new(StreamKind::Tcp, None, cx);
            socket::set_conn(&self.socket, &self.state, &conn);
        }
        if let Some(error) = blocked(&self.socket, target, cx)? {
            return self.failed(target, error, cx);
        }
        events::emit(&self.socket, js_string!("connectionAttempt"), &target.event_args(), cx)?;
        let tried = self.socket.get(js_string!("autoSelectFamilyAttemptedAddresses"), cx)?.to_object(cx)?;
        events::method(&tried, "push", &[js_string!(target.address.to_string()).into()], cx)?;
        let conn = self.state.borrow().data().conn.clone();
        let Some(conn) = conn else { return Ok(()) };
        let attempts = self.clone();
        let started = start(&conn, target, cx, move |result, cx| attempts.after(current, result, cx));
        if let Err(error) = started {
            let error = at_once_error(target, &error, cx)?;
            return self.failed(target, error, cx);
        }
        if current + 1 < self.targets.len() {
            self.start_timer(current, cx);
        }
        Ok(())
    }

    fn failed(self: &Rc<Self>, target: &Target, error: JsValue, cx: &mut Context) -> JsResult<()> {
        self.progress.borrow_mut().errors.extend(error.as_object());
        let mut args = target.event_args();
        args.push(error);
        events::emit(&self.socket, js_string!("connectionAttemptFailed"), &args, cx)?;
        if self.state.borrow().data().connecting { self.next(false, cx) } else { Ok(()) }
    }

    fn after(self: &Rc<Self>, current: usize, result: SysResult<()>, cx: &mut Context) -> JsResult<()> {
        // An attempt that took too long was given up: its connection is closed, and what became of it is of no interest.
        if self.progress.borrow().next != current + 1 {
            return Ok(());
        }
        self.stop_timer(cx);
        let target = &self.targets[current];
        match result {
            Ok(()) => after_attempt(&self.socket, &self.state, target, Ok(()), cx),
            Err(error) if error.is(errno::ECANCELED) => Ok(()),
            Err(error) => {
                let error = target.error(&error, cx)?;
                self.failed(target, error.into(), cx)
            }
        }
    }

    fn start_timer(self: &Rc<Self>, current: usize, cx: &mut Context) {
        let attempts = self.clone();
        let id = Host::of(cx).event_loop().timer(
            self.timeout_ms,
            Box::new(move |cx| {
                Host::of(cx).enter_with(cx, |cx| attempts.timed_out(current, cx));
            }),
        );
        self.progress.borrow_mut().timer = Some(id);
    }

    fn stop_timer(&self, cx: &mut Context) {
        let timer = self.progress.borrow_mut().timer.take();
        if let Some(timer) = timer {
            Host::of(cx).event_loop().timer_cancel(timer);
        }
    }

    fn timed_out(self: &Rc<Self>, current: usize, cx: &mut Context) -> JsResult<()> {
        self.progress.borrow_mut().timer = None;
        let target = &self.targets[current];
        events::emit(&self.socket, js_string!("connectionAttemptTimeout"), &target.event_args(), cx)?;
        let error = target.error(&SysError::new(errno::ETIMEDOUT, "connect"), cx)?;
        self.progress.borrow_mut().errors.push(error);
        if self.state.borrow().data().connecting { self.next(false, cx) } else { Ok(()) }
    }
}
