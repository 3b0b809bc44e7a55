//! `net.BlockList`.

use core::net::IpAddr;
use std::{
    cell::Cell,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsArray};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors as engine_errors,
    table::{Member, Symbol},
    validate,
};

use super::{
    address::{self, Rules},
    socket_address::{self, SocketAddress},
};
use crate::{
    event_target, events, http,
    structured_clone::{Carried, Carriers},
};

/// `net.BlockList`
pub static BLOCK_LIST: Class = Class {
    name: "BlockList",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Member::function("addAddress", 1, add_address),
        Member::function("addRange", 2, add_range),
        Member::function("addSubnet", 2, add_subnet),
        Member::function("check", 1, check),
        Member::function("toJSON", 0, rules),
        Member::function("fromJSON", 1, from_json),
        Member::getter("rules", rules),
        Member::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
    ],
    statics: &[Member::function("isBlockList", 1, is_block_list_method)],
};

#[derive(Clone, Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct BlockList(#[unsafe_ignore_trace] Shared);

/// A list and its clones, in whatever thread, have the same rules.
type Shared = Arc<Mutex<Rules>>;

fn lock(rules: &Shared) -> MutexGuard<'_, Rules> {
    rules.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A list in a message.
struct Carrying(Shared);

impl Carried for Carrying {
    fn revive(self: Box<Self>, cx: &mut Context) -> JsResult<JsObject> {
        let prototype = BLOCK_LIST.prototype(cx)?;
        prepare(cx);
        Ok(JsObject::from_proto_and_data(prototype, BlockList(self.0)))
    }

    fn copy(&self) -> Box<dyn Carried> {
        Box::new(Self(self.0.clone()))
    }
}

/// Whether this host packs lists already.
#[derive(Default)]
struct Ready(Cell<bool>);

/// Has messages take lists, once there is one.
fn prepare(cx: &Context) {
    let host = Host::of(cx);
    if !host.state::<Ready>().0.replace(true) {
        host.state::<Carriers>().add(|object, _transfer, _cx| {
            let rules = of(&object.clone().into());
            Ok(rules.map(|rules| -> Box<dyn Carried> { Box::new(Carrying(rules)) }))
        });
    }
}

/// `[nodejs.util.inspect.custom]`
fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if event_target::depth_is_spent(args) {
        return Ok(js_string!("[BlockList]").into());
    }
    let object = this.to_object(cx)?;
    let shown = JsObject::with_object_proto(cx.intrinsics());
    let list = rules(this, &[], cx)?;
    shown.create_data_property_or_throw(js_string!("rules"), list, cx)?;
    event_target::inspected(&object, &shown, args, true, cx)
}

fn construct(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&BLOCK_LIST, cx)?;
    prepare(cx);
    Ok(JsObject::from_proto_and_data(prototype, BlockList(Arc::default())).into())
}

fn of(value: &JsValue) -> Option<Shared> {
    let object = value.as_object()?;
    let list = object.downcast_ref::<BlockList>()?;
    Some(list.0.clone())
}

fn find(this: &JsValue, cx: &mut Context) -> JsResult<Shared> {
    of(this).ok_or_else(|| engine_errors::invalid_this("BlockList", cx))
}

/// `BlockList.isBlockList`
pub fn is_block_list(value: &JsValue, _cx: &mut Context) -> JsResult<bool> {
    Ok(of(value).is_some())
}

fn is_block_list_method(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(of(args.get_or_undefined(0)).is_some().into())
}

/// Whether a list blocks an address; an object that only looks like a list is asked through its `check`.
pub fn blocks(list: &JsValue, ip: IpAddr, cx: &mut Context) -> JsResult<bool> {
    if let Some(rules) = of(list) {
        return Ok(lock(&rules).check(ip));
    }
    let list = list.to_object(cx)?;
    let family = if ip.is_ipv4() { "ipv4" } else { "ipv6" };
    let args = [js_string!(ip.to_string()).into(), js_string!(family).into()];
    events::method(&list, "check", &args, cx).map(|blocked| blocked.to_boolean())
}

