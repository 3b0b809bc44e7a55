//! `https.Agent`: HTTP's pool over TLS, with the sessions of earlier connections.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    class::{Class, Kind, Parent},
    table::{self, Member},
};

use crate::{
    events,
    http::{self, AGENT as HTTP_AGENT},
    tls::{self, field, set},
};

/// `https.Agent`
pub(crate) static AGENT: Class = Class {
    name: "Agent",
    length: 1,
    extends: Parent::Class(&HTTP_AGENT),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("createConnection", 0, create_connection),
        Member::function("getName", 0, get_name),
        Member::function("_getSession", 1, get_session),
        Member::function("_cacheSession", 2, cache_session),
        Member::function("_evictSession", 1, evict_session),
    ],
    statics: &[],
};

/// `https.Agent(options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !AGENT.is_instance(this, cx)? {
        return Ok(AGENT.construct(args, cx)?.into());
    }
    let options = JsObject::with_null_proto();
    if let Some(given) = args.get_or_undefined(0).as_object() {
        for (key, value) in http::own_entries(&given, cx)? {
            options.create_data_property_or_throw(key, value, cx)?;
        }
    }
    let defaults: [(&'static str, JsValue); 2] = [("defaultPort", 443.into()), ("protocol", js_string!("https:").into())];
    for (key, value) in defaults {
        if field(&options, key, cx)?.is_null_or_undefined() {
            set(&options, key, value, cx)?;
        }
    }
    (HTTP_AGENT.init)(this, &[options.into()], cx)?;
    let agent = this.to_object(cx)?;
    let own = field(&agent, "options", cx)?.to_object(cx)?;
    let max = field(&own, "maxCachedSessions", cx)?;
    let max = if max.is_undefined() { SESSIONS_MAX.into() } else { max };
    set(&agent, "maxCachedSessions", max, cx)?;
    let cache = JsObject::with_object_proto(cx.intrinsics());
    let map = JsObject::with_object_proto(cx.intrinsics());
    set(&cache, "map", map, cx)?;
    let list = JsArray::new(cx)?;
    set(&cache, "list", list, cx)?;
    set(&agent, "_sessionCache", cache, cx)?;
    Ok(JsValue::undefined())
}

/// How many sessions an agent remembers unless told.
const SESSIONS_MAX: i32 = 100;

/// `(options)`, `(port, options)`, `(port, host, options)`
fn create_connection(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let agent = this.to_object(cx)?;
    let given = args.iter().take(3).find_map(|arg| arg.as_object().filter(|object| !object.is_callable()));
    let options = match given {
        Some(given) => tls::server::copied(&given, cx)?,
        None => JsObject::with_object_proto(cx.intrinsics()),
    };
    let (port, host) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if port.is_number() || port.is_string() {
        set(&options, "port", port.clone(), cx)?;
    }
    if host.is_string() {
        set(&options, "host", host.clone(), cx)?;
    }
    let key = field(&options, "_agentKey", cx)?;
    if key.to_boolean() {
        let session = events::method(&agent, "_getSession", std::slice::from_ref(&key), cx)?;
        if session.to_boolean() && field(&options, "session", cx)?.is_undefined() {
            set(&options, "session", session, cx)?;
        }
    }
    let socket = tls::connect(&JsValue::undefined(), &[options.into()], cx)?;
    if let Some(socket) = socket.as_object()
        && events::listener_count(&agent, js_string!("keylog"), cx)? > 0
    {
        let logged = table::closure(
            "",
            1,
            (agent.clone(), socket.clone()),
            |_this, args, (agent, socket), cx| Ok(events::emit(agent, js_string!("keylog"), &[args.get_or_undefined(0).clone(), socket.clone().into()], cx)?.into()),
            cx,
        );
        events::on(&socket, js_string!("keylog"), logged, cx)?;
    }
    if key.to_boolean()
        && let Some(socket) = socket.as_object()
    {
        let cached =
            table::closure("", 1, (agent.clone(), key.clone()), |_this, args, (agent, key), cx| events::method(agent, "_cacheSession", &[key.clone(), args.get_or_undefined(0).clone()], cx), cx);
        events::on(&socket, js_string!("session"), cached, cx)?;
        let closed = table::closure(
            "",
            1,
            (agent, key),
            |_this, args, (agent, key), cx| if args.get_or_undefined(0).to_boolean() { events::method(agent, "_evictSession", std::slice::from_ref(key), cx) } else { Ok(JsValue::undefined()) },
            cx,
        );
        events::once(&socket, js_string!("close"), closed, cx)?;
    }
    Ok(socket)
}

/// How an option goes into the name of a connection.
#[derive(Clone, Copy)]
enum Part {
    Truthy,
    Defined,
    Servername,
    Json,
}

/// What makes connections different, in Node's order.
static PARTS: &[(&str, Part)] = &[
    ("ca", Part::Truthy),
    ("cert", Part::Truthy),
    ("clientCertEngine", Part::Truthy),
    ("ciphers", Part::Truthy),
    ("key", Part::Truthy),
    ("pfx", Part::Truthy),
    ("rejectUnauthorized", Part::Defined),
    ("servername", Part::Servername),
    ("minVersion", Part::Truthy),
    ("maxVersion", Part::Truthy),
    ("secureProtocol", Part::Truthy),
    ("crl", Part::Truthy),
    ("honorCipherOrder", Part::Defined),
    ("ecdhCurve", Part::Truthy),
    ("dhparam", Part::Truthy),
    ("secureOptions", Part::Defined),
    ("sessionIdContext", Part::Truthy),
    ("sigalgs", Part::Json),
    ("privateKeyIdentifier", Part::Truthy),
    ("privateKeyEngine", Part::Truthy),
];

/// `agent.getName(options)`
fn get_name(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let base = field(&HTTP_AGENT.prototype(cx)?, "getName", cx)?;
    let mut name = match base.as_function() {
        Some(base) => base.call(this, args, cx)?.to_string(cx)?.to_std_string_escaped(),
        None => String::new(),
    };
    let options = args.get_or_undefined(0).as_object().unwrap_or_else(JsObject::with_null_proto);
    for (key, part) in PARTS {
        name.push(':');
        let value = field(&options, key, cx)?;
        let says = match part {
            Part::Truthy | Part::Json => value.to_boolean(),
            Part::Defined => !value.is_undefined(),
            Part::Servername => value.to_boolean() && !value.strict_equals(&field(&options, "host", cx)?),
        };
        if says && matches!(part, Part::Json) {
            let json = cx.intrinsics().objects().json();
            name += &events::method(&json, "stringify", &[value], cx)?.to_string(cx)?.to_std_string_escaped();
        } else if says {
            name += &value.to_string(cx)?.to_std_string_lossy();
        }
    }
    Ok(js_string!(name).into())
}

fn cache_of(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, JsObject, JsObject)> {
    let agent = this.to_object(cx)?;
    let cache = field(&agent, "_sessionCache", cx)?.to_object(cx)?;
    let (map, list) = (field(&cache, "map", cx)?.to_object(cx)?, field(&cache, "list", cx)?.to_object(cx)?);
    Ok((agent, map, list))
}

/// `agent._getSession(key)`
fn get_session(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, map, _) = cache_of(this, cx)?;
    let key = args.get_or_undefined(0).to_string(cx)?;
    map.get(key, cx)
}

