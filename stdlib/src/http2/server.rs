//! `Http2Server`, `Http2SecureServer`, and what accepts their connections.

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use boa_gc::GcRefCell;
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::{self, Export, Member, Symbol},
    validate,
};

use super::{
    compat,
    object::{copy, field, flag, put, set},
    session, settings_object,
    wire::Side,
};
use crate::{
    events,
    net::server::{self as net_server, NET_SERVER},
};

/// `Http2Server`
pub(super) static HTTP2_SERVER: Class = Class { name: "Http2Server", length: 2, extends: Parent::Class(&NET_SERVER), kind: Kind::Modern, init: construct, prototype: MEMBERS, statics: &[] };

/// `Http2SecureServer`
pub(super) static HTTP2_SECURE_SERVER: Class =
    Class { name: "Http2SecureServer", length: 2, extends: Parent::Constructor(tls_server), kind: Kind::Modern, init: construct_secure, prototype: SECURE_MEMBERS, statics: &[] };

const MEMBERS: &[Member] = &[
    Export::function("setTimeout", 2, set_timeout),
    Export::function("updateSettings", 1, update_settings),
    Export::function("close", 0, close),
    Member::symbol(Symbol::AsyncDispose, "[Symbol.asyncDispose]", 0, net_server::async_dispose),
    Member::symbol(Symbol::For("nodejs.rejection"), "[nodejs.rejection]", 2, rejected),
];

/// With what a server of HTTP/1 can be set to.
static SECURE_MEMBERS: &[Member] = &[Member::all(MEMBERS), Member::all(crate::http::server::SETTINGS)];

/// What a server shows its options under.
const OPTIONS: Symbol = Symbol::Private("options");

/// What a server keeps natively.
#[derive(Trace, Finalize, JsData)]
pub(super) struct ServerState {
    pub options: GcRefCell<JsObject>,
    sessions: GcRefCell<Vec<JsObject>>,
}

pub(super) fn state_of(server: &JsObject, cx: &mut Context) -> Option<JsObject<ServerState>> {
    Slot::<ServerState>::get(server, cx)
}

/// A session of a server, from its beginning to its end.
pub(super) fn add_session(server: &JsObject, session: &JsObject, cx: &mut Context) {
    if let Some(state) = state_of(server, cx) {
        state.borrow().data().sessions.borrow_mut().push(session.clone());
    }
}

pub(super) fn remove_session(server: &JsObject, session: &JsObject, cx: &mut Context) {
    if let Some(state) = state_of(server, cx) {
        state.borrow().data().sessions.borrow_mut().retain(|other| !JsObject::equals(other, session));
    }
}

fn sessions_of(server: &JsObject, cx: &mut Context) -> Vec<JsObject> {
    state_of(server, cx).map_or_else(Vec::new, |state| state.borrow().data().sessions.borrow().clone())
}

/// `tls.Server`, or where there is none `net.Server`.
fn tls_server(cx: &mut Context) -> JsResult<JsObject> {
    let tls = Host::of(cx).builtin("tls");
    if let Some(tls) = tls {
        let tls = table::instantiate(tls, cx)?;
        if let Some(server) = field(&tls, "Server", cx)?.as_object().filter(JsObject::is_constructor) {
            return Ok(server);
        }
    }
    NET_SERVER.constructor(cx)
}

