//! `Http2ServerResponse`

use std::cell::Cell;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string};
use boa_gc::GcRefCell;
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::{self, Member},
    validate,
};

use super::{
    fields::{add_trailers, append_header, check_field, get_header, get_header_names, get_headers, has_header, headers_of, key, name_argument, remove_header, set_header, set_trailer, warn},
    link, listen, request_of, response_of, socket,
};
use crate::{
    events,
    http2::{
        errors,
        object::{field, flag, put},
        stream::{self as http2_stream, HEAD_REQUEST},
    },
    stream,
};

/// `Http2ServerResponse`
pub(in crate::http2) static HTTP2_SERVER_RESPONSE: Class = Class {
    name: "Http2ServerResponse",
    length: 2,
    extends: Parent::Class(&stream::STREAM),
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Member::getter("_header", headers_sent).enumerable(false),
        Member::getter("writableEnded", |this, _args, cx| read(this, cx, |state| state.ending.get().into())).enumerable(false),
        Member::getter("finished", |this, _args, cx| read(this, cx, |state| state.ending.get().into())).enumerable(false),
        Member::getter("socket", socket_of).enumerable(false),
        Member::getter("connection", socket_of).enumerable(false),
        Member::getter("stream", |this, _args, cx| read(this, cx, |state| state.stream.clone().into())).enumerable(false),
        Member::getter("headersSent", headers_sent).enumerable(false),
        Member::accessor("sendDate", |this, _args, cx| read(this, cx, |state| state.send_date.get().into()), set_send_date).enumerable(false),
        Member::accessor("statusCode", |this, _args, cx| read(this, cx, |state| state.status.get().into()), set_status_code).enumerable(false),
        Member::getter("writableCorked", |this, _args, cx| of_stream(this, "writableCorked", cx)).enumerable(false),
        Member::getter("writableHighWaterMark", |this, _args, cx| of_stream(this, "writableHighWaterMark", cx)).enumerable(false),
        Member::getter("writableFinished", |this, _args, cx| of_stream(this, "writableFinished", cx)).enumerable(false),
        Member::getter("writableLength", |this, _args, cx| of_stream(this, "writableLength", cx)).enumerable(false),
        Member::function("setTrailer", 2, set_trailer),
        Member::function("addTrailers", 1, add_trailers),
        Member::function("getHeader", 1, get_header),
        Member::function("getHeaderNames", 0, get_header_names),
        Member::function("getHeaders", 0, get_headers),
        Member::function("hasHeader", 1, has_header),
        Member::function("removeHeader", 1, remove_header),
        Member::function("setHeader", 2, set_header),
        Member::function("appendHeader", 2, append_header),
        Member::accessor("statusMessage", status_message, set_status_message).enumerable(false),
        Member::function("flushHeaders", 0, flush_headers),
        Member::function("writeHead", 3, write_head),
        Member::function("cork", 0, |this, _args, cx| {
            let stream = stream_of(this, cx)?;
            events::method(&stream, "cork", &[], cx)
        }),
        Member::function("uncork", 0, |this, _args, cx| {
            let stream = stream_of(this, cx)?;
            events::method(&stream, "uncork", &[], cx)
        }),
        Member::function("write", 3, write),
        Member::function("end", 3, end),
        Member::function("destroy", 1, destroy),
        Member::function("setTimeout", 2, set_timeout),
        Member::function("createPushResponse", 2, create_push_response),
        Member::function("writeContinue", 0, write_continue),
        Member::function("writeEarlyHints", 1, write_early_hints),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
pub(super) struct ResponseState {
    stream: JsObject,
    pub(super) headers: GcRefCell<JsObject>,
    pub(super) trailers: GcRefCell<JsObject>,
    #[unsafe_ignore_trace]
    closed: Cell<bool>,
    #[unsafe_ignore_trace]
    ending: Cell<bool>,
    #[unsafe_ignore_trace]
    destroyed: Cell<bool>,
    #[unsafe_ignore_trace]
    head_request: Cell<bool>,
    #[unsafe_ignore_trace]
    pub(super) send_date: Cell<bool>,
    #[unsafe_ignore_trace]
    status: Cell<i32>,
}

pub(super) fn find(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<ResponseState>> {
    Slot::<ResponseState>::of(this, "Http2ServerResponse", cx)
}

fn read(this: &JsValue, cx: &mut Context, read: impl FnOnce(&ResponseState) -> JsValue) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let state = state.borrow();
    Ok(read(state.data()))
}

pub(super) fn stream_of(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let state = find(this, cx)?;
    let stream = state.borrow().data().stream.clone();
    Ok(stream)
}

fn of_stream(this: &JsValue, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let stream = stream_of(this, cx)?;
    field(&stream, name, cx)
}

fn is_head(stream: &JsObject, cx: &mut Context) -> bool {
    http2_stream::find(stream, cx).is_some_and(|state| state.has(HEAD_REQUEST))
}

fn headers_sent(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    of_stream(this, "headersSent", cx)
}

pub(super) fn check_not_sent(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    if flag(stream, "headersSent", cx)? { Err(errors::fixed("ERR_HTTP2_HEADERS_SENT", cx)) } else { Ok(()) }
}

/// `new Http2ServerResponse(stream, options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let response = this.to_object(cx)?;
    (stream::STREAM.init)(this, &[args.get_or_undefined(1).clone()], cx)?;
    let source = args.get_or_undefined(0).to_object(cx)?;
    let request = request_of(&source, cx);
    let state = ResponseState {
        stream: source.clone(),
        headers: GcRefCell::new(JsObject::with_null_proto()),
        trailers: GcRefCell::new(JsObject::with_null_proto()),
        closed: Cell::new(false),
        ending: Cell::new(false),
        destroyed: Cell::new(false),
        head_request: Cell::new(false),
        send_date: Cell::new(true),
        status: Cell::new(200),
    };
    Slot::set(&response, state, cx)?;
    put(&response, "writable", true, cx)?;
    put(&response, "req", request.map_or_else(JsValue::undefined, JsValue::from), cx)?;
    {
        let link = link(&source, cx)?;
        *link.borrow().data().response.borrow_mut() = Some(response);
    }
    listen(&source, &[("drain", on_drain), ("close", on_close), ("wantTrailers", on_want_trailers), ("timeout", on_timeout)], cx)?;
    Ok(JsValue::undefined())
}

