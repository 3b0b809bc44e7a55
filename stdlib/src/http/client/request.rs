//! `http.ClientRequest`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, string::JsStrVariant};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors as engine_errors, table,
    table::Member,
    validate,
};

use super::{
    agent, field, flag, object_field,
    response::{self, emit_error},
    set,
};
use crate::{
    buffer, diagnostics_channel, events,
    http::{
        errors,
        outgoing::{
            self, OUTGOING_MESSAGE, body,
            head::{self, Line, Source},
            state,
        },
        text,
    },
    net,
    perf_hooks::measuring,
};

/// `http.ClientRequest`
pub(crate) static CLIENT_REQUEST: Class = Class {
    name: "ClientRequest",
    length: 3,
    extends: Parent::Class(&OUTGOING_MESSAGE),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::accessor("path", path, set_path),
        Member::function("_finish", 0, finish),
        Member::function("_implicitHeader", 0, implicit_header),
        Member::function("abort", 0, abort),
        Member::function("destroy", 1, destroy),
        Member::function("onSocket", 2, on_socket),
        Member::function("_deferToConnect", 2, defer_to_connect_method),
        Member::function("setTimeout", 2, set_timeout),
        Member::function("setNoDelay", 1, set_no_delay),
        Member::function("setSocketKeepAlive", 2, set_socket_keep_alive),
        Member::function("clearTimeout", 1, clear_timeout),
    ],
    statics: &[],
};

const PATH: table::Symbol = table::Symbol::Private("kPath");
const ERROR: table::Symbol = table::Symbol::Private("kError");

/// `ClientRequest(input, options, cb)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = outgoing::init(this, &JsValue::undefined(), cx)?;
    let request = this.to_object(cx)?;
    let (options, callback) = arguments(args, cx)?;
    let agent = choose_agent(&request, &options, cx)?;
    check_path(&options, cx)?;
    let protocol = check_protocol(&options, agent.as_ref(), cx)?;
    let mut default_port = field(&options, "defaultPort", cx)?;
    if !default_port.to_boolean() {
        default_port = match &agent {
            Some(agent) => field(agent, "defaultPort", cx)?,
            None => JsValue::undefined(),
        };
    }
    let own_options = super::merged(Some(&options), None, cx)?;
    let mut port = field(&options, "port", cx)?;
    if !port.to_boolean() {
        port = if default_port.to_boolean() { default_port.clone() } else { 80.into() };
    }
    set(&own_options, "port", port.clone(), cx)?;
    let hostname = host_option(&options, "hostname", cx)?;
    let host = if hostname.to_boolean() { hostname } else { host_option(&options, "host", cx)? };
    let host = if host.to_boolean() { host.to_string(cx)? } else { js_string!("localhost") };
    set(&own_options, "host", host.clone(), cx)?;
    let set_default_headers = field(&options, "setDefaultHeaders", cx)?.as_boolean() != Some(false);
    let set_host = field(&options, "setHost", cx)?;
    let set_host = if set_host.is_undefined() { set_default_headers } else { set_host.to_boolean() };
    {
        let mut message = message.borrow_mut();
        let frame = &mut message.data_mut().frame;
        frame.removed_connection = !set_default_headers;
        frame.removed_length = !set_default_headers;
        frame.removed_encoding = !set_default_headers;
    }
    let socket_path = field(&options, "socketPath", cx)?;
    set(&request, "socketPath", socket_path, cx)?;
    let timeout = field(&options, "timeout", cx)?;
    if !timeout.is_undefined() {
        let duration_ms = net::timer_duration(&timeout, "timeout", cx)?;
        set(&request, "timeout", duration_ms as f64, cx)?;
    }
    let signal = field(&options, "signal", cx)?;
    if signal.to_boolean() {
        if let Some(signal) = validate::abort_signal(&signal, "options.signal", cx)? {
            crate::stream::add_abort_signal(&signal, &request, cx)?;
        }
        own_options.delete_property_or_throw(js_string!("signal"), cx)?;
    }
    let method = method_option(&options, cx)?;
    set(&request, "method", method.clone(), cx)?;
    parser_options(&request, &options, cx)?;
    let path = field(&options, "path", cx)?;
    let path = if path.to_boolean() { path } else { js_string!("/").into() };
    let key = PATH.to_js(cx);
    request.set(key, path, true, cx)?;
    if callback.to_boolean() {
        events::once(&request, js_string!("response"), callback, cx)?;
    }
    let bodiless = ["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"].iter().any(|name| method == *name);
    let shares = match &agent {
        Some(agent) => flag(agent, "keepAlive", cx)? || field(agent, "maxSockets", cx)?.as_number().is_some_and(f64::is_finite),
        None => false,
    };
    {
        let mut message = message.borrow_mut();
        let frame = &mut message.data_mut().frame;
        frame.chunked_by_default = !bodiless;
        frame.has_agent = agent.is_some();
        if agent.is_some() {
            frame.last = !shares;
            frame.keep_alive = shares;
        }
    }
    let own: [(&'static str, JsValue); 10] = [
        ("_ended", false.into()),
        ("res", JsValue::null()),
        ("aborted", false.into()),
        ("timeoutCb", JsValue::null()),
        ("upgradeOrConnect", false.into()),
        ("parser", JsValue::null()),
        ("maxHeadersCount", JsValue::null()),
        ("reusedSocket", false.into()),
        ("host", host.clone().into()),
        ("protocol", protocol),
    ];
    for (key, value) in own {
        set(&request, key, value, cx)?;
    }
    headers(&request, &message, &options, &host, &port, &default_port, set_host, cx)?;
    let unique = outgoing::unique_names(&field(&options, "uniqueHeaders", cx)?, cx)?;
    message.borrow_mut().data_mut().unique = unique;
    match agent {
        Some(agent) => drop(events::method(&agent, "addRequest", &[request.into(), own_options.into()], cx)?),
        None => connect_alone(&request, &message, &options, own_options, cx)?,
    }
    diagnostics_channel::announce("http.client.request.created", &[("request", this)], cx)?;
    Ok(JsValue::undefined())
}

