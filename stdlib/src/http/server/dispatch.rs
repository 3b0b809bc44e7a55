//! From a parsed head to the script: Node's `parserOnIncoming`, and how a connection listens to a stream it runs over.

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsFunction, property::PropertyDescriptor};
use coil_engine::{Host, table};

use super::{
    Connection,
    response::{self, SERVER_RESPONSE},
    state::{self, ServerState, positive},
};
use crate::{
    buffer, diagnostics_channel, events,
    http::{
        HttpState, incoming,
        outgoing::{Message, state as message_state},
        wire::{Head, Method, Reply, writer},
    },
    net::{Socket, conn::Conn, server as net_server},
    perf_hooks::measuring,
};

/// What of a head decides how it is told.
struct Said {
    upgrade: bool,
    method: Method,
    is_http_1_1: bool,
    is_old: bool,
    keep_alive: bool,
    has_host: bool,
    has_body: bool,
    expects: Option<bool>,
    wants_chunks: bool,
}

/// Tells a request. What the parser is to do next is decided even if a listener throws.
pub(super) fn head(connection: &Rc<Connection>, head: Head, cx: &mut Context) -> (Reply, JsResult<()>) {
    let Some((server, state)) = connection.owner() else { return (Reply::Normal, Ok(())) };
    let said = Said {
        upgrade: head.upgrade,
        method: head.method,
        is_http_1_1: head.is_http_1_1(),
        is_old: head.version_major < 1 || head.version_minor < 1,
        keep_alive: head.keep_alive,
        has_host: head.has_host,
        has_body: head.has_length || head.has_encoding,
        expects: head.has_expect.then(|| head.get("expect").is_some_and(|expect| writer::has_word(expect, b"100-continue"))),
        wants_chunks: head.get("te").is_some_and(|te| writer::has_word(te, b"chunked")),
    };
    let request = match incoming::create(connection, head, &state, cx) {
        Ok(request) => request,
        Err(error) => return (Reply::Normal, Err(error)),
    };
    if said.upgrade {
        let wanted = match wants_upgrade(&server, &state, &said, &request, cx) {
            Ok(wanted) => wanted,
            Err(error) => return (Reply::NoUpgrade, Err(error)),
        };
        incoming::set_upgrade(&request, wanted, cx);
        if wanted {
            connection.set_request(Some(request));
            return (Reply::Upgrade, Ok(()));
        }
    }
    let reply = if said.upgrade { Reply::NoUpgrade } else { Reply::Normal };
    (reply, tell(connection, &server, &state, &said, request, cx))
}

fn wants_upgrade(server: &JsObject, state: &JsObject<ServerState>, said: &Said, request: &JsObject, cx: &mut Context) -> JsResult<bool> {
    if said.method == Method::CONNECT {
        return Ok(true);
    }
    let decides = state.borrow().data().should_upgrade.clone();
    match decides {
        Some(decides) => decides.call(&server.clone().into(), &[request.clone().into()], cx).map(|wanted| wanted.to_boolean()),
        None => Ok(events::listener_count(server, js_string!("upgrade"), cx)? > 0),
    }
}

fn tell(connection: &Rc<Connection>, server: &JsObject, state: &JsObject<ServerState>, said: &Said, request: JsObject, cx: &mut Context) -> JsResult<()> {
    connection.push_request(&request);
    connection.set_request(Some(request.clone()));
    connection.pause_if_behind(cx)?;
    let response = create_response(connection, state, said, &request, cx)?;
    let optimizes = state.borrow().data().optimize_empty_requests;
    if optimizes && !said.has_body {
        incoming::close_empty(&request, cx)?;
    }
    connection.push_response(&response, cx)?;
    announce("http.server.request.start", connection, &request, &response, cx)?;
    measuring::begin(
        &response,
        "http",
        |cx| {
            let [method, url, headers] = ["method", "url", "headers"].map(|key| request.get(js_string!(key), cx));
            measuring::request_detail(method?, url?, headers?, cx)
        },
        cx,
    )?;
    if said.is_http_1_1 {
        let (requires_host, requests_max) = {
            let state = state.borrow();
            let state = state.data();
            (state.require_host_header.to_boolean(), positive(&state.max_requests_per_socket))
        };
        if requires_host && !said.has_host {
            let headers = boa_engine::object::builtins::JsArray::from_values(vec![js_string!("Connection").into(), js_string!("close").into()], cx);
            return answer(&response, 400, Some(headers.into()), cx);
        }
        if requests_max > 0.0 {
            let count = connection.count_request() as f64;
            if let Some(message) = message_state::of(&response, cx) {
                message.borrow_mut().data_mut().frame.max_requests_reached = requests_max <= count;
            }
            if requests_max < count {
                let socket = connection.socket(cx)?;
                events::emit(server, js_string!("dropRequest"), &[request.into(), socket.into()], cx)?;
                return answer(&response, 503, None, cx);
            }
        }
        if let Some(continues) = said.expects {
            return expects(server, continues, request, response, cx);
        }
    }
    events::emit(server, js_string!("request"), &[request.into(), response.into()], cx).map(drop)
}

