//! `ServerHttp2Stream`

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::Member,
    validate,
};

use super::{CLOSED, HAS_TRAILERS, HEAD_REQUEST, HEADERS_SENT, HTTP2_STREAM, PUSHED, SERVER, SHUT_DOWN, StreamState, create as create_stream, file, of};
use crate::{
    http::date_now,
    http2::{
        channels, errors,
        headers::{self, Purpose},
        object::{field, flag, set},
        session::Session,
        settings_object,
        wire::frame::fault,
    },
    stream,
};

/// `ServerHttp2Stream`
pub(in crate::http2) static SERVER_HTTP2_STREAM: Class = Class {
    name: "ServerHttp2Stream",
    length: 5,
    extends: Parent::Class(&HTTP2_STREAM),
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[
        Member::getter("pushAllowed", |this, _args, cx| {
            let state = of(this, cx)?;
            let stream = this.to_object(cx)?;
            Ok(push_allowed(&stream, &state, cx)?.into())
        })
        .enumerable(false),
        Member::function("pushStream", 3, push_stream),
        Member::function("respond", 2, respond),
        Member::function("respondWithFD", 3, file::respond_with_fd),
        Member::function("respondWithFile", 3, file::respond_with_file),
        Member::function("additionalHeaders", 1, additional_headers),
    ],
    statics: &[],
};

/// A request came.
pub fn create(session: &Rc<Session>, id: u32, headers: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let (stream, state) = create_stream(&SERVER_HTTP2_STREAM, session, id, cx)?;
    state.add(SERVER);
    *state.scheme.borrow_mut() = field(headers, ":scheme", cx)?;
    *state.authority.borrow_mut() = authority_of(headers, cx)?;
    Ok(stream)
}

/// `:authority`, or `host` where there is none.
pub fn authority_of(headers: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let authority = field(headers, ":authority", cx)?;
    if authority.is_undefined() { field(headers, "host", cx) } else { Ok(authority) }
}

fn push_allowed(stream: &JsObject, state: &Rc<StreamState>, cx: &mut Context) -> JsResult<bool> {
    let Some(session) = state.session().filter(|_| !state.has(CLOSED)) else { return Ok(false) };
    let may = session.codec.borrow().remote_settings().enable_push;
    Ok(may && !session.closed.get() && !session.destroyed.get() && !flag(stream, "destroyed", cx)?)
}

/// A copy of headers that are to be sent, symbols included.
pub fn copied(given: &JsValue, name: &str, cx: &mut Context) -> JsResult<JsObject> {
    let copy = JsObject::with_null_proto();
    if let Some(given) = settings_object::object_argument(given, name, cx)? {
        for (key, value) in crate::http::own_entries(&given, cx)? {
            copy.create_data_property_or_throw(key, value, cx)?;
        }
        let sensitive = headers::SENSITIVE.to_js(cx);
        let list = given.get(sensitive.clone(), cx)?;
        if !list.is_undefined() {
            copy.create_data_property_or_throw(sensitive, list, cx)?;
        }
    }
    Ok(copy)
}

