//! What the system's socket is asked and told: lifetimes of datagrams, groups, sizes of buffers.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue};
use coil_engine::{
    coil_sys::{SysError, errno, net::Membership, net::parse_scoped},
    errors as engine_errors,
    table::Member,
    validate,
};

use super::{
    socket::{SocketState, check, find, running},
    udp::Udp,
};

/// In Node's order, between `remoteAddress` and `ref`.
pub static MEMBERS: &[Member] = &[
    Member::renamed("setBroadcast", "", 1, set_broadcast),
    Member::renamed("setTTL", "", 1, set_ttl),
    Member::renamed("setMulticastTTL", "", 1, set_multicast_ttl),
    Member::renamed("setMulticastLoopback", "", 1, set_multicast_loopback),
    Member::renamed("setMulticastInterface", "", 1, set_multicast_interface),
    Member::renamed("addMembership", "", 2, add_membership),
    Member::renamed("dropMembership", "", 2, drop_membership),
    Member::renamed("addSourceSpecificMembership", "", 3, add_source_membership),
    Member::renamed("dropSourceSpecificMembership", "", 3, drop_source_membership),
];

/// In Node's order, after `unref`.
pub static BUFFER_MEMBERS: &[Member] = &[
    Member::renamed("setRecvBufferSize", "", 1, |this, args, cx| set_buffer_size(this, args.get_or_undefined(0), true, cx)),
    Member::renamed("setSendBufferSize", "", 1, |this, args, cx| set_buffer_size(this, args.get_or_undefined(0), false, cx)),
    Member::renamed("getRecvBufferSize", "", 0, |this, _, cx| buffer_size(this, true, cx)),
    Member::renamed("getSendBufferSize", "", 0, |this, _, cx| buffer_size(this, false, cx)),
    Member::renamed("getSendQueueSize", "", 0, |this, _, cx| Ok(open(this, cx)?.1.queue_len().into())),
    Member::renamed("getSendQueueCount", "", 0, |this, _, cx| Ok(open(this, cx)?.1.queue_count().into())),
];

/// The socket's state and its native side.
fn open(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject<SocketState>, Rc<Udp>)> {
    let (_, state) = find(this, cx)?;
    let udp = running(&state, cx)?;
    Ok((state, udp))
}

fn set_broadcast(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, udp) = open(this, cx)?;
    let on = args.get_or_undefined(0).to_boolean();
    check(udp.with_fd("setBroadcast", |fd, sys| sys.net().set_broadcast(fd, on)), "setBroadcast", cx)?;
    Ok(JsValue::undefined())
}

fn ttl_of(args: &[JsValue], cx: &mut Context) -> JsResult<u32> {
    let ttl = validate::number(args.get_or_undefined(0), "ttl", cx)?;
    // What is no number of hops is refused by the system.
    Ok(if (0.0..=255.0).contains(&ttl) { ttl as u32 } else { u32::MAX })
}

fn set_ttl(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let ttl = ttl_of(args, cx)?;
    let (_, udp) = open(this, cx)?;
    check(udp.with_fd("setTTL", |fd, sys| sys.net().set_ttl(fd, ttl)), "setTTL", cx)?;
    Ok(args.get_or_undefined(0).clone())
}

fn set_multicast_ttl(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let ttl = ttl_of(args, cx)?;
    let (_, udp) = open(this, cx)?;
    check(udp.with_fd("setMulticastTTL", |fd, sys| sys.net().set_multicast_ttl(fd, ttl)), "setMulticastTTL", cx)?;
    Ok(args.get_or_undefined(0).clone())
}

fn set_multicast_loopback(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, udp) = open(this, cx)?;
    let on = args.get_or_undefined(0);
    check(udp.with_fd("setMulticastLoopback", |fd, sys| sys.net().set_multicast_loop(fd, on.to_boolean())), "setMulticastLoopback", cx)?;
    Ok(on.clone())
}

