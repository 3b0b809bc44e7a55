//! `node:http`: servers and clients of HTTP/1.1.
//!
//! | file | what |
//! |---|---|
//! | `wire/` | the parser and the writer: bytes only |
//! | `server/` | `Server`, its connections, `ServerResponse` |
//! | `client/` | `ClientRequest`, `Agent` |
//! | `outgoing/` | `OutgoingMessage`: what responses and requests that are sent have in common |
//! | `incoming.rs` | `IncomingMessage` |
//!
//! A request costs one call into JavaScript: the `'request'` listener. Its objects are native, and what they show is made when it
//! is asked for. See `server/connection.rs` for the way of the bytes.
//!
//! Differs from Node: what Node keeps as own properties of messages and servers (`req.url`, `res.statusCode`,
//! `server.keepAliveTimeout`) are accessors on their prototypes here, so `Object.keys(req)` does not list them.

use std::cell::{Cell, OnceCell, RefCell};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray, template::HostTemplate};
use coil_engine::table::{self, Export, NativeModule};
use rustc_hash::FxHashMap;

mod client;
mod errors;
mod field_names;
mod incoming;
mod incoming_fields;
pub(crate) mod outgoing;
mod outgoing_fields;
mod parser_object;
pub(crate) mod server;
pub(crate) mod text;
pub mod underscored;
pub mod wire;

use crate::launch_flags;
pub(crate) use client::{
    agent::AGENT,
    request::{CLIENT_REQUEST, arguments as request_arguments},
};
pub(crate) use outgoing::head::own_entries;
pub(crate) use outgoing_fields::elements;
pub(crate) use server::response::link_value;
pub(crate) use text::latin1;
use wire::date::DateCache;

/// `require('node:http')`
pub static MODULE: NativeModule = NativeModule {
    name: "http",
    exports: &[
        Export::renamed("_connectionListener", "connectionListener", 1, server::dispatch::connection_listener),
        Export::build("METHODS", methods),
        Export::build("STATUS_CODES", status_codes),
        Export::class(&client::agent::AGENT),
        Export::class(&client::request::CLIENT_REQUEST),
        Export::class(&incoming::INCOMING_MESSAGE),
        Export::class(&outgoing::OUTGOING_MESSAGE),
        Export::class(&server::SERVER),
        Export::class(&server::response::SERVER_RESPONSE),
        Export::function("createServer", 2, server::create_server),
        Export::function("validateHeaderName", 0, validate_header_name),
        Export::function("validateHeaderValue", 0, validate_header_value),
        Export::function("get", 3, client::get),
        Export::function("request", 3, client::request),
        Export::function("setMaxIdleHTTPParsers", 1, underscored::set_max_idle_http_parsers),
        Export::getter("maxHeaderSize", max_header_size),
        Export::accessor("globalAgent", client::agent::global_agent, client::agent::set_global_agent),
        Export::getter("WebSocket", |_, _, cx| crate::websocket::WEB_SOCKET.constructor(cx).map(JsValue::from)),
        Export::getter("CloseEvent", |_, _, cx| crate::messaging::CLOSE_EVENT.constructor(cx).map(JsValue::from)),
        Export::getter("MessageEvent", |_, _, cx| crate::messaging::MESSAGE_EVENT.constructor(cx).map(JsValue::from)),
    ],
};

/// What a host's HTTP shares.
#[derive(Default)]
struct HttpState {
    date: RefCell<DateCache>,
    incoming_template: OnceCell<HostTemplate>,
    response_template: OnceCell<HostTemplate>,
    limits: OnceCell<wire::Limits>,
    idle_parsers_max: Cell<Option<f64>>,
    global_agent: RefCell<Option<JsValue>>,
    /// Functions that are added to and removed from sockets, by name.
    listeners: RefCell<FxHashMap<&'static str, JsObject>>,
}

impl HttpState {
    /// Makes requests and responses to a client.
    fn incoming_template(&self, cx: &mut Context) -> JsResult<HostTemplate> {
        if self.incoming_template.get().is_none() {
            let prototype = incoming::prototype(cx)?;
            // Another call may have set it meanwhile; both are the same.
            let _ = self.incoming_template.set(HostTemplate::new(Some(prototype), [], cx));
        }
        Ok(self.incoming_template.get().expect("it was just set").clone())
    }

    /// The one function of this name.
    fn listener(&self, name: &'static str, call: fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>, cx: &mut Context) -> JsResult<JsObject> {
        if let Some(found) = self.listeners.borrow().get(name) {
            return Ok(found.clone());
        }
        let made: JsObject = table::function(call, js_string!(name), 0, cx).into();
        self.listeners.borrow_mut().insert(name, made.clone());
        Ok(made)
    }