/// Node's `initializeOptions`: a checked copy with the classes that make requests and responses.
pub(super) fn checked_options(given: Option<&JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let options = copy(given, cx)?;
    let settings = field(&options, "settings", cx)?;
    let settings = match settings.as_object() {
        Some(object) if !object.is_callable() => copy(Some(&object), cx)?,
        _ if settings.is_undefined() => JsObject::with_object_proto(cx.intrinsics()),
        _ => return Err(engine_errors::invalid_arg_type("options.settings", "Object", &settings, cx)),
    };
    settings_object::check(Some(&settings), cx)?;
    put(&options, "settings", settings, cx)?;
    let custom = field(&options, "remoteCustomSettings", cx)?;
    if let Some(list) = custom.as_object().filter(JsObject::is_array) {
        let len = list.get(js_string!("length"), cx)?.to_length(cx)?;
        if len > 10 {
            return Err(super::errors::fixed("ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS", cx));
        }
    }
    for key in ["maxSessionInvalidFrames", "maxSessionRejectedStreams"] {
        let value = field(&options, key, cx)?;
        if !value.is_undefined() {
            validate::uint32(&value, key, false, cx)?;
        }
    }
    for key in ["streamResetBurst", "streamResetRate"] {
        let value = field(&options, key, cx)?;
        if !value.is_undefined() {
            validate::uint32(&value, key, false, cx)?;
        }
    }
    let strict = field(&options, "strictSingleValueFields", cx)?;
    if !strict.is_undefined() {
        validate::boolean(&strict, "options.strictSingleValueFields", cx)?;
    }
    let timeout = field(&options, "unknownProtocolTimeout", cx)?;
    match timeout.is_undefined() {
        true => put(&options, "unknownProtocolTimeout", 10_000, cx)?,
        false => drop(validate::uint32(&timeout, "unknownProtocolTimeout", false, cx)?),
    }
    for (key, class) in [("Http2ServerRequest", &compat::HTTP2_SERVER_REQUEST), ("Http2ServerResponse", &compat::HTTP2_SERVER_RESPONSE)] {
        if !field(&options, key, cx)?.to_boolean() {
            let class = class.constructor(cx)?;
            put(&options, key, class, cx)?;
        }
    }
    Ok(options)
}

fn options_argument(args: &[JsValue], cx: &mut Context) -> JsResult<(Option<JsObject>, JsValue)> {
    let given = args.get_or_undefined(0);
    if given.is_callable() {
        return Ok((None, given.clone()));
    }
    let options = settings_object::object_argument(given, "options", cx)?;
    Ok((options, args.get_or_undefined(1).clone()))
}

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (given, listener) = options_argument(args, cx)?;
    let options = checked_options(given.as_ref(), cx)?;
    let listens = table::function(connection_listener, js_string!("connectionListener"), 1, cx);
    (NET_SERVER.init)(this, &[options.clone().into(), listens.into()], cx)?;
    finish_server(this, options, &listener, cx)
}

fn construct_secure(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (given, listener) = options_argument(args, cx)?;
    let options = checked_options(given.as_ref(), cx)?;
    if field(&options, "ALPNProtocols", cx)?.is_undefined() && field(&options, "ALPNCallback", cx)?.is_undefined() {
        let mut protocols = vec![js_string!("h2").into()];
        if flag(&options, "allowHTTP1", cx)? {
            protocols.push(js_string!("http/1.1").into());
        }
        let protocols = boa_engine::object::builtins::JsArray::from_values(protocols, cx);
        put(&options, "ALPNProtocols", protocols, cx)?;
    }
    let listens = table::function(connection_listener, js_string!("connectionListener"), 1, cx);
    let parent = tls_server(cx)?;
    parent.call(this, &[options.clone().into(), listens.clone().into()], cx)?;
    finish_server(this, options.clone(), &listener, cx)?;
    let server = this.to_object(cx)?;
    if flag(&options, "allowHTTP1", cx)? {
        let merged = copy(Some(&options), cx)?;
        if let Some(given) = field(&options, "http1Options", cx)?.as_object() {
            for (key, value) in crate::http::own_entries(&given, cx)? {
                merged.create_data_property_or_throw(key, value, cx)?;
            }
        }
        crate::http::server::init_http1(&server, &merged, cx)?;
    }
    let failed = table::function(tls_client_error, js_string!(""), 2, cx);
    events::on(&server, js_string!("tlsClientError"), failed, cx)?;
    Ok(JsValue::undefined())
}

/// A handshake failed: whoever listens decides, else the connection is over.
fn tls_client_error(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let heard = events::emit(&server, js_string!("clientError"), args, cx)?;
    if !heard && let Some(socket) = args.get_or_undefined(1).as_object() {
        events::method(&socket, "destroy", &[args.get_or_undefined(0).clone()], cx)?;
    }
    Ok(JsValue::undefined())
}

fn finish_server(this: &JsValue, options: JsObject, listener: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let shown = OPTIONS.to_js(cx);
    server.create_data_property_or_throw(shown, options.clone(), cx)?;
    Slot::set(&server, ServerState { options: GcRefCell::new(options), sessions: GcRefCell::new(Vec::new()) }, cx)?;
    set(&server, "timeout", 0, cx)?;
    let watch = table::function(set_up_compat, js_string!("setupCompat"), 1, cx);
    events::on(&server, js_string!("newListener"), watch, cx)?;
    if listener.is_callable() {
        events::on(&server, js_string!("request"), listener.clone(), cx)?;
    }
    Ok(JsValue::undefined())
}