/// `stream.pushStream(headers, options, callback)`
fn push_stream(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let object = this.to_object(cx)?;
    if !push_allowed(&object, &state, cx)? {
        return Err(errors::fixed("ERR_HTTP2_PUSH_DISABLED", cx));
    }
    if state.has(PUSHED) {
        return Err(errors::fixed("ERR_HTTP2_NESTED_PUSH", cx));
    }
    let Some(session) = state.session() else { return Ok(JsValue::undefined()) };
    let (mut options, mut callback) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if options.is_callable() {
        callback = std::mem::take(&mut options);
    }
    let callback = validate::function(&callback, "callback", cx)?;
    settings_object::object_argument(&options, "options", cx)?;
    let headers = copied(args.get_or_undefined(0), "headers", cx)?;
    state.touch();
    let (authority, scheme) = (state.authority.borrow().clone(), state.scheme.borrow().clone());
    for (key, value) in [(":method", js_string!("GET").into()), (":authority", authority), (":scheme", scheme), (":path", js_string!("/").into())] {
        if field(&headers, key, cx)?.is_undefined() {
            set(&headers, key, value, cx)?;
        }
    }
    let method = field(&headers, ":method", cx)?;
    let is_head = method.as_string().is_some_and(|method| method == js_string!("HEAD"));
    let fields = headers::to_fields(&headers, Purpose::Request, session.strict_single, cx)?;
    let promised = session.codec.borrow_mut().push_promise(state.id.get(), &fields);
    session.schedule_flush(cx);
    let undefined = JsValue::undefined();
    let id = match promised {
        Ok(id) => id,
        Err(fault) => {
            let error = match fault {
                fault::STREAM_ID_NOT_AVAILABLE => errors::fixed_value("ERR_HTTP2_OUT_OF_STREAMS", cx)?,
                fault => errors::fault(fault, None, cx)?.into(),
            };
            Host::of(cx).next_tick(callback, undefined, vec![error]);
            return Ok(JsValue::undefined());
        }
    };
    let (pushed, pushed_state) = create_stream(&SERVER_HTTP2_STREAM, &session, id, cx)?;
    session.count_stream();
    pushed_state.add(SERVER | PUSHED);
    *pushed_state.scheme.borrow_mut() = field(&headers, ":scheme", cx)?;
    *pushed_state.authority.borrow_mut() = authority_of(&headers, cx)?;
    *pushed_state.sent_headers.borrow_mut() = headers.clone().into();
    // The peer has nothing to say on it.
    stream::push(&pushed, None, cx)?;
    if is_head {
        pushed_state.add(HEAD_REQUEST);
        stream::end(&pushed, cx)?;
    }
    channels::stream("http2.server.stream.created", &pushed, Some(&headers), None, cx)?;
    let args = vec![JsValue::null(), pushed.clone().into(), headers.clone().into(), 0.into()];
    Host::of(cx).next_tick(callback, undefined, args);
    channels::stream("http2.server.stream.start", &pushed, Some(&headers), None, cx)?;
    Ok(JsValue::undefined())
}

/// A response that may begin.
pub fn check_respond(stream: &JsObject, state: &Rc<StreamState>, cx: &mut Context) -> JsResult<()> {
    if flag(stream, "destroyed", cx)? || state.has(CLOSED) {
        return Err(errors::fixed("ERR_HTTP2_INVALID_STREAM", cx));
    }
    if state.has(HEADERS_SENT) {
        return Err(errors::fixed("ERR_HTTP2_HEADERS_SENT", cx));
    }
    Ok(())
}

/// `stream.respond(headers, options)`
fn respond(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let object = this.to_object(cx)?;
    check_respond(&object, &state, cx)?;
    let options = settings_object::object_argument(args.get_or_undefined(1), "options", cx)?;
    state.touch();
    let get = |key: &'static str, cx: &mut Context| match &options {
        Some(options) => field(options, key, cx),
        None => Ok(JsValue::undefined()),
    };
    let mut ends = get("endStream", cx)?.to_boolean();
    if get("waitForTrailers", cx)?.to_boolean() {
        state.add(HAS_TRAILERS);
    }
    let sends_date = get("sendDate", cx)?;
    let headers = response_headers(args.get_or_undefined(0), sends_date.as_boolean() != Some(false), cx)?;
    let status = field(&headers.0, ":status", cx)?.to_u32(cx)?;
    // Some responses have no body.
    ends |= matches!(status, 204 | 205 | 304) || state.has(HEAD_REQUEST);
    send_response(&object, &state, headers, ends, cx)?;
    Ok(JsValue::undefined())
}

/// The head of a response: what is given, with a status and a date. The second object is the list it was given as, if it was one.
pub fn response_headers(given: &JsValue, sends_date: bool, cx: &mut Context) -> JsResult<(JsObject, Option<JsObject>)> {
    if let Some(list) = given.as_object().filter(JsObject::is_array) {
        return raw_response_headers(&list, sends_date, cx);
    }
    let headers = copied(given, "headers", cx)?;
    let mut status = field(&headers, ":status", cx)?;
    if status.is_null_or_undefined() {
        status = 200.into();
    }
    let number = status.to_integer_or_infinity(cx)?;
    let number = match number {
        boa_engine::value::IntegerOrInfinity::Integer(number) => number as f64,
        _ => f64::NAN,
    };
    set(&headers, ":status", number as u32, cx)?;
    if sends_date && field(&headers, "date", cx)?.is_null_or_undefined() {
        let date = date_now(cx);
        set(&headers, "date", date, cx)?;
    }
    check_status(number, &status, cx)?;
    Ok((headers, None))
}