/// Tells diagnostics channels of a request or its response: with the socket, which is made for them.
pub(super) fn announce(name: &'static str, connection: &Rc<Connection>, request: &JsObject, response: &JsObject, cx: &mut Context) -> JsResult<()> {
    if !diagnostics_channel::is_watched(name, cx) {
        return Ok(());
    }
    let Some((server, _)) = connection.owner() else { return Ok(()) };
    let (request, response) = (request.clone().into(), response.clone().into());
    let (socket, server) = (connection.socket(cx)?.into(), server.into());
    diagnostics_channel::announce(name, &[("request", &request), ("response", &response), ("socket", &socket), ("server", &server)], cx)
}

/// A response is finished: the entry of its time.
pub(super) fn measured(response: &JsObject, cx: &mut Context) -> JsResult<()> {
    measuring::end(
        response,
        "http",
        "HttpRequest",
        |detail, cx| {
            let headers = events::method(response, "getHeaders", &[], cx)?;
            measuring::add_response(detail, response, headers, cx)
        },
        cx,
    )
}

/// `Expect: 100-continue`, and expectations nobody knows.
fn expects(server: &JsObject, continues: bool, request: JsObject, response: JsObject, cx: &mut Context) -> JsResult<()> {
    let event = if continues {
        if let Some(message) = message_state::of(&response, cx) {
            message.borrow_mut().data_mut().expects_continue = true;
        }
        if events::listener_count(server, js_string!("checkContinue"), cx)? > 0 {
            "checkContinue"
        } else {
            response::send_continue(&response, &JsValue::undefined(), cx)?;
            "request"
        }
    } else if events::listener_count(server, js_string!("checkExpectation"), cx)? > 0 {
        "checkExpectation"
    } else {
        return answer(&response, 417, None, cx);
    };
    events::emit(server, js_string!(event), &[request.into(), response.into()], cx).map(drop)
}

/// Answers without asking the script.
fn answer(response: &JsObject, status: u16, headers: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
    let mut args = vec![status.into()];
    args.extend(headers);
    events::method(response, "writeHead", &args, cx)?;
    events::method(response, "end", &[], cx).map(drop)
}

fn create_response(connection: &Rc<Connection>, state: &JsObject<ServerState>, said: &Said, request: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let (class, rejects_body, timeout_ms, requests_max, unique) = {
        let state = state.borrow();
        let state = state.data();
        (state.response_class.clone(), state.rejects_body.to_boolean(), positive(&state.keep_alive_timeout), positive(&state.max_requests_per_socket) as u32, state.unique.clone())
    };
    let high_water_mark = connection.high_water_mark();
    let set = |message: &mut Message| {
        message.frame.keep_alive = said.keep_alive;
        message.frame.keep_alive_timeout_ms = timeout_ms;
        message.frame.requests_max = requests_max;
        message.unique = unique;
        message.owner = Some(connection.clone());
    };
    let Some(class) = class else {
        let mut message = Message::new(high_water_mark);
        message.rejects_body = rejects_body;
        response::prepare(&mut message, said.method == Method::HEAD, said.is_old, said.wants_chunks, request.clone());
        set(&mut message);
        let template = Host::of(cx).state::<HttpState>().response_template(cx)?;
        let response = template.create_with(message, Vec::new());
        diagnostics_channel::announce("http.server.response.created", &[("request", &request.clone().into()), ("response", &response.clone().into())], cx)?;
        return Ok(response);
    };
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.create_data_property_or_throw(js_string!("highWaterMark"), high_water_mark, cx)?;
    options.create_data_property_or_throw(js_string!("rejectNonStandardBodyWrites"), rejects_body, cx)?;
    let response = class.construct(&[request.clone().into(), options.into()], None, cx)?;
    if let Some(message) = message_state::of(&response, cx) {
        set(message.borrow_mut().data_mut());
    }
    Ok(response)
}

/// The prototype that native responses have.
pub(in crate::http) fn response_prototype(cx: &mut Context) -> JsResult<JsObject> {
    SERVER_RESPONSE.prototype(cx)
}

