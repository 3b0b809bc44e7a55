//! `http.Server`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    table,
    table::{Member, Symbol},
};

use crate::{
    events,
    http::{STATUS_TEXTS, errors},
    net::server::{self as net_server, NET_SERVER},
};

mod connection;
pub(super) mod dispatch;
pub(crate) mod response;
pub(super) mod state;

pub(crate) use connection::Connection;
pub(crate) use dispatch::connection_listener;
pub(super) use state::ServerState;

/// `http.Server`
pub(super) static SERVER: Class = Class {
    name: "Server",
    length: 2,
    extends: Parent::Class(&NET_SERVER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("close", 0, close),
        Member::symbol(Symbol::AsyncDispose, "[Symbol.asyncDispose]", 0, net_server::async_dispose),
        Member::function("closeAllConnections", 0, close_all_connections),
        Member::function("closeIdleConnections", 0, close_idle_connections),
        Member::function("setTimeout", 2, set_timeout),
        Member::symbol(Symbol::For("nodejs.rejection"), "[nodejs.rejection]", 2, rejected),
        Member::symbol_getter(CHECKING_INTERVAL, checking_interval).enumerable(false),
        Member::all(SETTINGS),
    ],
    statics: &[],
};

/// What in Node are own properties of every server.
pub(crate) static SETTINGS: &[Member] = &[
    Member::accessor("maxHeaderSize", max_header_size, set_max_header_size).enumerable(false),
    Member::accessor("insecureHTTPParser", insecure_parser, set_insecure_parser).enumerable(false),
    Member::accessor("requestTimeout", request_timeout, set_request_timeout).enumerable(false),
    Member::accessor("headersTimeout", headers_timeout, set_headers_timeout).enumerable(false),
    Member::accessor("keepAliveTimeout", keep_alive_timeout, set_keep_alive_timeout).enumerable(false),
    Member::accessor("keepAliveTimeoutBuffer", keep_alive_timeout_buffer, set_keep_alive_timeout_buffer).enumerable(false),
    Member::accessor("connectionsCheckingInterval", connections_checking_interval, set_connections_checking_interval).enumerable(false),
    Member::accessor("requireHostHeader", require_host_header, set_require_host_header).enumerable(false),
    Member::accessor("joinDuplicateHeaders", join_duplicate_headers, set_join_duplicate_headers).enumerable(false),
    Member::accessor("rejectNonStandardBodyWrites", rejects_body, set_rejects_body).enumerable(false),
    Member::accessor("timeout", timeout, set_timeout_value).enumerable(false),
    Member::accessor("maxHeadersCount", max_headers_count, set_max_headers_count).enumerable(false),
    Member::accessor("maxRequestsPerSocket", max_requests_per_socket, set_max_requests_per_socket).enumerable(false),
    Member::accessor("httpAllowHalfOpen", http_allow_half_open, set_http_allow_half_open).enumerable(false),
    Member::accessor("shouldUpgradeCallback", should_upgrade, set_should_upgrade).enumerable(false),
];

/// `kConnectionsCheckingInterval`
pub(crate) const CHECKING_INTERVAL: Symbol = Symbol::Private("http.server.connectionsCheckingInterval");

/// What the timer that looks for overdue requests would show of itself.
pub(crate) fn checking_interval(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = state::find(this, cx) else { return Ok(JsValue::undefined()) };
    let interval = state.borrow().data().connections_checking_interval.clone();
    let timer = JsObject::with_object_proto(cx.intrinsics());
    timer.create_data_property_or_throw(js_string!("_repeat"), interval, cx)?;
    let is_over = table::closure("get _destroyed", 0, state.clone(), |_this, _args, state, _cx| Ok((!state.borrow().data().connections.checked.get()).into()), cx);
    let descriptor = boa_engine::property::PropertyDescriptor::builder().get(is_over).enumerable(true).configurable(true);
    timer.define_property_or_throw(js_string!("_destroyed"), descriptor, cx)?;
    Ok(timer.into())
}

/// `http.Server(options, requestListener)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !SERVER.is_instance(this, cx)? {
        return Ok(SERVER.construct(args, cx)?.into());
    }
    init(this, args, cx)?;
    Ok(JsValue::undefined())
}