/// A `SocketAddress`, or an address as a string and its family.
fn address_of(value: &JsValue, name: &str, family: &JsValue, cx: &mut Context) -> JsResult<SocketAddress> {
    if let Some(address) = socket_address::of(value) {
        return Ok(address);
    }
    validate::string(value, name, cx)?;
    let family = if family.is_undefined() { js_string!("ipv4").into() } else { family.clone() };
    validate::string(&family, "family", cx)?;
    socket_address::of_strings(value, &family, cx)
}

fn add_address(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let rules = find(this, cx)?;
    let address = address_of(args.get_or_undefined(0), "address", args.get_or_undefined(1), cx)?;
    lock(&rules).add_address(address.ip);
    Ok(JsValue::undefined())
}

fn add_range(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let rules = find(this, cx)?;
    let family = args.get_or_undefined(2);
    let start = address_of(args.get_or_undefined(0), "start", family, cx)?;
    let end = address_of(args.get_or_undefined(1), "end", family, cx)?;
    if !lock(&rules).add_range(start.ip, end.ip) {
        let shown = socket_address::object_of(start, cx)?;
        return Err(engine_errors::invalid_arg_value("start", &shown, "must come before end", cx));
    }
    Ok(JsValue::undefined())
}

fn add_subnet(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let rules = find(this, cx)?;
    let network = address_of(args.get_or_undefined(0), "network", args.get_or_undefined(2), cx)?.ip;
    let max = if network.is_ipv4() { 32 } else { 128 };
    let prefix_len = validate::int32(args.get_or_undefined(1), "prefix", 0, max, cx)?;
    lock(&rules).add_subnet(network, prefix_len as u8);
    Ok(JsValue::undefined())
}

fn check(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let rules = find(this, cx)?;
    let (given, family) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let ip = match socket_address::of(given) {
        Some(address) => Some(address.ip),
        None => {
            validate::string(given, "address", cx)?;
            let family = if family.is_undefined() { js_string!("ipv4").into() } else { family.clone() };
            validate::string(&family, "family", cx)?;
            // What is no address is not blocked.
            socket_address::of_strings(given, &family, cx).ok().map(|address| address.ip)
        }
    };
    let blocked = ip.is_some_and(|ip| lock(&rules).check(ip));
    Ok(blocked.into())
}

fn rules(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = lock(&find(this, cx)?).list();
    let values = list.into_iter().map(|rule| js_string!(rule).into()).collect();
    Ok(JsArray::from_values(values, cx).into())
}

/// `blockList.fromJSON`: the lines of `rules`, or a JSON text of them.
fn from_json(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let rules = find(this, cx)?;
    let data = args.get_or_undefined(0);
    let mut parsed = data.clone();
    if data.is_string() {
        let json = cx.global_object().get(js_string!("JSON"), cx)?.to_object(cx)?;
        parsed = events::method(&json, "parse", std::slice::from_ref(data), cx)?;
    }
    let Some(lines) = http::elements(&parsed, cx)? else {
        return Err(engine_errors::invalid_arg_type("data", "string|string[]", data, cx));
    };
    let mut texts = Vec::with_capacity(lines.len());
    for line in &lines {
        match line.as_string() {
            Some(line) => texts.push(line.to_std_string_escaped()),
            None => return Err(engine_errors::invalid_arg_type("data", "string|string[]", &parsed, cx)),
        }
    }
    for line in texts {
        address::parse_rule(&line, &mut lock(&rules));
    }
    Ok(JsValue::undefined())
}

/// The same through the list's own `check`, which a script may have replaced.
pub fn checks(list: &JsValue, ip: IpAddr, cx: &mut Context) -> JsResult<bool> {
    let list = list.to_object(cx)?;
    let family = if ip.is_ipv4() { "ipv4" } else { "ipv6" };
    let args = [js_string!(ip.to_string()).into(), js_string!(family).into()];
    events::method(&list, "check", &args, cx).map(|blocked| blocked.to_boolean())
}