/// The same of names and values, alternating.
fn raw_response_headers(list: &JsObject, sends_date: bool, cx: &mut Context) -> JsResult<(JsObject, Option<JsObject>)> {
    let given: JsValue = list.clone().into();
    let mut values = crate::http::elements(&given, cx)?.unwrap_or_default();
    if values.len() % 2 == 1 {
        return Err(engine_errors::invalid_arg_value("headers", &given, "is invalid", cx));
    }
    let headers = headers::object_of_list(&given, &values, cx)?;
    let (mut has_status, mut has_date) = (false, false);
    for pair in values.chunks_exact(2) {
        let name = pair[0].to_string(cx)?.to_std_string_lossy().to_lowercase();
        has_status |= name == ":status";
        has_date |= name == "date";
    }
    if !has_status {
        set(&headers, ":status", 200, cx)?;
        values.extend([js_string!(":status").into(), js_string!("200").into()]);
    }
    if sends_date && !has_date {
        let date = date_now(cx);
        set(&headers, "date", date.clone(), cx)?;
        values.extend([js_string!("date").into(), date.into()]);
    }
    let status = field(&headers, ":status", cx)?;
    let number = status.to_number(cx)?;
    check_status(number, &status, cx)?;
    let list = headers::list_like(&given, values, cx)?;
    Ok((headers, Some(list)))
}

fn check_status(number: f64, given: &JsValue, cx: &mut Context) -> JsResult<()> {
    if (200.0..600.0).contains(&number) {
        return Ok(());
    }
    if (100.0..200.0).contains(&number) {
        return Err(errors::fixed("ERR_HTTP2_INFO_STATUS_NOT_ALLOWED", cx));
    }
    Err(errors::status_invalid(given, cx))
}

/// Sends a head; `ends` says that nothing follows.
pub fn send_response(stream: &JsObject, state: &Rc<StreamState>, headers: (JsObject, Option<JsObject>), ends: bool, cx: &mut Context) -> JsResult<()> {
    let Some(session) = state.session() else { return Ok(()) };
    let (headers, list) = headers;
    let fields = headers::to_fields(list.as_ref().unwrap_or(&headers), Purpose::Response, session.strict_single, cx)?;
    *state.sent_headers.borrow_mut() = headers.clone().into();
    state.add(HEADERS_SENT);
    if ends {
        // Where nothing follows, trailers do not either.
        state.clear(HAS_TRAILERS);
        stream::end(stream, cx)?;
    }
    session.codec.borrow_mut().respond(state.id.get(), &fields, !ends);
    if state.has(SHUT_DOWN) {
        session.codec.borrow_mut().end(state.id.get(), state.has(HAS_TRAILERS));
    }
    session.schedule_flush(cx);
    channels::stream("http2.server.stream.finish", stream, Some(&headers), Some(0), cx)
}

/// Data is written before a head: it gets the usual one.
pub fn respond_implicitly(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    crate::events::method(stream, "respond", &[], cx).map(drop)
}

/// `stream.additionalHeaders(headers)`
fn additional_headers(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let object = this.to_object(cx)?;
    if flag(&object, "destroyed", cx)? || state.has(CLOSED) {
        return Err(errors::fixed("ERR_HTTP2_INVALID_STREAM", cx));
    }
    if state.has(HEADERS_SENT) {
        return Err(errors::fixed("ERR_HTTP2_HEADERS_AFTER_RESPOND", cx));
    }
    let headers = copied(args.get_or_undefined(0), "headers", cx)?;
    let status = field(&headers, ":status", cx)?;
    if !status.is_null_or_undefined() {
        let number = status.to_i32(cx)?;
        set(&headers, ":status", number, cx)?;
        if number == 101 {
            return Err(errors::fixed("ERR_HTTP2_STATUS_101", cx));
        }
        if !(100..200).contains(&number) {
            return Err(errors::invalid_info_status(&number.into(), cx));
        }
    }
    state.touch();
    let Some(session) = state.session() else { return Ok(JsValue::undefined()) };
    let fields = headers::to_fields(&headers, Purpose::Response, session.strict_single, cx)?;
    let known = state.sent_info.borrow().clone();
    match known.as_object() {
        Some(list) => drop(crate::events::method(&list, "push", &[headers.into()], cx)?),
        None => *state.sent_info.borrow_mut() = boa_engine::object::builtins::JsArray::from_values(vec![headers.into()], cx).into(),
    }
    session.codec.borrow_mut().inform(state.id.get(), &fields);
    session.schedule_flush(cx);
    Ok(JsValue::undefined())
}
