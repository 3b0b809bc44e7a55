//! A client's socket and the parser on it: from bytes to `'response'`.

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string};
use coil_engine::{Host, Slot, async_context::AsyncOrigin};

use super::{field, flag, object_field, set};
use crate::{
    buffer, diagnostics_channel, events,
    http::{
        HttpState, errors, incoming,
        outgoing::{self, Message, state},
        wire::{Event, Kind, Limits, Parser, Reply},
    },
    perf_hooks::measuring,
};

/// What a client's socket has while a request uses it.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Reading {
    /// None once the response is complete, or the connection is not HTTP's any more.
    #[unsafe_ignore_trace]
    parser: Option<Parser>,
    request: JsObject,
    /// The response that is read: `parser.incoming`.
    incoming: Option<JsObject>,
    /// A second response came although one was there: what follows is thrown away.
    skips: bool,
    /// Where the request came from: what is told of the response runs there.
    #[unsafe_ignore_trace]
    origin: AsyncOrigin,
}

fn reading_of(socket: &JsObject, cx: &mut Context) -> Option<JsObject<Reading>> {
    Slot::<Reading>::get(socket, cx)
}

/// Node's `tickOnSocket`: the request has the socket to itself.
pub(super) fn begin(request: &JsObject, message: &JsObject<Message>, socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    outgoing::body::set_socket(message, &socket.clone().into(), cx)?;
    let default = crate::http::limits(cx);
    let size = field(request, "maxHeaderSize", cx)?.as_number().filter(|size| *size > 0.0);
    let count = field(request, "maxHeadersCount", cx)?.as_number();
    let limits = Limits {
        head_len_max: size.map_or(default.head_len_max, |size| size.min(f64::from(u32::MAX)) as u32),
        fields_max: count.map_or(default.fields_max, |count| count.max(0.0) as u32),
        lenient: default.lenient || flag(request, "insecureHTTPParser", cx)?,
    };
    let origin = Host::of(cx).origin();
    let resource = JsObject::with_object_proto(cx.intrinsics());
    Host::of(cx).announce(&origin, "HTTPCLIENTREQUEST", &resource.into(), cx);
    let reading = Reading { origin, parser: Some(Parser::new(Kind::Response, limits)), request: request.clone(), incoming: None, skips: false };
    Slot::set(socket, reading, cx)?;
    set(socket, "_httpMessage", request.clone(), cx)?;
    for (event, name, call) in LISTENERS {
        let listener = Host::of(cx).state::<HttpState>().listener(name, *call, cx)?;
        events::on(socket, js_string!(*event), listener, cx)?;
    }
    let wants_timeout = !field(request, "timeout", cx)?.is_undefined()
        || match object_field(request, "agent", cx)? {
            Some(agent) => match object_field(&agent, "options", cx)? {
                Some(options) => flag(&options, "timeout", cx)?,
                None => false,
            },
            None => false,
        };
    if wants_timeout {
        listen_for_timeout(request, cx)?;
    }
    events::emit(request, js_string!("socket"), &[socket.clone().into()], cx).map(drop)
}

type Listener = fn(&JsValue, &[JsValue], &mut Context) -> JsResult<JsValue>;

static LISTENERS: &[(&str, &str, Listener)] = &[("data", "socketOnData", on_data), ("end", "socketOnEnd", on_end), ("close", "socketCloseListener", on_close), ("drain", "ondrain", on_drain)];