fn on_drain(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(response) = response_of(&this.to_object(cx)?, cx) {
        events::emit(&response, js_string!("drain"), &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_timeout(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(response) = response_of(&this.to_object(cx)?, cx) {
        events::emit(&response, js_string!("timeout"), &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_want_trailers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = this.to_object(cx)?;
    let trailers = match response_of(&source, cx).and_then(|response| Slot::<ResponseState>::get(&response, cx)) {
        Some(state) => state.borrow().data().trailers.borrow().clone(),
        None => JsObject::with_null_proto(),
    };
    events::method(&source, "sendTrailers", &[trailers.into()], cx)
}

fn on_close(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = this.to_object(cx)?;
    closed(&source, cx)?;
    Ok(JsValue::undefined())
}

fn closed(source: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(response) = response_of(source, cx) else { return Ok(()) };
    let Some(state) = Slot::<ResponseState>::get(&response, cx) else { return Ok(()) };
    // Between the head and the end of an answer to HEAD, the stream is over but the response is not.
    if is_head(source, cx) != state.borrow().data().head_request.get() {
        return Ok(());
    }
    state.borrow().data().closed.set(true);
    {
        let link = link(source, cx)?;
        link.borrow().data().socket.borrow_mut().take();
        link.borrow().data().response.borrow_mut().take();
    }
    events::emit(&response, js_string!("finish"), &[], cx)?;
    events::emit(&response, js_string!("close"), &[], cx).map(drop)
}

fn socket_of(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let (closed, source) = {
        let state = state.borrow();
        (state.data().closed.get(), state.data().stream.clone())
    };
    if closed { Ok(JsValue::undefined()) } else { socket::of(&source, cx) }
}

fn set_send_date(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let on = args.get_or_undefined(0).to_boolean();
    find(this, cx)?.borrow().data().send_date.set(on);
    Ok(JsValue::undefined())
}

fn set_status_code(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let code = given.to_i32(cx)?;
    if (100..200).contains(&code) {
        return Err(errors::fixed("ERR_HTTP2_INFO_STATUS_NOT_ALLOWED", cx));
    }
    if !(100..600).contains(&code) {
        return Err(errors::status_invalid(&code.into(), cx));
    }
    find(this, cx)?.borrow().data().status.set(code);
    Ok(JsValue::undefined())
}

/// HTTP/2 has no status message.
fn status_message(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    warn_of_status_message(cx)?;
    Ok(js_string!("").into())
}

fn set_status_message(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    warn_of_status_message(cx)?;
    Ok(JsValue::undefined())
}

fn warn_of_status_message(cx: &mut Context) -> JsResult<()> {
    warn("Status message is not supported by HTTP/2 (RFC7540 8.1.2.4)", cx)
}

fn flush_headers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let (closed, source) = {
        let state = state.borrow();
        (state.data().closed.get(), state.data().stream.clone())
    };
    if !closed && !flag(&source, "headersSent", cx)? {
        begin_send(this, cx)?;
    }
    Ok(JsValue::undefined())
}

/// Sends the head.
fn begin_send(this: &JsValue, cx: &mut Context) -> JsResult<()> {
    let state = find(this, cx)?;
    let (source, headers, status, ending, send_date) = {
        let state = state.borrow();
        let state = state.data();
        (state.stream.clone(), state.headers.borrow().clone(), state.status.get(), state.ending.get(), state.send_date.get())
    };
    let sent = JsObject::with_null_proto();
    put(&sent, ":status", status, cx)?;
    for (name, value) in crate::http::own_entries(&headers, cx)? {
        sent.create_data_property_or_throw(name, value, cx)?;
    }
    let sensitive = crate::http2::headers::SENSITIVE.to_js(cx);
    let list = headers.get(sensitive.clone(), cx)?;
    if !list.is_undefined() {
        sent.create_data_property_or_throw(sensitive, list, cx)?;
    }
    let options = JsObject::with_object_proto(cx.intrinsics());
    put(&options, "endStream", ending, cx)?;
    put(&options, "waitForTrailers", true, cx)?;
    put(&options, "sendDate", send_date, cx)?;
    events::method(&source, "respond", &[sent.into(), options.into()], cx).map(drop)
}

/// `response.writeHead(statusCode, statusMessage, headers)`
fn write_head(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let (closed, source) = {
        let state = state.borrow();
        (state.data().closed.get(), state.data().stream.clone())
    };
    if closed || flag(&source, "destroyed", cx)? || flag(&source, "closed", cx)? {
        return Ok(this.clone());
    }
    check_not_sent(&source, cx)?;
    let (message, mut headers) = (args.get_or_undefined(1), args.get_or_undefined(2).clone());
    if message.is_string() {
        warn_of_status_message(cx)?;
    }
    if headers.is_undefined() && message.is_object() {
        headers = message.clone();
    }
    let own = this.to_object(cx)?;
    if let Some(list) = crate::http::elements(&headers, cx)? {
        set_list(&own, &headers, list, cx)?;
    } else if let Some(object) = headers.as_object() {
        for (name, value) in crate::http::own_entries(&object, cx)? {
            events::method(&own, "setHeader", &[name.into(), value], cx)?;
        }
        let sensitive = crate::http2::headers::SENSITIVE.to_js(cx);
        let names = object.get(sensitive.clone(), cx)?;
        if !names.is_undefined() {
            let kept = headers_of(this, cx)?;
            kept.set(sensitive, names, true, cx)?;
        }
    }
    set_status_code(this, &[args.get_or_undefined(0).clone()], cx)?;
    begin_send(this, cx)?;
    Ok(this.clone())
}

/// Names and values alternating, or in pairs. Repeated names become lists.
fn set_list(response: &JsObject, given: &JsValue, list: Vec<JsValue>, cx: &mut Context) -> JsResult<()> {
    let mut pairs = Vec::new();
    if list.iter().any(|entry| entry.as_object().is_some_and(|entry| entry.is_array())) {
        for entry in &list {
            let entry = crate::http::elements(entry, cx)?.unwrap_or_default();
            pairs.push((entry.first().cloned().unwrap_or_default(), entry.get(1).cloned().unwrap_or_default()));
        }
    } else {
        if list.len() % 2 == 1 {
            return Err(engine_errors::invalid_arg_value("headers", given, "is invalid", cx));
        }
        pairs.extend(list.chunks_exact(2).map(|pair| (pair[0].clone(), pair[1].clone())));
    }
    let mut seen: Vec<JsString> = Vec::new();
    for (name, value) in pairs {
        let text = name.to_string(cx)?;
        let method = if seen.contains(&text) { "appendHeader" } else { "setHeader" };
        seen.push(text);
        events::method(response, method, &[name, value], cx)?;
    }
    Ok(())
}

/// `response.write(chunk, encoding, callback)`
fn write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let (mut encoding, mut callback) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if encoding.is_callable() {
        callback = std::mem::take(&mut encoding);
    }
    let (source, ending, closed, destroyed) = {
        let state = state.borrow();
        let state = state.data();
        (state.stream.clone(), state.ending.get(), state.closed.get(), state.destroyed.get())
    };
    let refused = if ending {
        Some(engine_errors::stream_write_after_end(cx))
    } else if closed {
        Some(errors::fixed("ERR_HTTP2_INVALID_STREAM", cx))
    } else if destroyed {
        return Ok(false.into());
    } else {
        None
    };
    if let Some(error) = refused {
        let error = error.into_opaque(cx)?;
        if let Some(callback) = callback.as_function() {
            Host::of(cx).next_tick(callback, JsValue::undefined(), vec![error.clone()]);
        }
        let own = this.to_object(cx)?;
        events::method(&own, "destroy", &[error], cx)?;
        return Ok(false.into());
    }
    if !flag(&source, "headersSent", cx)? {
        let status = state.borrow().data().status.get();
        let own = this.to_object(cx)?;
        events::method(&own, "writeHead", &[status.into()], cx)?;
    }
    events::method(&source, "write", &[args.get_or_undefined(0).clone(), encoding, callback], cx)
}

/// `response.end(chunk, encoding, callback)`
fn end(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let own = this.to_object(cx)?;
    let (mut chunk, mut encoding, mut callback) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if chunk.is_callable() {
        callback = std::mem::take(&mut chunk);
    } else if encoding.is_callable() {
        callback = std::mem::take(&mut encoding);
    }
    let (source, over, head) = {
        let state = state.borrow();
        let state = state.data();
        (state.stream.clone(), state.closed.get() || state.ending.get(), state.head_request.get())
    };
    let is_head = is_head(&source, cx);
    if over && head == is_head {
        if let Some(callback) = callback.as_function() {
            Host::of(cx).next_tick(callback, JsValue::undefined(), vec![]);
        }
        return Ok(this.clone());
    }
    if !chunk.is_null_or_undefined() {
        events::method(&own, "write", &[chunk, encoding], cx)?;
    }
    {
        let state = state.borrow();
        state.data().head_request.set(is_head);
        state.data().ending.set(true);
    }
    if callback.is_callable() {
        let emitter = if flag(&source, "writableEnded", cx)? { &own } else { &source };
        events::once(emitter, js_string!("finish"), callback, cx)?;
    }
    if !flag(&source, "headersSent", cx)? {
        let status = state.borrow().data().status.get();
        events::method(&own, "writeHead", &[status.into()], cx)?;
    }
    let is_closed = state.borrow().data().closed.get();
    if is_closed || flag(&source, "destroyed", cx)? {
        closed(&source, cx)?;
    } else {
        stream::end(&source, cx)?;
    }
    Ok(this.clone())
}

fn destroy(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    if state.borrow().data().destroyed.replace(true) {
        return Ok(JsValue::undefined());
    }
    let source = stream_of(this, cx)?;
    stream::destroy_with(&source, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let (closed, source) = {
        let state = state.borrow();
        (state.data().closed.get(), state.data().stream.clone())
    };
    if !closed {
        events::method(&source, "setTimeout", args, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `response.createPushResponse(headers, callback)`
fn create_push_response(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let callback = validate::function(args.get_or_undefined(1), "callback", cx)?;
    let state = find(this, cx)?;
    let (closed, source) = {
        let state = state.borrow();
        (state.data().closed.get(), state.data().stream.clone())
    };
    if closed {
        let error = errors::fixed_value("ERR_HTTP2_INVALID_STREAM", cx)?;
        Host::of(cx).next_tick(callback, JsValue::undefined(), vec![error]);
        return Ok(JsValue::undefined());
    }
    let pushed = table::closure(
        "",
        4,
        callback,
        |_this, args, callback, cx| {
            let error = args.get_or_undefined(0);
            if error.to_boolean() {
                return callback.call(&JsValue::undefined(), std::slice::from_ref(error), cx);
            }
            let response = HTTP2_SERVER_RESPONSE.construct(&[args.get_or_undefined(1).clone()], cx)?;
            callback.call(&JsValue::undefined(), &[JsValue::null(), response.into()], cx)
        },
        cx,
    );
    let options = JsObject::with_object_proto(cx.intrinsics());
    events::method(&source, "pushStream", &[args.get_or_undefined(0).clone(), options.into(), pushed.into()], cx)?;
    Ok(JsValue::undefined())
}

fn write_continue(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let (closed, source) = {
        let state = state.borrow();
        (state.data().closed.get(), state.data().stream.clone())
    };
    if closed || flag(&source, "headersSent", cx)? {
        return Ok(false.into());
    }
    let headers = JsObject::with_object_proto(cx.intrinsics());
    put(&headers, ":status", 100, cx)?;
    events::method(&source, "additionalHeaders", &[headers.into()], cx)?;
    Ok(true.into())
}

fn write_early_hints(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let hints = validate::object(args.get_or_undefined(0), "hints", cx)?;
    let link = field(&hints, "link", cx)?;
    let link = crate::http::link_value(&link, cx)?;
    if link.is_empty() {
        return Ok(false.into());
    }
    let state = find(this, cx)?;
    let (closed, source) = {
        let state = state.borrow();
        (state.data().closed.get(), state.data().stream.clone())
    };
    if closed || flag(&source, "headersSent", cx)? {
        return Ok(false.into());
    }
    let headers = JsObject::with_null_proto();
    for (name, value) in crate::http::own_entries(&hints, cx)? {
        if name != js_string!("link") {
            let name = name_argument(&name.into(), cx)?;
            check_field(&name, &value, cx)?;
            headers.create_data_property_or_throw(key(&name), value, cx)?;
        }
    }
    put(&headers, ":status", 103, cx)?;
    put(&headers, "link", link, cx)?;
    events::method(&source, "additionalHeaders", &[headers.into()], cx)?;
    Ok(true.into())
}
