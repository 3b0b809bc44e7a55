//! `net.SocketAddress`.

use core::net::IpAddr;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors as engine_errors,
    table::{Member, Symbol},
    validate,
};

use super::errors;
use crate::event_target;

/// `net.SocketAddress`
pub static SOCKET_ADDRESS: Class = Class {
    name: "SocketAddress",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Member::getter("address", address),
        Member::getter("port", port),
        Member::getter("family", family),
        Member::getter("flowlabel", flowlabel),
        Member::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Member::function("toJSON", 0, to_json),
    ],
    statics: &[Member::function("isSocketAddress", 1, is_socket_address), Member::function("parse", 1, parse)],
};

/// An address with its port.
#[derive(Clone, Debug, Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
pub struct SocketAddress {
    #[unsafe_ignore_trace]
    pub ip: IpAddr,
    /// As it was given: an address may be written in many ways.
    #[unsafe_ignore_trace]
    text: String,
    port: u16,
    flowlabel: u32,
}

/// `new SocketAddress(options)`
fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let data = match args.get_or_undefined(0) {
        options if options.is_undefined() => of_parts(&JsValue::undefined(), &JsValue::undefined(), &JsValue::undefined(), &JsValue::undefined(), cx)?,
        options => {
            let options = validate::object(options, "options", cx)?;
            let family = options.get(js_string!("family"), cx)?;
            let address = options.get(js_string!("address"), cx)?;
            let port = options.get(js_string!("port"), cx)?;
            let flowlabel = options.get(js_string!("flowlabel"), cx)?;
            of_parts(&address, &family, &port, &flowlabel, cx)?
        }
    };
    let prototype = instance_prototype(&SOCKET_ADDRESS, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, data).into())
}

/// Checks the options in Node's order.
fn of_parts(address: &JsValue, family: &JsValue, port: &JsValue, flowlabel: &JsValue, cx: &mut Context) -> JsResult<SocketAddress> {
    let given = family.as_string().map(|family| family.to_std_string_escaped());
    let is_v6 = match given.as_deref().map(str::to_lowercase).as_deref() {
        None if family.is_undefined() => false,
        Some("ipv4") => false,
        Some("ipv6") => true,
        _ => return Err(engine_errors::invalid_arg_value("options.family", family, "is invalid", cx)),
    };
    let text = if address.is_undefined() {
        (if given.as_deref() == Some("ipv4") || family.is_undefined() { "127.0.0.1" } else { "::" }).to_owned()
    } else {
        validate::string(address, "options.address", cx)?.to_std_string_escaped()
    };
    let port = if port.is_undefined() { 0 } else { validate::port(port, "options.port", true, cx)? };
    let flowlabel = if flowlabel.is_undefined() { 0 } else { validate::uint32(flowlabel, "options.flowlabel", false, cx)? };
    let ip = if is_v6 { text.parse().map(IpAddr::V6).ok() } else { text.parse().map(IpAddr::V4).ok() };
    match ip {
        Some(ip) => Ok(SocketAddress { ip, text: ip.to_string(), port, flowlabel }),
        None => Err(errors::invalid_address(cx)),
    }
}

/// The address behind a value, if it is a `SocketAddress`.
pub fn of(value: &JsValue) -> Option<SocketAddress> {
    let object = value.as_object()?;
    let found = object.downcast_ref::<SocketAddress>()?;
    Some(found.clone())
}

/// An address and a family given as strings, checked as for `new SocketAddress({ address, family })`.
pub fn of_strings(address: &JsValue, family: &JsValue, cx: &mut Context) -> JsResult<SocketAddress> {
    of_parts(address, family, &JsValue::undefined(), &JsValue::undefined(), cx)
}

fn read<T>(this: &JsValue, cx: &mut Context, read: impl FnOnce(&SocketAddress) -> T) -> JsResult<T> {
    match of(this) {
        Some(found) => Ok(read(&found)),
        None => Err(engine_errors::invalid_this("SocketAddress", cx)),
    }
}

fn address(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    read(this, cx, |found| js_string!(found.text.as_str()).into())
}

fn port(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    read(this, cx, |found| found.port.into())
}

fn family(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    read(this, cx, |found| js_string!(if found.ip.is_ipv4() { "ipv4" } else { "ipv6" }).into())
}

fn flowlabel(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    read(this, cx, |found| found.flowlabel.into())
}

fn to_json(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in [("address", address(this, &[], cx)?), ("port", port(this, &[], cx)?), ("family", family(this, &[], cx)?), ("flowlabel", flowlabel(this, &[], cx)?)] {
        object.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(object.into())
}

/// `[nodejs.util.inspect.custom]`
fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if event_target::depth_is_spent(args) {
        return Ok(js_string!("[SocketAddress]").into());
    }
    let shown = to_json(this, &[], cx)?.to_object(cx)?;
    event_target::inspected(&this.to_object(cx)?, &shown, args, true, cx)
}

fn is_socket_address(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(of(args.get_or_undefined(0)).is_some().into())
}

/// `SocketAddress.parse`: `ip:port`, `[ip]:port`; undefined for anything else.
fn parse(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let input = validate::string(args.get_or_undefined(0), "input", cx)?.to_std_string_escaped();
    let (text, port) = match input.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((text, "")) => (text, ""),
            Some((text, rest)) => (text, rest.strip_prefix(':').unwrap_or("x")),
            None => return Ok(JsValue::undefined()),
        },
        None => input.split_once(':').unwrap_or((&input, "")),
    };
    let port = if port.is_empty() { Ok(0) } else { port.parse::<u16>() };
    let (Ok(ip), Ok(port)) = (text.parse::<IpAddr>(), port) else { return Ok(JsValue::undefined()) };
    // An IPv6 address stands in brackets, an IPv4 address does not.
    if ip.is_ipv6() != input.starts_with('[') {
        return Ok(JsValue::undefined());
    }
    // The port that a URL of this scheme does not show.
    let port = if port == 80 { 0 } else { port };
    object_of(SocketAddress { ip, text: ip.to_string(), port, flowlabel: 0 }, cx)
}

/// The object that shows an address to scripts.
pub fn object_of(address: SocketAddress, cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsObject::from_proto_and_data(SOCKET_ADDRESS.prototype(cx)?, address).into())
}