/// A connection as the capture of a listener.
#[derive(Clone, Trace, Finalize)]
struct Captured(#[unsafe_ignore_trace] Rc<Connection>);

type Listener = fn(&JsValue, &[JsValue], &Captured, &mut Context) -> JsResult<JsValue>;

/// A descriptor was accepted: it is served without a socket object, unless the script wants to see every socket.
pub(in crate::http) fn accepted(server: &JsObject, conn: &Rc<Conn>, cx: &mut Context) -> JsResult<bool> {
    if events::listener_count(server, js_string!("connection"), cx)? != 1 {
        return Ok(false);
    }
    let Some(state) = state::find(&server.clone().into(), cx) else { return Ok(false) };
    if !is_only_ours(server, cx)? {
        return Ok(false);
    }
    let connections = state.borrow().data().connections.clone();
    let connection = connections.add(|id| Connection::over_conn(id, server, &state, conn, cx));
    net_server::connection_opened(server, cx)?;
    conn.set_reader(Some(connection.clone()));
    let timeout_ms = positive(&state.borrow().data().timeout);
    if timeout_ms > 0.0 {
        connection.set_timeout(timeout_ms, cx)?;
    }
    // A descriptor that cannot be watched is closed again.
    if conn.read_start().is_err() {
        connection.destroy(JsValue::undefined(), cx)?;
    }
    Ok(true)
}

/// Whether the one listener of `'connection'` is HTTP's own.
fn is_only_ours(server: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let Some(listeners) = server.get(js_string!("_events"), cx)?.as_object() else { return Ok(false) };
    let listener = listeners.get(js_string!("connection"), cx)?;
    Ok(listener.as_object().is_some_and(|listener| listener.is_native_function(connection_listener)))
}

/// `http._connectionListener`: serves a socket, or any duplex stream, that was given to `'connection'`.
pub(crate) fn connection_listener(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let stream = args.get_or_undefined(0).to_object(cx)?;
    stream.set(js_string!("server"), server.clone(), false, cx)?;
    let Some(state) = state::find(this, cx) else { return Ok(JsValue::undefined()) };
    let connections = state.borrow().data().connections.clone();
    let timeout = state.borrow().data().timeout.clone();
    if timeout.to_boolean() && stream.get(js_string!("setTimeout"), cx)?.is_callable() {
        events::method(&stream, "setTimeout", &[timeout], cx)?;
    }
    if let Some(conn) = Socket::lend_conn(&stream, cx) {
        let connection = connections.add(|id| Connection::over_conn(id, &server, &state, &conn, cx));
        connection.adopt_socket(&stream);
        conn.set_reader(Some(connection.clone()));
        // What a script pushes into the socket's stream is for HTTP as well.
        stream.set(js_string!("readableFlowing"), true, false, cx)?;
        listen_to_socket(&connection, &stream, cx)?;
        connection.resume_reading(cx)?;
        return Ok(JsValue::undefined());
    }
    let connection = connections.add(|id| Connection::over_stream(id, &server, &state, &stream, cx));
    for (event, name, listener) in STREAM_LISTENERS {
        let listener = listen(name, &connection, *listener, cx);
        events::on(&stream, js_string!(*event), listener, cx)?;
    }
    Ok(JsValue::undefined())
}

static STREAM_LISTENERS: &[(&str, &str, Listener)] = &[
    ("timeout", "socketOnTimeout", on_timeout),
    ("data", "bound socketOnData", on_data),
    ("error", "socketOnError", on_error),
    ("end", "bound socketOnEnd", on_end),
    ("close", "bound socketOnClose", on_close),
    ("drain", "bound socketOnDrain", on_drain),
];

fn listen(name: &'static str, connection: &Rc<Connection>, listener: Listener, cx: &Context) -> JsFunction {
    table::closure(name, 1, Captured(connection.clone()), listener, cx)
}

/// A connection's socket was made, or was there before: what happens to it concerns the connection.
pub(super) fn listen_to_socket(connection: &Rc<Connection>, socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    for (event, name, listener) in STREAM_LISTENERS {
        let listener = listen(name, connection, *listener, cx);
        // Not through the stream's `on`: the stream is not to flow, for its bytes come another way.
        events::add_listener_method(&socket.clone().into(), &[js_string!(*event).into(), listener.into()], cx)?;
    }
    give_parser(connection, socket, cx)
}

/// What Node hangs on every socket it serves: the parser, and methods that notice a script that wants the bytes itself.
fn give_parser(connection: &Rc<Connection>, socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    let parser = crate::http::parser_object::of_connection(connection, cx)?;
    let hidden = PropertyDescriptor::builder().writable(true).enumerable(false).configurable(true);
    socket.create_data_property_or_throw(js_string!("parser"), parser, cx)?;
    let http = Host::of(cx).state::<HttpState>();
    for (name, call) in SOCKET_METHODS {
        let method = http.listener(name, *call, cx)?;
        let name = Host::of(cx).intern(name);
        socket.define_property_or_throw(name, hidden.clone().value(method), cx)?;
    }
    Ok(())
}

type SocketMethod = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

static SOCKET_METHODS: &[(&str, SocketMethod)] = &[
    ("on", |this, args, cx| listen_to_bytes(this, "on", args, cx)),
    ("addListener", |this, args, cx| listen_to_bytes(this, "addListener", args, cx)),
    ("prependListener", |this, args, cx| listen_to_bytes(this, "prependListener", args, cx)),
    ("setEncoding", |_this, _args, cx| Err(crate::http::errors::http_socket_encoding(cx))),
];

/// Node's `generateSocketListenerWrapper`.
fn listen_to_bytes(this: &JsValue, name: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    let Some(prototype) = socket.prototype() else { return Ok(JsValue::undefined()) };
    let inherited = prototype.get(Host::of(cx).intern(name), cx)?;
    let result = match inherited.as_function() {
        Some(inherited) => inherited.call(this, args, cx)?,
        None => JsValue::undefined(),
    };
    let parser = socket.get(js_string!("parser"), cx)?;
    let is_of_bytes = args.get_or_undefined(0).as_string().is_some_and(|event| event == "data" || event == "readable");
    if is_of_bytes && let Some(connection) = crate::http::parser_object::connection_of(&parser) {
        connection.read_through_socket(&socket, cx)?;
    }
    Ok(result)
}

/// Once the request is read to its end, the parser does not hold it any more.
pub(super) fn forget_at_end(connection: &Rc<Connection>, request: &JsObject, cx: &mut Context) -> JsResult<()> {
    let forget = table::closure(
        "clearIncoming",
        0,
        Captured(connection.clone()),
        |this, _args, connection, cx| {
            let request = this.to_object(cx)?;
            connection.0.forget_request(&request);
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(request, js_string!("end"), forget, cx)
}

/// Removes HTTP's listeners from a stream that goes over to the script.
pub(super) fn forget_stream(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    for (name, call) in SOCKET_METHODS {
        let key = Host::of(cx).intern(name);
        let own = stream.own_property(&key.clone().into(), cx)?.and_then(|property| property.value().cloned());
        if own.and_then(|own| own.as_object()).is_some_and(|own| own.is_native_function(*call)) {
            stream.delete_property_or_throw(key, cx)?;
        }
    }
    for (event, name, _) in STREAM_LISTENERS {
        remove_named(stream, event, name, cx)?;
    }
    Ok(())
}

fn remove_named(stream: &JsObject, event: &'static str, name: &str, cx: &mut Context) -> JsResult<()> {
    let listeners = events::method(stream, "listeners", &[js_string!(event).into()], cx)?;
    for listener in crate::http::outgoing_fields::elements(&listeners, cx)?.unwrap_or_default() {
        let Some(function) = listener.as_object() else { continue };
        if function.get(js_string!("name"), cx)?.as_string().is_some_and(|found| found == name) {
            events::remove_listener(stream, js_string!(event), listener, cx)?;
        }
    }
    Ok(())
}

/// Further errors of a socket whose request was refused are nobody's.
pub(super) fn silence_errors(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    remove_named(socket, "error", "socketOnError", cx)?;
    let http = Host::of(cx).state::<HttpState>();
    let ignore = http.listener("noop", |_, _, _| Ok(JsValue::undefined()), cx)?;
    // Once: a client that goes on sending nonsense is no leak.
    events::remove_listener(socket, js_string!("error"), ignore.clone(), cx)?;
    events::on(socket, js_string!("error"), ignore, cx)
}

fn on_data(_this: &JsValue, args: &[JsValue], connection: &Captured, cx: &mut Context) -> JsResult<JsValue> {
    let bytes = match args.get_or_undefined(0).as_string() {
        Some(text) => buffer::string_to_bytes(&text, buffer::Encoding::Utf8),
        None => buffer::bytes_of(args.get_or_undefined(0)).unwrap_or_default(),
    };
    connection.0.feed(&bytes, cx);
    Ok(JsValue::undefined())
}

fn on_end(_this: &JsValue, _args: &[JsValue], connection: &Captured, cx: &mut Context) -> JsResult<JsValue> {
    connection.0.ended(cx)?;
    Ok(JsValue::undefined())
}

fn on_error(this: &JsValue, args: &[JsValue], connection: &Captured, cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    silence_errors(&socket, cx)?;
    if let Some(error) = args.get_or_undefined(0).as_object() {
        connection.0.client_error(error, cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_close(_this: &JsValue, _args: &[JsValue], connection: &Captured, cx: &mut Context) -> JsResult<JsValue> {
    connection.0.closed(cx)?;
    Ok(JsValue::undefined())
}

fn on_drain(_this: &JsValue, _args: &[JsValue], connection: &Captured, cx: &mut Context) -> JsResult<JsValue> {
    connection.0.drained(cx)?;
    Ok(JsValue::undefined())
}

fn on_timeout(_this: &JsValue, _args: &[JsValue], connection: &Captured, cx: &mut Context) -> JsResult<JsValue> {
    connection.0.timed_out(cx)?;
    Ok(JsValue::undefined())
}