/// What the constructor does to `this`: `super(options, requestListener)` for `https`.
pub(crate) fn init(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let (first, mut listener) = (args.get_or_undefined(0), args.get_or_undefined(1).clone());
    let options = if first.is_callable() {
        listener = first.clone();
        None
    } else if first.is_null_or_undefined() {
        None
    } else {
        Some(coil_engine::validate::object(first, "options", cx)?)
    };
    let object = this.to_object(cx)?;
    let state = ServerState::parse(options.as_ref(), cx)?;
    let net_options = JsObject::with_object_proto(cx.intrinsics());
    net_options.create_data_property_or_throw(js_string!("allowHalfOpen"), true, cx)?;
    let mut no_delay = JsValue::undefined();
    if let Some(options) = &options {
        no_delay = options.get(js_string!("noDelay"), cx)?;
        for key in ["keepAlive", "keepAliveInitialDelay", "highWaterMark"] {
            let value = options.get(js_string!(key), cx)?;
            if !value.is_undefined() {
                net_options.create_data_property_or_throw(js_string!(key), value, cx)?;
            }
        }
    }
    let no_delay = if no_delay.is_null_or_undefined() { true.into() } else { no_delay };
    net_options.create_data_property_or_throw(js_string!("noDelay"), no_delay, cx)?;
    (NET_SERVER.init)(this, &[net_options.into()], cx)?;
    Slot::set(&object, state, cx)?;
    net_server::set_acceptor(&object, dispatch::accepted, cx)?;
    if listener.to_boolean() {
        events::on(&object, js_string!("request"), listener, cx)?;
    }
    let connection = table::function(dispatch::connection_listener, js_string!("connectionListener"), 1, cx);
    events::on(&object, js_string!("connection"), connection, cx)?;
    let listening = table::function(check_connections_from_now, js_string!("setupConnectionsTracking"), 0, cx);
    events::on(&object, js_string!("listening"), listening, cx)
}

/// Makes a server of another protocol able to serve HTTP/1 as well: what `http.Server` keeps of its options.
pub(crate) fn init_http1(server: &JsObject, options: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = ServerState::parse(Some(options), cx)?;
    Slot::set(server, state, cx).map(drop)
}

/// The same for a server whose connections are TLS's: `secure` makes it one, given what serves a connection.
pub(crate) fn init_over(this: &JsValue, options: &JsObject, listener: &JsValue, secure: impl FnOnce(&JsValue, &mut Context) -> JsResult<()>, cx: &mut Context) -> JsResult<()> {
    let state = ServerState::parse(Some(options), cx)?;
    let connection: JsValue = table::function(dispatch::connection_listener, js_string!("connectionListener"), 1, cx).into();
    secure(&connection, cx)?;
    let object = this.to_object(cx)?;
    Slot::set(&object, state, cx)?;
    if listener.to_boolean() {
        events::on(&object, js_string!("request"), listener.clone(), cx)?;
    }
    let listening = table::function(check_connections_from_now, js_string!("setupConnectionsTracking"), 0, cx);
    events::on(&object, js_string!("listening"), listening, cx)
}

/// Once the server listens, requests that take too long are looked for now and then. The search keeps nothing alive.
fn check_connections_from_now(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = state::find(this, cx) else { return Ok(JsValue::undefined()) };
    let server = this.to_object(cx)?;
    let connections = state.borrow().data().connections.clone();
    if !connections.checked.replace(true) {
        schedule_check(server, state, cx);
    }
    Ok(JsValue::undefined())
}

fn schedule_check(server: JsObject, state: JsObject<ServerState>, cx: &mut Context) {
    let interval_ms = state::positive(&state.borrow().data().connections_checking_interval).max(1.0);
    let host = Host::of(cx);
    let id = host.event_loop().timer(
        interval_ms as u64,
        Box::new(move |cx| {
            let connections = state.borrow().data().connections.clone();
            if !connections.checked.get() {
                return;
            }
            let server_of_check = server.clone();
            let state_of_check = state.clone();
            Host::of(cx).enter_with(cx, |cx| check_connections(&state_of_check, cx));
            schedule_check(server_of_check, state, cx);
        }),
    );
    host.event_loop().timer_ref(id, false);
}

/// Node's `checkConnections`: answers 408 where a head, or a whole request, is overdue.
fn check_connections(state: &JsObject<ServerState>, cx: &mut Context) -> JsResult<()> {
    let (mut headers_ms, mut request_ms, connections) = {
        let state = state.borrow();
        let state = state.data();
        (state::positive(&state.headers_timeout), state::positive(&state.request_timeout), state.connections.clone())
    };
    if headers_ms == 0.0 && request_ms == 0.0 {
        return Ok(());
    }
    if request_ms > 0.0 && headers_ms > request_ms {
        std::mem::swap(&mut headers_ms, &mut request_ms);
    }
    let now_ms = Host::of(cx).event_loop().now_ms() as f64;
    for connection in connections.list() {
        let Some((since_ms, has_head)) = connection.reading_since() else { continue };
        let waited_ms = now_ms - since_ms as f64;
        let overdue = !has_head && headers_ms > 0.0 && waited_ms > headers_ms || request_ms > 0.0 && waited_ms > request_ms;
        if overdue {
            let error = errors::http_request_timeout(cx).into_opaque(cx)?;
            if let Some(error) = error.as_object() {
                connection.client_error(error, cx)?;
            }
        }
    }
    Ok(())
}

/// `http.Server.prototype.close`
pub(crate) fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    close_idle_connections(this, &[], cx)?;
    if let Some(state) = state::find(this, cx) {
        state.borrow().data().connections.checked.set(false);
    }
    net_server::close(this, args, cx)?;
    Ok(this.clone())
}