fn set_multicast_interface(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, udp) = open(this, cx)?;
    let interface = validate::string(args.get_or_undefined(0), "interfaceAddress", cx)?.to_std_string_lossy();
    let result = match parse_scoped(&interface) {
        Some(_) => udp.with_fd("setMulticastInterface", |fd, sys| sys.net().set_multicast_interface(fd, &interface)),
        None => Err(SysError::new(errno::EINVAL, "setMulticastInterface")),
    };
    check(result, "setMulticastInterface", cx)?;
    Ok(JsValue::undefined())
}

/// An argument as the address of an interface, where one is given.
fn interface_of(value: &JsValue, cx: &mut Context) -> JsResult<Option<String>> {
    if value.is_null_or_undefined() { Ok(None) } else { Ok(Some(value.to_string(cx)?.to_std_string_lossy())) }
}

fn change_membership(this: &JsValue, args: &[JsValue], change: Membership, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let (state, udp) = open(this, cx)?;
    let group = args.get_or_undefined(0);
    if !group.to_boolean() {
        return Err(engine_errors::missing_args(&["multicastAddress"], cx));
    }
    let group = group.to_string(cx)?.to_std_string_lossy();
    let interface = interface_of(args.get_or_undefined(1), cx)?;
    let result = udp.open_any(is_v6(&state)).and_then(|()| udp.with_fd(name, |fd, sys| sys.net().set_membership(fd, &group, interface.as_deref(), change)));
    check(result, name, cx)?;
    Ok(JsValue::undefined())
}

/// As in libuv, joining a group or leaving it opens the socket.
fn is_v6(state: &JsObject<SocketState>) -> bool {
    state.borrow().data().is_v6
}

fn add_membership(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    change_membership(this, args, Membership::Add, "addMembership", cx)
}

fn drop_membership(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    change_membership(this, args, Membership::Drop, "dropMembership", cx)
}

fn change_source_membership(this: &JsValue, args: &[JsValue], change: Membership, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let (state, udp) = open(this, cx)?;
    let source = validate::string(args.get_or_undefined(0), "sourceAddress", cx)?.to_std_string_lossy();
    let group = validate::string(args.get_or_undefined(1), "groupAddress", cx)?.to_std_string_lossy();
    let interface = interface_of(args.get_or_undefined(2), cx)?;
    let result = udp.open_any(is_v6(&state)).and_then(|()| udp.with_fd(name, |fd, sys| sys.net().set_source_membership(fd, &source, &group, interface.as_deref(), change)));
    check(result, name, cx)?;
    Ok(JsValue::undefined())
}

fn add_source_membership(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    change_source_membership(this, args, Membership::Add, "addSourceSpecificMembership", cx)
}

fn drop_source_membership(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    change_source_membership(this, args, Membership::Drop, "dropSourceSpecificMembership", cx)
}

/// Sets the size of one of the system's two buffers.
pub fn set_buffer_size(this: &JsValue, size: &JsValue, is_recv: bool, cx: &mut Context) -> JsResult<JsValue> {
    let Some(len) = size.as_number().filter(|size| size.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(size)) else {
        return Err(engine_errors::socket_bad_buffer_size(cx));
    };
    let (_, udp) = open(this, cx)?;
    let result = if len > f64::from(i32::MAX) {
        Err(SysError::new(errno::EINVAL, name_of(is_recv)))
    } else {
        udp.with_fd(name_of(is_recv), |fd, sys| match is_recv {
            true => sys.net().set_recv_buffer_size(fd, len as usize),
            false => sys.net().set_send_buffer_size(fd, len as usize),
        })
    };
    result.map_err(|error| engine_errors::socket_buffer_size(&error, cx))?;
    Ok(JsValue::undefined())
}

fn buffer_size(this: &JsValue, is_recv: bool, cx: &mut Context) -> JsResult<JsValue> {
    let (_, udp) = open(this, cx)?;
    let result = udp.with_fd(name_of(is_recv), |fd, sys| if is_recv { sys.net().recv_buffer_size(fd) } else { sys.net().send_buffer_size(fd) });
    result.map(JsValue::from).map_err(|error| engine_errors::socket_buffer_size(&error, cx))
}

fn name_of(is_recv: bool) -> &'static str {
    if is_recv { "uv_recv_buffer_size" } else { "uv_send_buffer_size" }
}