/// The first `'request'` listener makes requests and responses of streams.
fn set_up_compat(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let event = args.get_or_undefined(0).as_string();
    if event.is_none_or(|event| event != js_string!("request")) {
        return Ok(JsValue::undefined());
    }
    let server = this.to_object(cx)?;
    let listeners = events::method(&server, "listeners", &[js_string!("newListener").into()], cx)?;
    for listener in crate::http::elements(&listeners, cx)?.unwrap_or_default() {
        if listener.as_object().is_some_and(|listener| listener.is_native_function(set_up_compat)) {
            events::remove_listener(&server, js_string!("newListener"), listener, cx)?;
        }
    }
    let on_stream = table::function(compat::on_server_stream, js_string!("onServerStream"), 4, cx);
    events::on(&server, js_string!("stream"), on_stream, cx)?;
    Ok(JsValue::undefined())
}

/// `http2.createServer`
pub(super) fn create_server(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(HTTP2_SERVER.construct(args, cx)?.into())
}

/// `http2.createSecureServer`
pub(super) fn create_secure_server(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    if !given.is_undefined() && (!given.is_object() || given.is_callable()) {
        return Err(engine_errors::invalid_arg_type("options", "Object", given, cx));
    }
    Ok(HTTP2_SECURE_SERVER.construct(args, cx)?.into())
}

/// `http2.performServerHandshake`
pub(super) fn perform_server_handshake(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = args.get_or_undefined(0).to_object(cx)?;
    let given = args.get_or_undefined(1).as_object();
    let options = checked_options(given.as_ref(), cx)?;
    Ok(session::create(Side::Server, Some(&options), &socket, None, cx)?.into())
}

/// `server.setTimeout`
fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    set(&server, "timeout", args.get_or_undefined(0).clone(), cx)?;
    let callback = args.get_or_undefined(1);
    if !callback.is_undefined() {
        let callback = validate::function(callback, "callback", cx)?;
        events::on(&server, js_string!("timeout"), callback, cx)?;
    }
    Ok(this.clone())
}

/// `server.updateSettings`
fn update_settings(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let given = validate::object(args.get_or_undefined(0), "settings", cx)?;
    settings_object::check(Some(&given), cx)?;
    let Some(state) = state_of(&server, cx) else { return Ok(JsValue::undefined()) };
    let options = state.borrow().data().options.borrow().clone();
    let known = field(&options, "settings", cx)?.as_object();
    let merged = copy(known.as_ref(), cx)?;
    for (key, value) in crate::http::own_entries(&given, cx)? {
        merged.create_data_property_or_throw(key, value, cx)?;
    }
    put(&options, "settings", merged, cx)?;
    for session in sessions_of(&server, cx) {
        events::method(&session, "settings", &[given.clone().into()], cx)?;
    }
    Ok(JsValue::undefined())
}

/// `server.close`: no new connections, and sessions end when their streams do.
fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let result = net_server::close(this, args, cx)?;
    // Those of HTTP/1; there are none where it is not allowed.
    crate::http::server::close_idle_connections(this, &[], cx)?;
    for session in sessions_of(&server, cx) {
        events::method(&session, "close", &[], cx)?;
    }
    Ok(result)
}

/// With captured rejections: the stream or response that a rejected listener was for ends.
fn rejected(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (error, event) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).as_string());
    let event = event.map(|event| event.to_std_string_escaped()).unwrap_or_default();
    match event.as_str() {
        "stream" => {
            if let Some(stream) = args.get_or_undefined(2).as_object() {
                if flag(&stream, "headersSent", cx)? {
                    crate::stream::destroy_with(&stream, &error, cx)?;
                } else {
                    let headers = JsObject::with_object_proto(cx.intrinsics());
                    put(&headers, ":status", 500, cx)?;
                    events::method(&stream, "respond", &[headers.into()], cx)?;
                    events::method(&stream, "end", &[], cx)?;
                }
            }
            Ok(JsValue::undefined())
        }
        "request" => {
            if let Some(response) = args.get_or_undefined(3).as_object() {
                compat::fail(&response, &error, cx)?;
            }
            Ok(JsValue::undefined())
        }
        _ => net_server::rejected(this, args, cx),
    }
}