    /// Makes responses of a server.
    fn response_template(&self, cx: &mut Context) -> JsResult<HostTemplate> {
        if self.response_template.get().is_none() {
            let prototype = server::dispatch::response_prototype(cx)?;
            let _ = self.response_template.set(HostTemplate::new(Some(prototype), [], cx));
        }
        Ok(self.response_template.get().expect("it was just set").clone())
    }
}

fn methods(cx: &mut Context) -> JsResult<JsValue> {
    let mut names: Vec<&'static str> = wire::Method::http().collect();
    names.sort_unstable();
    let names = names.into_iter().map(|name| js_string!(name).into()).collect();
    Ok(JsArray::from_values(names, cx).into())
}

fn status_codes(cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    for (code, text) in STATUS_TEXTS {
        object.create_data_property_or_throw(u32::from(*code), js_string!(*text), cx)?;
    }
    Ok(object.into())
}

fn validate_header_name(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let label = args.get(1).and_then(JsValue::as_string).map(|label| label.to_std_string_escaped());
    let label = label.filter(|label| !label.is_empty());
    let name = args.first().cloned().unwrap_or_default();
    outgoing_fields::validate_name(&name, label.as_deref().unwrap_or("Header name"), cx)?;
    Ok(JsValue::undefined())
}

fn validate_header_value(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = args.first().cloned().unwrap_or_default().to_string(cx)?;
    let value = args.get(1).cloned().unwrap_or_default();
    outgoing_fields::validate_value(&name, &value, cx)?;
    Ok(JsValue::undefined())
}

/// The time of now as a `Date` field has it.
pub(crate) fn date_now(cx: &Context) -> boa_engine::JsString {
    let host = coil_engine::Host::of(cx);
    let now_s = host.sys().clock().wall_ms() as u64 / 1000;
    let http = host.state::<HttpState>();
    let mut date = http.date.borrow_mut();
    latin1(date.at(now_s))
}

/// What `http.setMaxIdleHTTPParsers` was last told.
fn idle_parsers_max(cx: &Context) -> f64 {
    let http = coil_engine::Host::of(cx).state::<HttpState>();
    http.idle_parsers_max.get().unwrap_or(1000.0)
}

fn set_idle_parsers_max(count: f64, cx: &Context) {
    coil_engine::Host::of(cx).state::<HttpState>().idle_parsers_max.set(Some(count));
}

/// `http.maxHeaderSize`
fn max_header_size(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(limits(cx).head_len_max.into())
}

/// What parsers accept unless told otherwise: `--max-http-header-size`, `--insecure-http-parser`.
fn limits(cx: &Context) -> wire::Limits {
    let host = coil_engine::Host::of(cx);
    let http = host.state::<HttpState>();
    let limits = http.limits.get_or_init(|| {
        let mut limits = wire::Limits::default();
        if let Some(size) = host.state::<coil_engine::launch::Launch>().max_http_header_size.get() {
            limits.head_len_max = size;
        }
        limits.lenient = launch_flags::switch("insecure-http-parser", cx).unwrap_or(false);
        limits
    });
    *limits
}

/// Status codes with their reason phrases, as `http.STATUS_CODES` lists them.
static STATUS_TEXTS: &[(u16, &str)] = &[
    (100, "Continue"),
    (101, "Switching Protocols"),
    (102, "Processing"),
    (103, "Early Hints"),
    (200, "OK"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "Non-Authoritative Information"),
    (204, "No Content"),
    (205, "Reset Content"),
    (206, "Partial Content"),
    (207, "Multi-Status"),
    (208, "Already Reported"),
    (226, "IM Used"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Found"),
    (303, "See Other"),
    (304, "Not Modified"),
    (305, "Use Proxy"),
    (307, "Temporary Redirect"),
    (308, "Permanent Redirect"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "Length Required"),
    (412, "Precondition Failed"),
    (413, "Payload Too Large"),
    (414, "URI Too Long"),
    (415, "Unsupported Media Type"),
    (416, "Range Not Satisfiable"),
    (417, "Expectation Failed"),
    (418, "I'm a Teapot"),
    (421, "Misdirected Request"),
    (422, "Unprocessable Entity"),
    (423, "Locked"),
    (424, "Failed Dependency"),
    (425, "Too Early"),
    (426, "Upgrade Required"),
    (428, "Precondition Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (451, "Unavailable For Legal Reasons"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
    (505, "HTTP Version Not Supported"),
    (506, "Variant Also Negotiates"),
    (507, "Insufficient Storage"),
    (508, "Loop Detected"),
    (509, "Bandwidth Limit Exceeded"),
    (510, "Not Extended"),
    (511, "Network Authentication Required"),
];
