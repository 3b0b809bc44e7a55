//! `ClientHttp2Stream` and `session.request`

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors as engine_errors, validate,
};

use super::{HAS_TRAILERS, HTTP2_STREAM, PUSHED, create as create_stream, find, io, server};
use crate::{
    http2::{
        channels, errors,
        headers::{self, Purpose},
        object::{field, flag, option, set, warn_once},
        session::{self, Session},
        settings_object,
        wire::{Field, frame::fault},
    },
    stream,
};

/// `ClientHttp2Stream`
pub(in crate::http2) static CLIENT_HTTP2_STREAM: Class = Class {
    name: "ClientHttp2Stream",
    length: 4,
    extends: Parent::Class(&HTTP2_STREAM),
    kind: Kind::Modern,
    init: |_this, _args, cx| Err(engine_errors::illegal_constructor(cx)),
    prototype: &[],
    statics: &[],
};

/// What begins a request once there is a connection.
pub struct Request {
    fields: Vec<Field>,
    has_body: bool,
}

/// The server has promised a response.
pub fn create_pushed(session: &Rc<Session>, id: u32, cx: &mut Context) -> JsResult<JsObject> {
    let (stream, state) = create_stream(&CLIENT_HTTP2_STREAM, session, id, cx)?;
    state.add(PUSHED);
    Ok(stream)
}

/// `session.request(headers, options)`
pub fn request(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = session::of(this, cx)?;
    session.check_alive(cx)?;
    if session.closed.get() {
        return Err(errors::fixed("ERR_HTTP2_GOAWAY_SESSION", cx));
    }
    session.touch();
    let given = args.get_or_undefined(0);
    let options = settings_object::object_argument(args.get_or_undefined(1), "options", cx)?;
    let (headers, list, method) = request_headers(&session, given, cx)?;
    if !option(options.as_ref(), "weight", cx)?.is_undefined() {
        let message = "Priority signaling has been deprecated as of RFC 9113.";
        warn_once(message, "DeprecationWarning", Some("DEP0194"), cx)?;
    }
    let ends = option(options.as_ref(), "endStream", cx)?;
    let ends = if ends.is_undefined() { matches!(method.as_str(), "GET" | "HEAD" | "DELETE") } else { validate::boolean(&ends, "options.endStream", cx)? };
    for (key, is_number) in [("parent", true), ("exclusive", false), ("silent", false)] {
        let value = option(options.as_ref(), key, cx)?;
        if value.is_undefined() {
            continue;
        }
        if is_number {
            validate::number(&value, "options.parent", cx)?;
        } else {
            validate::boolean(&value, &format!("options.{key}"), cx)?;
        }
    }
    let fields = headers::to_fields(list.as_ref().unwrap_or(&headers), Purpose::Request, session.strict_single, cx)?;
    let (object, state) = create_stream(&CLIENT_HTTP2_STREAM, &session, 0, cx)?;
    continue_event(&object, cx)?;
    *state.sent_headers.borrow_mut() = headers.clone().into();
    *state.scheme.borrow_mut() = field(&headers, ":scheme", cx)?;
    *state.authority.borrow_mut() = server::authority_of(&headers, cx)?;
    if option(options.as_ref(), "waitForTrailers", cx)?.to_boolean() {
        state.add(HAS_TRAILERS);
    }
    let has_body = !ends || state.has(HAS_TRAILERS);
    *state.request.borrow_mut() = Some(Request { fields, has_body });
    if ends {
        stream::end(&object, cx)?;
    }
    let signal = option(options.as_ref(), "signal", cx)?;
    if !signal.is_undefined() {
        validate::abort_signal(&signal, "options.signal", cx)?;
        if let Some(signal) = signal.as_object() {
            abort_with(&signal, &object, cx)?;
        }
    }
    if session.is_connecting(cx)? {
        session.early_requests.borrow_mut().push(object.clone());
    } else {
        begin(&session, &object, cx)?;
    }
    channels::stream("http2.client.stream.created", &object, Some(&headers), None, cx)?;
    Ok(object.into())
}

/// `'continue'` beside `'headers'` for status 100.
fn continue_event(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let listener = coil_engine::table::function(
        |this, args, cx| {
            let headers = args.get_or_undefined(0).to_object(cx)?;
            if field(&headers, ":status", cx)?.as_number() == Some(100.0) {
                let stream = this.to_object(cx)?;
                crate::events::emit(&stream, js_string!("continue"), &[], cx)?;
            }
            Ok(JsValue::undefined())
        },
        js_string!("handleHeaderContinue"),
        1,
        cx,
    );
    crate::events::on(stream, js_string!("headers"), listener, cx)
}