/// A connection: HTTP/2, or whatever else the peer speaks.
pub(super) fn connection_listener(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let socket = args.get_or_undefined(0).to_object(cx)?;
    let Some(state) = state_of(&server, cx) else { return Ok(JsValue::undefined()) };
    let options = state.borrow().data().options.borrow().clone();
    let protocol = field(&socket, "alpnProtocol", cx)?;
    let is_http1 = protocol.as_string().is_some_and(|protocol| protocol == js_string!("http/1.1"));
    if protocol.as_boolean() == Some(false) || is_http1 {
        return other_protocol(&server, &socket, &options, is_http1, cx);
    }
    session::watch_socket(&socket, cx)?;
    let session = session::create(Side::Server, Some(&options), &socket, Some(&server), cx)?;
    for (event, call) in [("stream", session_on_stream as Call), ("error", session_on_error), ("priority", session_on_priority)] {
        let listener = table::function(call, js_string!(""), 0, cx);
        let event = Host::of(cx).intern(event);
        events::on(&session, event, listener, cx)?;
    }
    let timeout = field(&server, "timeout", cx)?;
    if timeout.to_boolean() {
        let expired = table::function(session_on_timeout, js_string!("sessionOnTimeout"), 0, cx);
        events::method(&session, "setTimeout", &[timeout, expired.into()], cx)?;
    }
    events::emit(&server, js_string!("session"), &[session.into()], cx)?;
    Ok(JsValue::undefined())
}

type Call = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

fn other_protocol(server: &JsObject, socket: &JsObject, options: &JsObject, is_http1: bool, cx: &mut Context) -> JsResult<JsValue> {
    if flag(options, "allowHTTP1", cx)? {
        return crate::http::server::connection_listener(&server.clone().into(), &[socket.clone().into()], cx);
    }
    // Whoever takes care of it, it does not stay for ever.
    let timeout_ms = field(options, "unknownProtocolTimeout", cx)?.to_u32(cx)?;
    let late = socket.clone();
    let host = Host::of(cx);
    let id = host.event_loop().timer(
        u64::from(timeout_ms),
        Box::new(move |cx| {
            Host::of(cx).enter_with(cx, |cx| {
                if !flag(&late, "destroyed", cx)? {
                    events::method(&late, "destroy", &[], cx)?;
                }
                Ok(())
            });
        }),
    );
    host.event_loop().timer_ref(id, false);
    if events::emit(server, js_string!("unknownProtocol"), &[socket.clone().into()], cx)? {
        return Ok(JsValue::undefined());
    }
    let reason = if is_http1 { "Unknown ALPN Protocol, expected `h2` to be available.\n" } else { "Missing ALPN Protocol, expected `h2` to be available.\n" };
    let hint = "If this is a HTTP request: The server was not configured with the `allowHTTP1` option or a listener for the `unknownProtocol` event.\n";
    let answer = format!("HTTP/1.0 403 Forbidden\r\nContent-Type: text/plain\r\n\r\n{reason}{hint}");
    events::method(socket, "end", &[js_string!(answer).into()], cx)?;
    Ok(JsValue::undefined())
}

/// The server of a session that emits.
fn server_of(this: &JsValue, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let session = session::of(this, cx)?;
    let server = session.server.borrow().clone();
    Ok(server)
}

fn session_on_stream(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(server) = server_of(this, cx)? {
        events::emit(&server, js_string!("stream"), args, cx)?;
    }
    Ok(JsValue::undefined())
}

fn session_on_error(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = session::of(this, cx)?;
    let server = session.server.borrow().clone();
    if let Some(server) = server {
        events::emit(&server, js_string!("sessionError"), &[args.get_or_undefined(0).clone(), this.clone()], cx)?;
    }
    Ok(JsValue::undefined())
}

fn session_on_priority(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(server) = server_of(this, cx)? {
        events::emit(&server, js_string!("priority"), args, cx)?;
    }
    Ok(JsValue::undefined())
}

fn session_on_timeout(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = session::of(this, cx)?;
    if session.destroyed.get() || session.closed.get() {
        return Ok(JsValue::undefined());
    }
    let heard = match server_of(this, cx)? {
        Some(server) => events::emit(&server, js_string!("timeout"), std::slice::from_ref(this), cx)?,
        None => false,
    };
    if !heard {
        session.destroy(JsValue::undefined(), JsValue::undefined(), cx)?;
    }
    Ok(JsValue::undefined())
}