/// `(url, options, cb)`, `(options, cb)`: a string or URL object becomes options, which the given ones go over.
pub(crate) fn arguments(args: &[JsValue], cx: &mut Context) -> JsResult<(JsObject, JsValue)> {
    let (first, second, third) = (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2));
    let input = if first.is_string() {
        let url = cx.global_object().get(js_string!("URL"), cx)?;
        let Some(url) = url.as_constructor() else { return Err(engine_errors::method_not_implemented("URL", cx)) };
        let url = url.construct(std::slice::from_ref(first), None, cx)?;
        Some(url_options(&url, cx)?)
    } else if let Some(url) = as_url(first, cx)? {
        Some(url_options(&url, cx)?)
    } else {
        None
    };
    let (given, callback, input) = match input {
        Some(input) if second.is_callable() => return Ok((input, second.clone())),
        Some(input) => (second.clone(), third.clone(), input),
        None if first.is_callable() => return Ok((JsObject::with_object_proto(cx.intrinsics()), first.clone())),
        None => (first.clone(), second.clone(), JsObject::with_object_proto(cx.intrinsics())),
    };
    if let Some(given) = given.as_object() {
        for (key, value) in crate::http::own_entries(&given, cx)? {
            input.set(key, value, true, cx)?;
        }
    }
    Ok((input, callback))
}

/// A URL object, as Node tells one from options: it has `href` and `protocol`, and neither `auth` nor `path`.
fn as_url(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    let is_url = flag(&object, "href", cx)? && flag(&object, "protocol", cx)? && field(&object, "auth", cx)?.is_undefined() && field(&object, "path", cx)?.is_undefined();
    Ok(is_url.then_some(object))
}