/// `agent._cacheSession(key, session)`: the oldest goes when there are too many.
fn cache_session(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (agent, map, list) = cache_of(this, cx)?;
    let max = field(&agent, "maxCachedSessions", cx)?.to_number(cx)?;
    if max == 0.0 {
        return Ok(JsValue::undefined());
    }
    let key = args.get_or_undefined(0).to_string(cx)?;
    let session = args.get_or_undefined(1).clone();
    if !map.get(key.clone(), cx)?.to_boolean() {
        if field(&list, "length", cx)?.to_number(cx)? >= max {
            let oldest = events::method(&list, "shift", &[], cx)?.to_string(cx)?;
            map.delete_property_or_throw(oldest, cx)?;
        }
        events::method(&list, "push", &[key.clone().into()], cx)?;
    }
    map.set(key, session, true, cx)?;
    Ok(JsValue::undefined())
}

/// `agent._evictSession(key)`
fn evict_session(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, map, list) = cache_of(this, cx)?;
    let key = args.get_or_undefined(0).to_string(cx)?;
    let at = events::method(&list, "indexOf", &[key.clone().into()], cx)?.to_number(cx)?;
    if at >= 0.0 {
        events::method(&list, "splice", &[at.into(), 1.into()], cx)?;
        map.delete_property_or_throw(key, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `https.globalAgent`: the agent of requests that name none.
pub(super) fn global_agent(cx: &mut Context) -> JsResult<JsValue> {
    let options = JsObject::with_null_proto();
    set(&options, "keepAlive", true, cx)?;
    set(&options, "scheduling", js_string!("lifo"), cx)?;
    set(&options, "timeout", 5000, cx)?;
    Ok(AGENT.construct(&[options.into()], cx)?.into())
}
