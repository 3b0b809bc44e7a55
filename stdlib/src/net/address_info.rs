//! Addresses as scripts see them: `{ address, family, port }`.

use boa_engine::{Context, JsObject, JsResult, js_string};
use coil_engine::coil_sys::{Sys, net::Address};

/// What `server.address()` and `socket.address()` give for an IP address; an empty object for any other.
pub fn to_object(address: Option<&Address>, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    if let Some(ip) = address.and_then(Address::ip) {
        object.create_data_property_or_throw(js_string!("address"), js_string!(shown(&ip)), cx)?;
        object.create_data_property_or_throw(js_string!("family"), js_string!(family(&ip)), cx)?;
        object.create_data_property_or_throw(js_string!("port"), ip.port(), cx)?;
    }
    Ok(object)
}

/// The IP address, with its zone where it has one.
pub fn shown(address: &core::net::SocketAddr) -> String {
    match address {
        core::net::SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        address => address.ip().to_string(),
    }
}

/// `IPv4` or `IPv6`
pub fn family(address: &core::net::SocketAddr) -> &'static str {
    if address.is_ipv4() { "IPv4" } else { "IPv6" }
}

/// The same with the zone as a name: how datagrams tell their sender.
pub fn shown_named(address: &core::net::SocketAddr, sys: &Sys) -> String {
    match address {
        core::net::SocketAddr::V6(v6) if v6.scope_id() != 0 => match sys.net().interface_name(v6.scope_id()) {
            Some(name) => format!("{}%{name}", v6.ip()),
            None => shown(address),
        },
        address => address.ip().to_string(),
    }
}