/// Node's `urlToHttpOptions`.
fn url_options(url: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let options = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in crate::http::own_entries(url, cx)? {
        options.create_data_property_or_throw(key, value, cx)?;
    }
    let text = |key: &'static str, cx: &mut Context| -> JsResult<String> { Ok(field(url, key, cx)?.to_string(cx)?.to_std_string_escaped()) };
    let (hostname, pathname, search) = (text("hostname", cx)?, text("pathname", cx)?, text("search", cx)?);
    let (port, username, password) = (text("port", cx)?, text("username", cx)?, text("password", cx)?);
    let bare = hostname.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(&hostname);
    for key in ["protocol", "hash", "search", "pathname", "href"] {
        let value = field(url, key, cx)?;
        set(&options, key, value, cx)?;
    }
    set(&options, "hostname", js_string!(bare), cx)?;
    set(&options, "path", js_string!(format!("{pathname}{search}")), cx)?;
    if let Ok(port) = port.parse::<u16>() {
        set(&options, "port", port, cx)?;
    }
    if !username.is_empty() || !password.is_empty() {
        let auth = format!("{}:{}", percent_decoded(&username), percent_decoded(&password));
        set(&options, "auth", js_string!(auth), cx)?;
    }
    Ok(options)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match pair.filter(|_| first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn choose_agent(request: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let given = field(options, "agent", cx)?;
    let default = field(options, "_defaultAgent", cx)?;
    let default = if default.to_boolean() { default } else { agent::global_agent(&JsValue::undefined(), &[], cx)? };
    let agent = if given.as_boolean() == Some(false) {
        let constructor = field(&default.to_object(cx)?, "constructor", cx)?;
        match constructor.as_constructor() {
            Some(constructor) => constructor.construct(&[], None, cx)?.into(),
            None => default,
        }
    } else if given.is_null_or_undefined() {
        if field(options, "createConnection", cx)?.is_callable() { given } else { default }
    } else {
        let usable = match given.as_object() {
            Some(agent) => field(&agent, "addRequest", cx)?.is_callable(),
            None => false,
        };
        if !usable {
            return Err(engine_errors::invalid_arg_type("options.agent", "Agent-like Object|undefined|false", &given, cx));
        }
        given
    };
    set(request, "agent", agent.clone(), cx)?;
    Ok(agent.as_object())
}

/// Characters a path may not have: spaces, control characters, and what is not Latin-1.
fn is_path(path: &JsString) -> bool {
    match path.variant() {
        JsStrVariant::Latin1(bytes) => bytes.iter().all(|&byte| byte > b' '),
        JsStrVariant::Utf16(units) => units.iter().all(|&unit| (0x21..=0xff).contains(&unit)),
    }
}

fn check_path(options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let path = field(options, "path", cx)?;
    if path.to_boolean() && !is_path(&path.to_string(cx)?) {
        return Err(errors::unescaped_characters("Request path", cx));
    }
    Ok(())
}

fn check_protocol(options: &JsObject, agent: Option<&JsObject>, cx: &mut Context) -> JsResult<JsValue> {
    let default_agent = field(options, "_defaultAgent", cx)?;
    let default_agent = if default_agent.to_boolean() { default_agent } else { agent::global_agent(&JsValue::undefined(), &[], cx)? };
    let mut expected = field(&default_agent.to_object(cx)?, "protocol", cx)?;
    let given = field(options, "protocol", cx)?;
    let protocol = if given.to_boolean() { given } else { expected.clone() };
    if let Some(agent) = agent {
        let own = field(agent, "protocol", cx)?;
        if own.to_boolean() {
            expected = own;
        }
    }
    if !protocol.strict_equals(&expected) {
        let (protocol, expected) = (protocol.to_string(cx)?.to_std_string_escaped(), expected.to_string(cx)?.to_std_string_escaped());
        return Err(errors::invalid_protocol(&protocol, &expected, cx));
    }
    Ok(protocol)
}

fn host_option(options: &JsObject, key: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let value = field(options, key, cx)?;
    if value.is_null_or_undefined() || value.is_string() {
        return Ok(value);
    }
    Err(engine_errors::invalid_arg_type(&format!("options.{key}"), "string|undefined|null", &value, cx))
}

fn method_option(options: &JsObject, cx: &mut Context) -> JsResult<JsString> {
    let method = field(options, "method", cx)?;
    if method.is_null_or_undefined() {
        return Ok(js_string!("GET"));
    }
    let name = validate::string(&method, "options.method", cx)?;
    if name.is_empty() {
        return Ok(js_string!("GET"));
    }
    if !text::is_token(&name) {
        return Err(errors::invalid_http_token("Method", &method, cx));
    }
    Ok(js_string!(name.to_std_string_escaped().to_ascii_uppercase()))
}

fn parser_options(request: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let size = field(options, "maxHeaderSize", cx)?;
    if !size.is_undefined() {
        validate::integer(&size, "maxHeaderSize", 0.0, validate::SAFE_INTEGER_MAX, cx)?;
    }
    set(request, "maxHeaderSize", size, cx)?;
    for key in ["insecureHTTPParser", "joinDuplicateHeaders"] {
        let value = field(options, key, cx)?;
        if !value.is_undefined() {
            validate::boolean(&value, if key == "insecureHTTPParser" { "options.insecureHTTPParser" } else { "options.joinDuplicateHeaders" }, cx)?;
        }
        set(request, key, value, cx)?;
    }
    Ok(())
}

/// The fields of the `headers` option, and those that are added to them.
#[expect(clippy::too_many_arguments, reason = "what the Host field is made of")]
fn headers(request: &JsObject, message: &JsObject<outgoing::Message>, options: &JsObject, host: &JsString, port: &JsValue, default_port: &JsValue, set_host: bool, cx: &mut Context) -> JsResult<()> {
    let given = field(options, "headers", cx)?;
    if given.as_object().is_some_and(|given| given.is_array()) {
        let line = request_line(request, cx)?;
        return head::store(request, message, line, Source::Given(given), cx);
    }
    if let Some(given) = given.as_object() {
        for (name, value) in crate::http::own_entries(&given, cx)? {
            events::method(request, "setHeader", &[name.into(), value], cx)?;
        }
    }
    let header = |name: &'static str, cx: &mut Context| events::method(request, "getHeader", &[js_string!(name).into()], cx);
    if set_host && !host.is_empty() && !header("host", cx)?.to_boolean() {
        let mut value = host.to_std_string_escaped();
        let colons = value.bytes().filter(|&byte| byte == b':').count();
        if colons > 1 && !value.starts_with('[') {
            value = format!("[{value}]");
        }
        let number = port.to_number(cx)?;
        if port.to_boolean() && default_port.as_number() != Some(number) {
            value += &format!(":{}", port.to_string(cx)?.to_std_string_escaped());
        }
        events::method(request, "setHeader", &[js_string!("Host").into(), js_string!(value).into()], cx)?;
    }
    let auth = field(options, "auth", cx)?;
    if auth.to_boolean() && !header("Authorization", cx)?.to_boolean() {
        let auth = auth.to_string(cx)?;
        let bytes = buffer::string_to_bytes(&auth, buffer::Encoding::Utf8);
        let encoded = buffer::bytes_to_string(&bytes, buffer::Encoding::Base64, cx)?;
        let value = js_string!(&js_string!("Basic "), &encoded);
        events::method(request, "setHeader", &[js_string!("Authorization").into(), value.into()], cx)?;
    }
    if header("expect", cx)?.to_boolean() {
        store_head(request, message, cx)?;
    }
    Ok(())
}

fn request_line(request: &JsObject, cx: &mut Context) -> JsResult<Line> {
    let (method, path) = (field(request, "method", cx)?.to_string(cx)?, field(request, "path", cx)?.to_string(cx)?);
    Ok(Line::Request(method, path))
}

fn store_head(request: &JsObject, message: &JsObject<outgoing::Message>, cx: &mut Context) -> JsResult<()> {
    if message.borrow().data().head.is_some() {
        return Err(errors::http_headers_sent("render", cx));
    }
    let line = request_line(request, cx)?;
    head::store(request, message, line, Source::Set, cx)
}

/// Without an agent: a connection for this request alone.
fn connect_alone(request: &JsObject, message: &JsObject<outgoing::Message>, options: &JsObject, own_options: JsObject, cx: &mut Context) -> JsResult<()> {
    {
        let mut message = message.borrow_mut();
        let frame = &mut message.data_mut().frame;
        frame.last = true;
        frame.keep_alive = false;
    }
    let socket_path = field(options, "socketPath", cx)?;
    if socket_path.to_boolean() {
        set(&own_options, "path", socket_path, cx)?;
    } else if flag(&own_options, "path", cx)? {
        set(&own_options, "path", JsValue::undefined(), cx)?;
    }
    let create = field(&own_options, "createConnection", cx)?;
    let Some(create) = create.as_function() else {
        let socket = net::connect(&JsValue::undefined(), &[own_options.into()], cx)?;
        return events::method(request, "onSocket", &[socket], cx).map(drop);
    };
    let called = boa_gc::Gc::new(boa_gc::GcRefCell::new(false));
    let done = table::closure(
        "",
        0,
        (request.clone(), called),
        |_this, args, (request, called), cx| {
            if std::mem::replace(&mut *called.borrow_mut(), true) {
                return Ok(JsValue::undefined());
            }
            let (error, socket) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
            if error.to_boolean() {
                let request = request.clone();
                Host::of(cx).next_tick_native(move |cx| emit_error(&request, error, cx));
                return Ok(JsValue::undefined());
            }
            events::method(request, "onSocket", &[socket], cx)
        },
        cx,
    );
    let created = create.call(&own_options.clone().into(), &[own_options.clone().into(), done.clone().into()], cx);
    match created {
        Ok(socket) if socket.to_boolean() => done.call(&JsValue::undefined(), &[JsValue::null(), socket], cx).map(drop),
        Ok(_) => Ok(()),
        Err(error) => {
            let error = coil_engine::op::thrown_value(error, cx);
            done.call(&JsValue::undefined(), &[error], cx).map(drop)
        }
    }
}

fn path(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = PATH.to_js(cx);
    this.to_object(cx)?.get(key, cx)
}

fn set_path(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let path = args.get_or_undefined(0).to_string(cx)?;
    if !is_path(&path) {
        return Err(errors::unescaped_characters("Request path", cx));
    }
    let key = PATH.to_js(cx);
    this.to_object(cx)?.set(key, path, true, cx)?;
    Ok(JsValue::undefined())
}

/// `ClientRequest.prototype._finish`
fn finish(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    body::finish(this, args, cx)?;
    diagnostics_channel::announce("http.client.request.start", &[("request", this)], cx)?;
    let request = this.to_object(cx)?;
    let measured = request.clone();
    measuring::begin(
        &measured,
        "http",
        |cx| {
            let [protocol, host, path] = ["protocol", "host", "path"].map(|key| field(&request, key, cx).and_then(|value| value.to_string(cx)));
            let url = js_string!(&protocol?, &js_string!("//"), &host?, &path?);
            let (method, headers) = (field(&request, "method", cx)?, events::method(&request, "getHeaders", &[], cx)?);
            measuring::request_detail(method, url.into(), headers, cx)
        },
        cx,
    )?;
    Ok(JsValue::undefined())
}

/// `ClientRequest.prototype._implicitHeader`
fn implicit_header(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    store_head(&this.to_object(cx)?, &message, cx)?;
    Ok(JsValue::undefined())
}

/// `ClientRequest.prototype.abort`
fn abort(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = this.to_object(cx)?;
    if flag(&request, "aborted", cx)? {
        return Ok(JsValue::undefined());
    }
    set(&request, "aborted", true, cx)?;
    let told = request.clone();
    Host::of(cx).next_tick_native(move |cx| events::emit(&told, js_string!("abort"), &[], cx).map(drop));
    events::method(&request, "destroy", &[], cx)?;
    Ok(JsValue::undefined())
}

/// `ClientRequest.prototype.destroy`
fn destroy(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = this.to_object(cx)?;
    let message = state::expect(this, cx)?;
    if std::mem::replace(&mut message.borrow_mut().data_mut().destroyed, true) {
        return Ok(this.clone());
    }
    if let Some(response) = object_field(&request, "res", cx)? {
        events::method(&response, "_dump", &[], cx)?;
    }
    let error = args.get_or_undefined(0).clone();
    let key = ERROR.to_js(cx);
    request.set(key, error.clone(), true, cx)?;
    if let Some(socket) = object_field(&request, "socket", cx)? {
        events::method(&socket, "destroy", &[error], cx)?;
    }
    Ok(this.clone())
}

/// `ClientRequest.prototype.onSocket`
fn on_socket(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = this.to_object(cx)?;
    let (socket, error) = (args.get_or_undefined(0).as_object(), args.get_or_undefined(1).clone());
    if let Some(socket) = socket.as_ref().filter(|_| !error.to_boolean()) {
        // An error before the next tick is the request's too.
        set(socket, "_httpMessage", request.clone(), cx)?;
        let listener = response::error_listener(cx)?;
        events::on(socket, js_string!("error"), listener, cx)?;
    }
    Host::of(cx).next_tick_native(move |cx| use_socket(&request, socket, error, cx));
    Ok(JsValue::undefined())
}

/// Node's `onSocketNT`.
fn use_socket(request: &JsObject, socket: Option<JsObject>, error: JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(message) = state::of(request, cx) else { return Ok(()) };
    let destroyed = message.borrow().data().destroyed;
    let Some(socket) = socket.clone().filter(|_| !destroyed && !error.to_boolean()) else {
        message.borrow_mut().data_mut().destroyed = true;
        return refuse_socket(request, socket, error, cx);
    };
    response::begin(request, &message, &socket, cx)?;
    events::method(request, "_flush", &[], cx).map(drop)
}

fn refuse_socket(request: &JsObject, socket: Option<JsObject>, error: JsValue, cx: &mut Context) -> JsResult<()> {
    let key = ERROR.to_js(cx);
    let own_error = request.get(key, cx)?;
    let reason = if error.to_boolean() { error.clone() } else { own_error };
    let Some(socket) = socket else { return close_destroyed(request, None, reason, cx) };
    if !error.to_boolean() && field(request, "agent", cx)?.to_boolean() && !flag(&socket, "destroyed", cx)? {
        super::emit_free(&socket, cx)?;
        return close_destroyed(request, Some(&socket), reason, cx);
    }
    events::method(&socket, "destroy", std::slice::from_ref(&reason), cx)?;
    if flag(&socket, "closed", cx)? {
        return close_destroyed(request, Some(&socket), reason, cx);
    }
    let closed = table::closure(
        "",
        0,
        (request.clone(), socket.clone(), reason),
        |_this, _args, (request, socket, reason), cx| {
            close_destroyed(request, Some(socket), reason.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(&socket, js_string!("close"), closed, cx)
}

/// The request ends without ever having had a socket to itself.
fn close_destroyed(request: &JsObject, socket: Option<&JsObject>, mut error: JsValue, cx: &mut Context) -> JsResult<()> {
    if !flag(request, "aborted", cx)? && !error.to_boolean() {
        error = errors::connection_reset("socket hang up", cx)?.into();
    }
    let told = match socket {
        Some(socket) => flag(socket, "_hadError", cx)?,
        None => false,
    };
    if error.to_boolean() && !told {
        emit_error(request, error, cx)?;
    }
    if let Some(message) = state::of(request, cx) {
        message.borrow_mut().data_mut().closed = true;
    }
    events::emit(request, js_string!("close"), &[], cx).map(drop)
}

/// Calls a method of the socket when there is one and it is connected.
fn defer_to_connect(request: &JsObject, method: JsValue, args: Vec<JsValue>, cx: &mut Context) -> JsResult<()> {
    let Some(socket) = object_field(request, "socket", cx)? else {
        let captured = (request.clone(), method, args);
        let later = table::closure(
            "onSocket",
            0,
            captured,
            |_this, _args, (request, method, args), cx| {
                defer_to_connect(request, method.clone(), args.clone(), cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        return events::once(request, js_string!("socket"), later, cx);
    };
    let call = table::closure(
        "callSocketMethod",
        0,
        (socket.clone(), method, args),
        |_this, _args, (socket, method, args), cx| {
            if !method.to_boolean() {
                return Ok(JsValue::undefined());
            }
            let function = socket.get(method.to_property_key(cx)?, cx)?;
            events::call(socket, &function, "method", args, cx)
        },
        cx,
    );
    if flag(&socket, "writable", cx)? && !flag(&socket, "connecting", cx)? { call.call(&JsValue::undefined(), &[], cx).map(drop) } else { events::once(&socket, js_string!("connect"), call, cx) }
}

/// `ClientRequest.prototype._deferToConnect`
fn defer_to_connect_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = crate::http::elements(args.get_or_undefined(1), cx)?.unwrap_or_default();
    defer_to_connect(&this.to_object(cx)?, args.get_or_undefined(0).clone(), given, cx)?;
    Ok(JsValue::undefined())
}

/// `ClientRequest.prototype.setTimeout`
fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = this.to_object(cx)?;
    if flag(&request, "_ended", cx)? {
        return Ok(this.clone());
    }
    response::listen_for_timeout(&request, cx)?;
    let duration_ms = net::timer_duration(args.get_or_undefined(0), "msecs", cx)? as f64;
    let callback = args.get_or_undefined(1);
    if callback.to_boolean() {
        events::once(&request, js_string!("timeout"), callback.clone(), cx)?;
    }
    match object_field(&request, "socket", cx)? {
        Some(socket) => set_socket_timeout(&socket, duration_ms, cx)?,
        None => {
            let later = table::closure(
                "",
                1,
                JsValue::from(duration_ms),
                |_this, args, duration_ms, cx| {
                    let socket = args.get_or_undefined(0).to_object(cx)?;
                    set_socket_timeout(&socket, duration_ms.as_number().unwrap_or(0.0), cx)?;
                    Ok(JsValue::undefined())
                },
                cx,
            );
            events::once(&request, js_string!("socket"), later, cx)?;
        }
    }
    Ok(this.clone())
}

fn set_socket_timeout(socket: &JsObject, duration_ms: f64, cx: &mut Context) -> JsResult<()> {
    if !flag(socket, "connecting", cx)? {
        return events::method(socket, "setTimeout", &[duration_ms.into()], cx).map(drop);
    }
    let later =
        table::closure("", 0, (socket.clone(), JsValue::from(duration_ms)), |_this, _args, (socket, duration_ms), cx| events::method(socket, "setTimeout", std::slice::from_ref(duration_ms), cx), cx);
    events::once(socket, js_string!("connect"), later, cx)
}

/// `ClientRequest.prototype.setNoDelay`
fn set_no_delay(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    defer_to_connect(&this.to_object(cx)?, js_string!("setNoDelay").into(), vec![args.get_or_undefined(0).clone()], cx)?;
    Ok(JsValue::undefined())
}

/// `ClientRequest.prototype.setSocketKeepAlive`
fn set_socket_keep_alive(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = vec![args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone()];
    defer_to_connect(&this.to_object(cx)?, js_string!("setKeepAlive").into(), given, cx)?;
    Ok(JsValue::undefined())
}

/// `ClientRequest.prototype.clearTimeout`
fn clear_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = this.to_object(cx)?;
    events::method(&request, "setTimeout", &[0.into(), args.get_or_undefined(0).clone()], cx)?;
    Ok(JsValue::undefined())
}
