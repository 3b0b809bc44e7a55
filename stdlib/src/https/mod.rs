//! `node:https`: HTTP over TLS, servers and clients.
//!
//! ```js
//! const https = require('node:https');
//! https.get('https://example.org/', (response) => console.log(response.statusCode));
//! ```
//!
//! A server is a `tls.Server` whose connections HTTP serves; a client is HTTP's, with an agent that connects through `tls.connect`
//! and remembers sessions.
//!
//! Differs from Node: as `tls` and `http` do.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors as engine_errors, table,
    table::{Export, Member, NativeModule, Symbol},
};

mod agent;

use crate::{
    events, http,
    http::server as http_server,
    net::server as net_server,
    tls::{self, TLS_SERVER, field, flag, set},
};
pub(crate) use agent::AGENT;

/// `require('node:https')`
pub static MODULE: NativeModule = NativeModule {
    name: "https",
    exports: &[
        Export::class(&AGENT),
        Export::build("globalAgent", agent::global_agent),
        Export::class(&SERVER),
        Export::function("createServer", 2, create_server),
        // An agent of `agent-base` looks for `node:https:` in the stack to know whether its connections are to be secure.
        Export::function("get", 3, get).at("node:https:642:15"),
        Export::function("request", 0, request).at("node:https:629:10"),
    ],
};

/// `https.Server`
static SERVER: Class = Class {
    name: "Server",
    length: 2,
    extends: Parent::Class(&TLS_SERVER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("closeAllConnections", 0, http_server::close_all_connections),
        Member::function("closeIdleConnections", 0, http_server::close_idle_connections),
        Member::function("setTimeout", 2, http_server::set_timeout),
        Member::function("close", 0, http_server::close),
        Member::symbol(Symbol::AsyncDispose, "", 0, net_server::async_dispose),
        Member::symbol_getter(http_server::CHECKING_INTERVAL, http_server::checking_interval).enumerable(false),
        Member::all(http_server::SETTINGS),
    ],
    statics: &[],
};

/// `https.Server(options, listener)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !SERVER.is_instance(this, cx)? {
        return Ok(SERVER.construct(args, cx)?.into());
    }
    let (first, second) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let (given, listener) = if first.is_callable() { (JsValue::undefined(), first) } else { (first.clone(), second) };
    let options = match given.as_object() {
        Some(given) if !given.is_array() => tls::server::copied(&given, cx)?,
        None if given.is_null_or_undefined() => JsObject::with_object_proto(cx.intrinsics()),
        _ => return Err(engine_errors::invalid_arg_type("options", "Object", &given, cx)),
    };
    if !flag(&options, "ALPNProtocols", cx)? && !flag(&options, "ALPNCallback", cx)? {
        // Nothing else is spoken here.
        let protocols = JsArray::from_iter([js_string!("http/1.1").into()], cx);
        set(&options, "ALPNProtocols", protocols, cx)?;
    }
    if field(&options, "noDelay", cx)?.is_undefined() {
        set(&options, "noDelay", true, cx)?;
    }
    http_server::init_over(this, &options, listener, |connection, cx| tls::server::init(this, &options, connection, cx), cx)?;
    let server = this.to_object(cx)?;
    let failed = table::function(on_tls_client_error, js_string!("addClientError"), 2, cx);
    events::on(&server, js_string!("tlsClientError"), failed, cx)?;
    Ok(JsValue::undefined())
}

/// A handshake failed: for HTTP, a client that sent nonsense.
fn on_tls_client_error(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let (error, socket) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    if !events::emit(&server, js_string!("clientError"), &[error.clone(), socket.clone()], cx)? {
        events::method(&socket.to_object(cx)?, "destroy", &[error], cx)?;
    }
    Ok(JsValue::undefined())
}

/// `https.createServer`
fn create_server(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(SERVER.construct(args, cx)?.into())
}

/// `https.request`
fn request(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (options, callback) = http::request_arguments(args, cx)?;
    let exports = table::instantiate(&MODULE, cx)?;
    let agent = field(&exports, "globalAgent", cx)?;
    set(&options, "_defaultAgent", agent, cx)?;
    Ok(http::CLIENT_REQUEST.construct(&[options.into(), callback], cx)?.into())
}

/// `https.get`
fn get(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let made = request(this, args, cx)?;
    events::method(&made.to_object(cx)?, "end", &[], cx)?;
    Ok(made)
}