/// `http.Server.prototype.closeAllConnections`
pub(crate) fn close_all_connections(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = state::find(this, cx) else { return Ok(JsValue::undefined()) };
    let connections = state.borrow().data().connections.clone();
    for connection in connections.list() {
        connection.destroy(JsValue::undefined(), cx)?;
    }
    Ok(JsValue::undefined())
}

/// `http.Server.prototype.closeIdleConnections`
pub(crate) fn close_idle_connections(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = state::find(this, cx) else { return Ok(JsValue::undefined()) };
    let connections = state.borrow().data().connections.clone();
    for connection in connections.list() {
        if connection.is_idle(cx) {
            connection.destroy(JsValue::undefined(), cx)?;
        }
    }
    Ok(JsValue::undefined())
}

/// `http.Server.prototype.setTimeout`
pub(crate) fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    object.set(js_string!("timeout"), args.get_or_undefined(0).clone(), true, cx)?;
    let callback = args.get_or_undefined(1);
    if callback.to_boolean() {
        events::on(&object, js_string!("timeout"), callback.clone(), cx)?;
    }
    Ok(this.clone())
}

/// With captured rejections: a rejected `'request'` listener answers 500.
fn rejected(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (error, event) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if event.as_string().is_none_or(|event| event != "request") {
        return net_server::rejected(this, args, cx);
    }
    let response = args.get_or_undefined(3).to_object(cx)?;
    let sent = response.get(js_string!("headersSent"), cx)?.to_boolean();
    if sent || response.get(js_string!("writableEnded"), cx)?.to_boolean() {
        events::method(&response, "destroy", &[], cx)?;
        return Ok(JsValue::undefined());
    }
    let _ = error;
    // No header of the failed answer leaks.
    let names = events::method(&response, "getHeaderNames", &[], cx)?;
    for name in crate::http::outgoing_fields::elements(&names, cx)?.unwrap_or_default() {
        events::method(&response, "removeHeader", &[name], cx)?;
    }
    response.set(js_string!("statusCode"), 500, true, cx)?;
    let text = STATUS_TEXTS.iter().find(|(code, _)| *code == 500).map_or("", |(_, text)| text);
    events::method(&response, "end", &[js_string!(text).into()], cx)?;
    Ok(JsValue::undefined())
}

macro_rules! setting {
    ($name:literal, $field:ident, $get:ident, $set:ident) => {
        fn $get(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            Ok(state::find(this, cx).map_or_else(JsValue::undefined, |state| state.borrow().data().$field.clone()))
        }

        fn $set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            let value = args.get_or_undefined(0);
            match state::find(this, cx) {
                Some(state) => state.borrow_mut().data_mut().$field = value.clone(),
                None => {
                    if let Some(object) = this.as_object() {
                        object.create_data_property_or_throw(js_string!($name), value.clone(), cx)?;
                    }
                }
            }
            Ok(JsValue::undefined())
        }
    };
}

setting!("maxHeaderSize", max_header_size, max_header_size, set_max_header_size);
setting!("insecureHTTPParser", insecure_parser, insecure_parser, set_insecure_parser);
setting!("requestTimeout", request_timeout, request_timeout, set_request_timeout);
setting!("headersTimeout", headers_timeout, headers_timeout, set_headers_timeout);
setting!("keepAliveTimeout", keep_alive_timeout, keep_alive_timeout, set_keep_alive_timeout);
setting!("keepAliveTimeoutBuffer", keep_alive_timeout_buffer, keep_alive_timeout_buffer, set_keep_alive_timeout_buffer);
setting!("connectionsCheckingInterval", connections_checking_interval, connections_checking_interval, set_connections_checking_interval);
setting!("requireHostHeader", require_host_header, require_host_header, set_require_host_header);
setting!("joinDuplicateHeaders", join_duplicate_headers, join_duplicate_headers, set_join_duplicate_headers);
setting!("rejectNonStandardBodyWrites", rejects_body, rejects_body, set_rejects_body);
setting!("timeout", timeout, timeout, set_timeout_value);
setting!("maxHeadersCount", max_headers_count, max_headers_count, set_max_headers_count);
setting!("maxRequestsPerSocket", max_requests_per_socket, max_requests_per_socket, set_max_requests_per_socket);
setting!("httpAllowHalfOpen", http_allow_half_open, http_allow_half_open, set_http_allow_half_open);

fn should_upgrade(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = state::find(this, cx) else { return Ok(JsValue::undefined()) };
    let decides = state.borrow().data().should_upgrade.clone();
    Ok(match decides {
        Some(decides) => decides.into(),
        None => table::function(upgrades_if_heard, js_string!("shouldUpgradeCallback"), 0, cx).into(),
    })
}

fn upgrades_if_heard(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    Ok((events::listener_count(&server, js_string!("upgrade"), cx)? > 0).into())
}

fn set_should_upgrade(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(state) = state::find(this, cx) {
        state.borrow_mut().data_mut().should_upgrade = args.get_or_undefined(0).as_function();
    }
    Ok(JsValue::undefined())
}

/// `http.createServer`
pub(super) fn create_server(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(SERVER.construct(args, cx)?.into())
}