fn unlisten(socket: &JsObject, events_of: &[&'static str], cx: &mut Context) -> JsResult<()> {
    for (event, name, call) in LISTENERS.iter().filter(|(event, ..)| events_of.contains(event)) {
        let listener = Host::of(cx).state::<HttpState>().listener(name, *call, cx)?;
        events::remove_listener(socket, js_string!(*event), listener, cx)?;
    }
    Ok(())
}

/// The listener of `'error'`: one function, so that it can be removed.
pub(super) fn error_listener(cx: &mut Context) -> JsResult<JsObject> {
    Host::of(cx).state::<HttpState>().listener("socketErrorListener", on_error, cx)
}

fn timeout_listener(cx: &mut Context) -> JsResult<JsObject> {
    Host::of(cx).state::<HttpState>().listener("emitRequestTimeout", emit_request_timeout, cx)
}

fn response_timeout_listener(cx: &mut Context) -> JsResult<JsObject> {
    Host::of(cx).state::<HttpState>().listener("responseOnTimeout", response_on_timeout, cx)
}

/// `request.emit('error', error)`
pub(super) fn emit_error(request: &JsObject, error: JsValue, cx: &mut Context) -> JsResult<()> {
    diagnostics_channel::announce("http.client.request.error", &[("request", &request.clone().into()), ("error", &error)], cx)?;
    events::emit(request, js_string!("error"), &[error], cx).map(drop)
}

fn hang_up(request: &JsObject, cx: &mut Context) -> JsResult<()> {
    let error = errors::connection_reset("socket hang up", cx)?;
    emit_error(request, error.into(), cx)
}

fn request_of(socket: &JsObject, cx: &mut Context) -> JsResult<Option<JsObject>> {
    object_field(socket, "_httpMessage", cx)
}

fn on_data(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    let Some(reading) = reading_of(&socket, cx) else { return Ok(JsValue::undefined()) };
    let bytes = buffer::bytes_of(args.get_or_undefined(0)).unwrap_or_default();
    let origin = reading.borrow().data().origin.clone();
    Host::of(cx).in_origin(&origin, None, cx, |cx| feed(&socket, &reading, &bytes, cx))?;
    Ok(JsValue::undefined())
}

fn feed(socket: &JsObject, reading: &JsObject<Reading>, bytes: &[u8], cx: &mut Context) -> JsResult<()> {
    let mut at = 0;
    loop {
        let event = match &mut reading.borrow_mut().data_mut().parser {
            Some(parser) => parser.next(bytes, &mut at),
            None => return Ok(()),
        };
        match event {
            Event::More => break,
            Event::Head => head(socket, reading, cx)?,
            Event::Body(range) => body(socket, reading, &bytes[range], cx)?,
            Event::Complete => complete(socket, reading, cx)?,
            Event::Upgrade => {
                let upgraded = reading.borrow().data().incoming.clone();
                if let Some(response) = upgraded.filter(incoming::is_upgrade) {
                    return upgrade(socket, reading, &response, &bytes[at..], cx);
                }
                break;
            }
            Event::Error(error) => {
                let error = errors::parse_error(&error, Some(bytes), cx)?;
                let request = free_parser(socket, reading, cx)?;
                unlisten(socket, &["data", "end"], cx)?;
                events::method(socket, "destroy", &[], cx)?;
                set(socket, "_hadError", true, cx)?;
                return emit_error(&request, error.into(), cx);
            }
        }
    }
    let response = reading.borrow().data().incoming.clone();
    if let Some(response) = response
        && incoming::is_complete(&response, cx)
        && !is_informational(field(&response, "statusCode", cx)?.as_number().unwrap_or(0.0))
        && reading.borrow().data().parser.as_ref().is_some_and(Parser::is_idle)
    {
        unlisten(socket, &["data", "end", "drain"], cx)?;
        free_parser(socket, reading, cx)?;
    }
    Ok(())
}

/// 1xx but 101: another response follows.
fn is_informational(status: f64) -> bool {
    (100.0..200.0).contains(&status) && status != 101.0
}

/// Lets the parser go. The request it was for.
fn free_parser(socket: &JsObject, reading: &JsObject<Reading>, cx: &mut Context) -> JsResult<JsObject> {
    let (request, id) = {
        let mut reading = reading.borrow_mut();
        let reading = reading.data_mut();
        reading.parser = None;
        reading.incoming = None;
        // What lies in the frame is not to live as long as the socket.
        let origin = std::mem::take(&mut reading.origin);
        (reading.request.clone(), origin.id)
    };
    if id > 0 {
        Host::of(cx).renounce(id, cx);
    }
    set(&request, "parser", JsValue::null(), cx)?;
    set(socket, "parser", JsValue::null(), cx)?;
    Ok(request)
}

/// Node's `parserOnIncomingClient`.
fn head(socket: &JsObject, reading: &JsObject<Reading>, cx: &mut Context) -> JsResult<()> {
    let (head, request) = {
        let mut reading = reading.borrow_mut();
        let reading = reading.data_mut();
        let Some(parser) = &mut reading.parser else { return Ok(()) };
        (parser.take_head(), reading.request.clone())
    };
    let (status, keep_alive, upgrades) = (head.status, head.keep_alive, head.upgrade);
    if let Some(first) = object_field(&request, "res", cx)? {
        // Two responses to one request.
        {
            let mut reading = reading.borrow_mut();
            reading.data_mut().incoming = Some(first);
            reading.data_mut().skips = true;
        }
        return events::method(socket, "destroy", &[], cx).map(drop);
    }
    let join = field(&request, "joinDuplicateHeaders", cx)?;
    let count = field(&request, "maxHeadersCount", cx)?.as_number();
    let fields_max = count.map_or(Limits::default().fields_max, |count| count.max(0.0) as u32);
    let response = incoming::create_response(head, socket, &join, fields_max, cx)?;
    reading.borrow_mut().data_mut().incoming = Some(response.clone());
    set(&request, "res", response.clone(), cx)?;
    let method = field(&request, "method", cx)?.to_string(cx)?;
    if upgrades {
        reply(reading, Reply::Upgrade);
        return Ok(());
    }
    if method == "CONNECT" {
        incoming::set_upgrade(&response, true, cx);
        reply(reading, Reply::Upgrade);
        return Ok(());
    }
    if is_informational(f64::from(status)) {
        set(&request, "res", JsValue::null(), cx)?;
        reply(reading, Reply::NoBody);
        return information(&request, &response, status, cx);
    }
    if method == "HEAD" || status == 304 {
        reply(reading, Reply::NoBody);
    }
    let Some(message) = state::of(&request, cx) else { return Ok(()) };
    if message.borrow().data().frame.keep_alive && !keep_alive && !flag(&request, "upgradeOrConnect", cx)? {
        message.borrow_mut().data_mut().frame.keep_alive = false;
    }
    // Its own, as in Node: `request` takes a response without one for an insecure one.
    response.create_data_property_or_throw(js_string!("socket"), socket.clone(), cx)?;
    set(&response, "req", request.clone(), cx)?;
    let http = Host::of(cx).state::<HttpState>();
    let ended = http.listener("responseOnEnd", response_on_end, cx)?;
    events::on(&response, js_string!("end"), ended, cx)?;
    let finished = http.listener("requestOnFinish", request_on_finish, cx)?;
    events::on(&request, js_string!("finish"), finished, cx)?;
    let timed_out = response_timeout_listener(cx)?;
    events::on(socket, js_string!("timeout"), timed_out, cx)?;
    diagnostics_channel::announce("http.client.response.finish", &[("request", &request.clone().into()), ("response", &response.clone().into())], cx)?;
    let answer = response.clone();
    measuring::end(
        &request,
        "http",
        "HttpClient",
        |detail, cx| {
            let headers = field(&answer, "headers", cx)?;
            measuring::add_response(detail, &answer, headers, cx)
        },
        cx,
    )?;
    let aborted = flag(&request, "aborted", cx)?;
    // Nobody listens, so nobody can read: the body is thrown away, or the connection would stand still.
    if aborted || !events::emit(&request, js_string!("response"), &[response.clone().into()], cx)? {
        events::method(&response, "_dump", &[], cx)?;
    }
    if status == 304 {
        incoming::mark_complete(&response, cx);
    }
    Ok(())
}

fn reply(reading: &JsObject<Reading>, reply: Reply) {
    if let Some(parser) = &mut reading.borrow_mut().data_mut().parser {
        parser.reply(reply);
    }
}

fn information(request: &JsObject, response: &JsObject, status: u16, cx: &mut Context) -> JsResult<()> {
    if status == 100 {
        events::emit(request, js_string!("continue"), &[], cx)?;
    }
    let told = JsObject::with_object_proto(cx.intrinsics());
    for key in ["statusCode", "statusMessage", "httpVersion", "httpVersionMajor", "httpVersionMinor", "headers", "rawHeaders"] {
        let value = field(response, key, cx)?;
        told.create_data_property_or_throw(Host::of(cx).intern(key), value, cx)?;
    }
    events::emit(request, js_string!("information"), &[told.into()], cx).map(drop)
}

fn body(socket: &JsObject, reading: &JsObject<Reading>, bytes: &[u8], cx: &mut Context) -> JsResult<()> {
    let response = {
        let reading = reading.borrow();
        reading.data().incoming.clone().filter(|_| !reading.data().skips)
    };
    if let Some(response) = response
        && !incoming::push_body(&response, bytes, cx)?
    {
        events::method(socket, "pause", &[], cx)?;
    }
    Ok(())
}

fn complete(socket: &JsObject, reading: &JsObject<Reading>, cx: &mut Context) -> JsResult<()> {
    let (trailers, response) = {
        let mut reading = reading.borrow_mut();
        let reading = reading.data_mut();
        let Some(parser) = &mut reading.parser else { return Ok(()) };
        (parser.take_head(), reading.incoming.clone().filter(|_| !reading.skips))
    };
    if let Some(response) = response {
        incoming::complete(&response, trailers, cx)?;
    }
    if !flag(socket, "_paused", cx)? && flag(socket, "readable", cx)? {
        events::method(socket, "resume", &[], cx)?;
    }
    Ok(())
}

/// The server agreed to another protocol, or to a tunnel.
fn upgrade(socket: &JsObject, reading: &JsObject<Reading>, response: &JsObject, rest: &[u8], cx: &mut Context) -> JsResult<()> {
    let request = reading.borrow().data().request.clone();
    set(&request, "res", response.clone(), cx)?;
    unlisten(socket, &["data", "end", "drain"], cx)?;
    let timeout = timeout_listener(cx)?;
    if flag(&request, "timeoutCb", cx)? {
        events::remove_listener(socket, js_string!("timeout"), timeout, cx)?;
    }
    let timed_out = response_timeout_listener(cx)?;
    events::remove_listener(socket, js_string!("timeout"), timed_out, cx)?;
    free_parser(socket, reading, cx)?;
    let event = if field(&request, "method", cx)?.as_string().is_some_and(|method| method == "CONNECT") { "connect" } else { "upgrade" };
    if events::listener_count(&request, js_string!(event), cx)? == 0 {
        return events::method(socket, "destroy", &[], cx).map(drop);
    }
    set(&request, "upgradeOrConnect", true, cx)?;
    events::emit(socket, js_string!("agentRemove"), &[], cx)?;
    unlisten(socket, &["close"], cx)?;
    let listener = error_listener(cx)?;
    events::remove_listener(socket, js_string!("error"), listener, cx)?;
    set(socket, "_httpMessage", JsValue::null(), cx)?;
    set(socket, "readableFlowing", JsValue::null(), cx)?;
    let rest = buffer::from_slice(rest, cx)?;
    events::emit(&request, js_string!(event), &[response.clone().into(), socket.clone().into(), rest.into()], cx)?;
    close(&request, cx)
}

/// The request is over: `'close'`.
fn close(request: &JsObject, cx: &mut Context) -> JsResult<()> {
    if let Some(message) = state::of(request, cx) {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        message.destroyed = true;
        message.closed = true;
    }
    events::emit(request, js_string!("close"), &[], cx).map(drop)
}

fn on_end(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if let Some(request) = request_of(&socket, cx)? {
        let has_response = flag(&request, "res", cx)?;
        if !has_response && !flag(&socket, "_hadError", cx)? {
            set(&socket, "_hadError", true, cx)?;
            hang_up(&request, cx)?;
        }
    }
    finish_parser(&socket, cx)?;
    events::method(&socket, "destroy", &[], cx)
}

/// The connection is over; a body that only its end could end is whole now.
fn finish_parser(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(reading) = reading_of(socket, cx) else { return Ok(()) };
    let event = reading.borrow_mut().data_mut().parser.as_mut().map(Parser::finish);
    match event {
        None => return Ok(()),
        Some(Event::Complete) => complete(socket, &reading, cx)?,
        Some(_) => {}
    }
    free_parser(socket, &reading, cx).map(drop)
}

fn on_close(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    let Some(request) = request_of(&socket, cx)? else { return Ok(JsValue::undefined()) };
    let Some(message) = state::of(&request, cx) else { return Ok(JsValue::undefined()) };
    message.borrow_mut().data_mut().destroyed = true;
    match object_field(&request, "res", cx)? {
        Some(response) => {
            if !flag(&response, "complete", cx)? {
                let error = errors::connection_reset("aborted", cx)?;
                events::method(&response, "destroy", &[error.into()], cx)?;
            }
            close(&request, cx)?;
            if !flag(&response, "aborted", cx)? && flag(&response, "readable", cx)? {
                events::method(&response, "push", &[JsValue::null()], cx)?;
            }
        }
        None => {
            if !flag(&socket, "_hadError", cx)? {
                set(&socket, "_hadError", true, cx)?;
                hang_up(&request, cx)?;
            }
            close(&request, cx)?;
        }
    }
    message.borrow_mut().data_mut().queue.clear();
    finish_parser(&socket, cx)?;
    Ok(JsValue::undefined())
}

fn on_error(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if let Some(request) = request_of(&socket, cx)? {
        set(&socket, "_hadError", true, cx)?;
        emit_error(&request, args.get_or_undefined(0).clone(), cx)?;
    }
    finish_parser(&socket, cx)?;
    unlisten(&socket, &["data", "end"], cx)?;
    events::method(&socket, "destroy", &[], cx)
}

fn on_drain(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    let Some(request) = request_of(&socket, cx)? else { return Ok(JsValue::undefined()) };
    let Some(message) = state::of(&request, cx) else { return Ok(JsValue::undefined()) };
    let wants = {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        !message.finished && std::mem::take(&mut message.need_drain)
    };
    if wants {
        events::emit(&request, js_string!("drain"), &[], cx)?;
    }
    Ok(JsValue::undefined())
}

/// The response is read to its end: the socket is free, or closes.
fn response_on_end(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let response = this.to_object(cx)?;
    let Some(request) = object_field(&response, "req", cx)? else { return Ok(JsValue::undefined()) };
    let socket = object_field(&request, "socket", cx)?;
    if let Some(socket) = &socket {
        if flag(&request, "timeoutCb", cx)? {
            let timeout = timeout_listener(cx)?;
            events::remove_listener(socket, js_string!("timeout"), timeout, cx)?;
        }
        let timed_out = response_timeout_listener(cx)?;
        events::remove_listener(socket, js_string!("timeout"), timed_out, cx)?;
    }
    set(&request, "_ended", true, cx)?;
    let Some(message) = state::of(&request, cx) else { return Ok(JsValue::undefined()) };
    let keep_alive = message.borrow().data().frame.keep_alive;
    if !keep_alive {
        if let Some(socket) = socket
            && flag(&socket, "writable", cx)?
        {
            let name = if field(&socket, "destroySoon", cx)?.is_callable() { "destroySoon" } else { "end" };
            events::method(&socket, name, &[], cx)?;
        }
    } else if outgoing::body::writable_finished(&message, cx)? && !flag(&response, "aborted", cx)? {
        keep_socket(&request, &message, cx)?;
    }
    Ok(JsValue::undefined())
}

/// The request is written to its end, possibly after its response was read.
fn request_on_finish(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = this.to_object(cx)?;
    let Some(message) = state::of(&request, cx) else { return Ok(JsValue::undefined()) };
    let (keep_alive, destroyed) = {
        let message = message.borrow();
        (message.data().frame.keep_alive, message.data().destroyed)
    };
    if keep_alive && !destroyed && flag(&request, "_ended", cx)? {
        keep_socket(&request, &message, cx)?;
    }
    Ok(JsValue::undefined())
}

/// Node's `responseKeepAlive`: the socket goes back to its agent, after the listeners of the response's end.
fn keep_socket(request: &JsObject, message: &JsObject<Message>, cx: &mut Context) -> JsResult<()> {
    let Some(socket) = object_field(request, "socket", cx)? else { return Ok(()) };
    if flag(request, "timeoutCb", cx)? {
        let timeout = timeout_listener(cx)?;
        events::method(&socket, "setTimeout", &[0.into(), timeout.into()], cx)?;
        set(request, "timeoutCb", JsValue::null(), cx)?;
    }
    unlisten(&socket, &["close", "data", "end"], cx)?;
    let listener = error_listener(cx)?;
    events::remove_listener(&socket, js_string!("error"), listener, cx)?;
    let request_of_tick = request.clone();
    Host::of(cx).next_tick_native(move |cx| {
        close(&request_of_tick, cx)?;
        match object_field(&request_of_tick, "socket", cx)? {
            Some(socket) => super::emit_free(&socket, cx),
            None => Ok(()),
        }
    });
    message.borrow_mut().data_mut().destroyed = true;
    if let Some(response) = object_field(request, "res", cx)? {
        // The response no longer has a say over a socket that others use.
        set(&response, "socket", JsValue::null(), cx)?;
    }
    Ok(())
}

fn response_on_timeout(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    let Some(request) = request_of(&socket, cx)? else { return Ok(JsValue::undefined()) };
    if let Some(response) = object_field(&request, "res", cx)? {
        events::emit(&response, js_string!("timeout"), &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn emit_request_timeout(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if let Some(request) = request_of(&socket, cx)? {
        events::emit(&request, js_string!("timeout"), &[], cx)?;
    }
    Ok(JsValue::undefined())
}

/// The socket's `'timeout'` becomes the request's.
pub(super) fn listen_for_timeout(request: &JsObject, cx: &mut Context) -> JsResult<()> {
    if flag(request, "timeoutCb", cx)? {
        return Ok(());
    }
    let listener = timeout_listener(cx)?;
    set(request, "timeoutCb", listener.clone(), cx)?;
    if let Some(socket) = object_field(request, "socket", cx)? {
        return events::once(&socket, js_string!("timeout"), listener, cx);
    }
    let later = coil_engine::table::closure(
        "",
        1,
        listener,
        |_this, args, listener, cx| {
            let socket = args.get_or_undefined(0).to_object(cx)?;
            events::once(&socket, js_string!("timeout"), listener.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(request, js_string!("socket"), later, cx)
}