fn abort_with(signal: &JsObject, stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    if flag(signal, "aborted", cx)? {
        let reason = field(signal, "reason", cx)?;
        let error: JsValue = engine_errors::abort_object(None, Some(reason), cx)?.into();
        return stream::destroy_with(stream, &error, cx);
    }
    stream::add_abort_signal(signal, stream, cx)
}

/// The headers of a request with what follows from the session; as a list too, if it was one; and the method.
fn request_headers(session: &Rc<Session>, given: &JsValue, cx: &mut Context) -> JsResult<(JsObject, Option<JsObject>, String)> {
    let is_list = given.as_object().is_some_and(|given| given.is_array());
    let (headers, values) = match given.as_object().filter(|_| is_list) {
        Some(_) => {
            let values = crate::http::elements(given, cx)?.unwrap_or_default();
            if values.len() % 2 == 1 {
                return Err(engine_errors::invalid_arg_value("headers", given, "is invalid", cx));
            }
            (headers::object_of_list(given, &values, cx)?, Some(values))
        }
        None => (server::copied(given, "headers", cx)?, None),
    };
    // What is missing goes in front of a list, so that pseudo-fields stay first.
    let mut missing: Vec<JsValue> = Vec::new();
    let mut add = |key: &'static str, value: JsValue, cx: &mut Context| -> JsResult<()> {
        missing.extend([js_string!(key).into(), value.clone()]);
        set(&headers, key, value, cx)
    };
    let mut method = field(&headers, ":method", cx)?;
    if method.is_null_or_undefined() {
        method = js_string!("GET").into();
        add(":method", method.clone(), cx)?;
    }
    let method = method.to_string(cx)?.to_std_string_lossy();
    let is_connect = method == "CONNECT";
    if !is_connect || !field(&headers, ":protocol", cx)?.is_undefined() {
        if field(&headers, ":authority", cx)?.is_undefined() && field(&headers, "host", cx)?.is_undefined() {
            let authority = session.authority.borrow().clone();
            add(":authority", authority, cx)?;
        }
        if field(&headers, ":scheme", cx)?.is_undefined() {
            let protocol = session.protocol.borrow().as_string().map(|protocol| protocol.to_std_string_escaped()).unwrap_or_default();
            add(":scheme", js_string!(protocol.trim_end_matches(':')).into(), cx)?;
        }
        if field(&headers, ":path", cx)?.is_undefined() {
            add(":path", js_string!("/").into(), cx)?;
        }
    } else {
        if field(&headers, ":authority", cx)?.is_undefined() {
            return Err(errors::fixed("ERR_HTTP2_CONNECT_AUTHORITY", cx));
        }
        if !field(&headers, ":scheme", cx)?.is_undefined() {
            return Err(errors::fixed("ERR_HTTP2_CONNECT_SCHEME", cx));
        }
        if !field(&headers, ":path", cx)?.is_undefined() {
            return Err(errors::fixed("ERR_HTTP2_CONNECT_PATH", cx));
        }
    }
    let list = match values {
        Some(values) => Some(headers::list_like(given, [missing, values].concat(), cx)?),
        None => None,
    };
    Ok((headers, list, method))
}

/// Node's `requestOnConnect`: the request gets its number.
pub fn begin(session: &Rc<Session>, stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(state) = find(stream, cx) else { return Ok(()) };
    if session.destroyed.get() || flag(stream, "destroyed", cx)? {
        return Ok(());
    }
    if session.closed.get() {
        let error = errors::fixed_value("ERR_HTTP2_GOAWAY_SESSION", cx)?;
        return stream::destroy_with(stream, &error, cx);
    }
    let Some(request) = state.request.take() else { return Ok(()) };
    let begun = session.codec.borrow_mut().request(request.fields, request.has_body);
    session.schedule_flush(cx);
    match begun {
        Ok(id) => {
            io::begin(stream, &state, id, cx)?;
            let headers = state.sent_headers.borrow().as_object();
            channels::stream("http2.client.stream.start", stream, headers.as_ref(), None, cx)
        }
        Err(fault::STREAM_ID_NOT_AVAILABLE) => {
            let error = errors::fixed_value("ERR_HTTP2_OUT_OF_STREAMS", cx)?;
            stream::destroy_with(stream, &error, cx)
        }
        Err(fault) => {
            let error = errors::fault(fault, None, cx)?;
            session.destroy(error.into(), JsValue::undefined(), cx)
        }
    }
}
