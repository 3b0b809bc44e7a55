//! `_http_agent`, `_http_client`, `_http_common`, `_http_incoming`, `_http_outgoing`, `_http_server`: the parts of `http` under the
//! names by which older packages load them.
//!
//! ```js
//! const { OutgoingMessage } = require('_http_outgoing');
//! console.log(OutgoingMessage === require('node:http').OutgoingMessage);
//! ```
//!
//! Differs from Node: `_http_common` has no `HTTPParser`, `freeParser`, `prepareError`: the parser is native and part of its
//! connection.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsRegExp};
use coil_engine::{
    table::{self, Export, NativeModule, Symbol},
    validate,
};

use super::{MODULE, client, incoming, outgoing, server, text};
use crate::events;

/// `require('_http_agent')`
pub static AGENT: NativeModule =
    NativeModule { name: "_http_agent", exports: &[Export::class(&client::agent::AGENT), Export::accessor("globalAgent", client::agent::global_agent, client::agent::set_global_agent)] };

/// `require('_http_client')`
pub static CLIENT: NativeModule = NativeModule { name: "_http_client", exports: &[Export::class(&client::request::CLIENT_REQUEST)] };

/// `require('_http_common')`
pub static COMMON: NativeModule = NativeModule {
    name: "_http_common",
    exports: &[
        Export::renamed("_checkInvalidHeaderChar", "checkInvalidHeaderChar", 1, check_invalid_header_char),
        Export::renamed("_checkIsHttpToken", "checkIsHttpToken", 1, check_is_http_token),
        Export::build("chunkExpression", |cx| expression("(?:^|\\W)chunked(?:$|\\W)", cx)),
        Export::build("continueExpression", |cx| expression("(?:^|\\W)100-continue(?:$|\\W)", cx)),
        Export::string("CRLF", "\r\n"),
        Export::build("methods", |cx| of_http("METHODS", cx)),
        Export::build("parsers", parsers),
        Export::symbol_value("kIncomingMessage", Symbol::Private("IncomingMessage")),
    ],
};

/// `require('_http_incoming')`
pub static INCOMING: NativeModule =
    NativeModule { name: "_http_incoming", exports: &[Export::class(&incoming::INCOMING_MESSAGE), Export::function("readStart", 1, read_start), Export::function("readStop", 1, read_stop)] };

/// `require('_http_outgoing')`
pub static OUTGOING: NativeModule = NativeModule {
    name: "_http_outgoing",
    exports: &[
        Export::symbol_value("kHighWaterMark", Symbol::Private("kHighWaterMark")),
        Export::symbol_value("kUniqueHeaders", Symbol::Private("kUniqueHeaders")),
        Export::build("validateHeaderName", |cx| of_http("validateHeaderName", cx)),
        Export::build("validateHeaderValue", |cx| of_http("validateHeaderValue", cx)),
        Export::class(&outgoing::OUTGOING_MESSAGE),
    ],
};

/// `require('_http_server')`
pub static SERVER: NativeModule = NativeModule {
    name: "_http_server",
    exports: &[
        Export::build("STATUS_CODES", |cx| of_http("STATUS_CODES", cx)),
        Export::class(&server::SERVER),
        Export::class(&server::response::SERVER_RESPONSE),
        Export::build("_connectionListener", |cx| of_http("_connectionListener", cx)),
        Export::symbol_value("kServerResponse", Symbol::Private("ServerResponse")),
        Export::symbol_value("kConnectionsCheckingInterval", server::CHECKING_INTERVAL),
    ],
};

/// The same value as `http` has.
fn of_http(name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    table::instantiate(&MODULE, cx)?.get(js_string!(name), cx)
}

fn expression(pattern: &str, cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsRegExp::new(js_string!(pattern), js_string!("i"), cx)?.into())
}

/// What `http.setMaxIdleHTTPParsers` sets; nothing is pooled.
fn parsers(cx: &mut Context) -> JsResult<JsValue> {
    let parsers = JsObject::with_object_proto(cx.intrinsics());
    parsers.create_data_property_or_throw(js_string!("name"), js_string!("parsers"), cx)?;
    parsers.create_data_property_or_throw(js_string!("max"), super::idle_parsers_max(cx), cx)?;
    Ok(parsers.into())
}

/// Whether a value holds characters no field may have.
fn check_invalid_header_char(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = text::of_value(args.get_or_undefined(0), cx)?;
    Ok((!text::is_field_value(&value)).into())
}

fn check_is_http_token(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = text::of_value(args.get_or_undefined(0), cx)?;
    Ok(text::is_token(&value).into())
}

fn read_start(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(socket) = args.get_or_undefined(0).as_object() else { return Ok(JsValue::undefined()) };
    let paused = socket.get(js_string!("_paused"), cx)?.to_boolean();
    if !paused && socket.get(js_string!("readable"), cx)?.to_boolean() {
        events::method(&socket, "resume", &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn read_stop(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(socket) = args.get_or_undefined(0).as_object() {
        events::method(&socket, "pause", &[], cx)?;
    }
    Ok(JsValue::undefined())
}

/// Parsers are not pooled here: one is as large as its fields, and is part of its connection. The number is kept for who asks.
pub(super) fn set_max_idle_http_parsers(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let max = args.get_or_undefined(0);
    let count = validate::integer(max, "max", 1.0, validate::SAFE_INTEGER_MAX, cx)?;
    super::set_idle_parsers_max(count, cx);
    if let Some(common) = coil_engine::Host::of(cx).instance_of_builtin("_http_common") {
        let parsers = common.get(js_string!("parsers"), cx)?.to_object(cx)?;
        parsers.set(js_string!("max"), max.clone(), true, cx)?;
    }
    Ok(JsValue::undefined())
}
