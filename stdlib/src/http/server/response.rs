//! `http.ServerResponse`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::Member,
    validate,
};

use crate::{
    diagnostics_channel, events,
    http::{
        STATUS_TEXTS, errors,
        outgoing::{
            self, Channel, Message, OUTGOING_MESSAGE, body, fields,
            head::{self, Line, Source},
            state,
        },
        outgoing_fields, text,
        wire::writer,
    },
};

/// `http.ServerResponse`
pub(in crate::http) static SERVER_RESPONSE: Class = Class {
    name: "ServerResponse",
    length: 2,
    extends: Parent::Class(&OUTGOING_MESSAGE),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::function("_finish", 0, finish),
        Member::accessor("statusCode", outgoing::status, outgoing::set_status),
        Member::accessor("statusMessage", outgoing::status_message, outgoing::set_status_message),
        Member::function("assignSocket", 1, assign_socket),
        Member::function("detachSocket", 1, detach_socket),
        Member::function("writeContinue", 1, write_continue),
        Member::function("writeProcessing", 1, write_processing),
        Member::function("writeEarlyHints", 2, write_early_hints),
        Member::function("_implicitHeader", 0, implicit_header),
        Member::function("writeHead", 3, write_head),
        Member::build("writeHeader", write_header),
        // In Node own properties of every response.
        Member::accessor("req", outgoing::request, outgoing::set_request).enumerable(false),
        Member::accessor("_sent100", outgoing::sent_continue, outgoing::set_sent_continue).enumerable(false),
        Member::accessor("_expect_continue", outgoing::expects_continue, outgoing::set_expects_continue).enumerable(false),
    ],
    statics: &[],
};

/// `ServerResponse(req, options)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = outgoing::init(this, args.get_or_undefined(1), cx)?;
    let request = args.get_or_undefined(0).to_object(cx)?;
    let is_head = request.get(js_string!("method"), cx)?.as_string().is_some_and(|method| method == "HEAD");
    let major = request.get(js_string!("httpVersionMajor"), cx)?;
    let minor = request.get(js_string!("httpVersionMinor"), cx)?;
    // A mock without a version compares as not smaller than 1.
    let below = |version: &JsValue| version.as_number().is_some_and(|version| version < 1.0) || version.is_null();
    let old = below(&major) || below(&minor);
    let mut wants_chunks = true;
    if old {
        let headers = request.get(js_string!("headers"), cx)?;
        let te = match headers.as_object() {
            Some(headers) => headers.get(js_string!("te"), cx)?,
            None => JsValue::undefined(),
        };
        let mut bytes = Vec::new();
        text::push_latin1(&mut bytes, &te.to_string(cx)?);
        wants_chunks = writer::has_word(&bytes, b"chunked");
    }
    prepare(message.borrow_mut().data_mut(), is_head, old, wants_chunks, request);
    diagnostics_channel::announce("http.server.response.created", &[("request", args.get_or_undefined(0)), ("response", this)], cx)?;
    Ok(JsValue::undefined())
}

/// What sets a response apart from other outgoing messages.
pub(super) fn prepare(message: &mut Message, is_head: bool, is_old: bool, wants_chunks: bool, request: JsObject) {
    message.frame.has_body = !is_head;
    message.frame.send_date = true;
    if is_old {
        message.frame.chunked_by_default = wants_chunks;
        message.frame.keep_alive = false;
    }
    message.request = Some(request);
}

/// `ServerResponse.prototype._finish`
fn finish(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    body::finish(this, args, cx)
}

/// `ServerResponse.prototype.assignSocket`
fn assign_socket(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let object = this.to_object(cx)?;
    let socket = args.get_or_undefined(0).to_object(cx)?;
    if socket.get(js_string!("_httpMessage"), cx)?.to_boolean() {
        return Err(errors::http_socket_assigned(cx));
    }
    socket.set(js_string!("_httpMessage"), object.clone(), true, cx)?;
    let listener = close_listener(cx)?;
    events::on(&socket, js_string!("close"), listener, cx)?;
    body::set_socket(&message, &socket.clone().into(), cx)?;
    events::emit(&object, js_string!("socket"), &[socket.into()], cx)?;
    body::flush(&object, &message, cx)?;
    Ok(JsValue::undefined())
}

/// `ServerResponse.prototype.detachSocket`
fn detach_socket(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let socket = args.get_or_undefined(0).to_object(cx)?;
    let listener = close_listener(cx)?;
    events::remove_listener(&socket, js_string!("close"), listener, cx)?;
    socket.set(js_string!("_httpMessage"), JsValue::null(), true, cx)?;
    message.borrow_mut().data_mut().channel = Channel::None;
    Ok(JsValue::undefined())
}

/// One function per host, so that it can be removed again.
fn close_listener(cx: &mut Context) -> JsResult<JsObject> {
    let prototype = SERVER_RESPONSE.prototype(cx)?;
    let key = Host::of(cx).named_symbol("onServerResponseClose", cx);
    if let Some(found) = prototype.get(key.clone(), cx)?.as_object() {
        return Ok(found);
    }
    let name = js_string!("onServerResponseClose");
    let made: JsObject = coil_engine::table::function(on_socket_close, name, 0, cx).into();
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(made.clone()).enumerable(false);
    prototype.define_property_or_throw(key, hidden, cx)?;
    Ok(made)
}

fn on_socket_close(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if let Some(message) = socket.get(js_string!("_httpMessage"), cx)?.as_object() {
        emit_close(&message, cx)?;
    }
    Ok(JsValue::undefined())
}

/// Node's `emitCloseNT`: once.
pub(in crate::http) fn emit_close(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    if let Some(message) = state::of(object, cx) {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        if message.closed {
            return Ok(());
        }
        message.destroyed = true;
        message.closed = true;
    }
    events::emit(object, js_string!("close"), &[], cx).map(drop)
}

/// `ServerResponse.prototype.writeContinue`
fn write_continue(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    send_continue(&object, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// Tells the client to send its body.
pub(super) fn send_continue(object: &JsObject, callback: &JsValue, cx: &mut Context) -> JsResult<()> {
    body::write_interim(object, b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), callback, cx)?;
    if let Some(message) = state::of(object, cx) {
        message.borrow_mut().data_mut().sent_continue = true;
    }
    Ok(())
}

/// `ServerResponse.prototype.writeProcessing`
fn write_processing(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    body::write_interim(&object, b"HTTP/1.1 102 Processing\r\n\r\n".to_vec(), args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// `ServerResponse.prototype.writeEarlyHints`
fn write_early_hints(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let hints = validate::object(args.get_or_undefined(0), "hints", cx)?;
    let link = hints.get(js_string!("link"), cx)?;
    if link.is_null_or_undefined() {
        return Ok(JsValue::undefined());
    }
    let link = link_value(&link, cx)?;
    if link.is_empty() {
        return Ok(JsValue::undefined());
    }
    if !text::is_field_value(&link) {
        return Err(errors::invalid_char("header content", Some(&js_string!("Link")), cx));
    }
    let mut bytes = b"HTTP/1.1 103 Early Hints\r\nLink: ".to_vec();
    text::push_latin1(&mut bytes, &link);
    bytes.extend_from_slice(b"\r\n");
    for (name, value) in head::own_entries(&hints, cx)? {
        if name == "link" {
            continue;
        }
        let name = outgoing_fields::validate_name(&name.into(), "Header name", cx)?;
        outgoing_fields::validate_value(&name, &value, cx)?;
        text::push_latin1(&mut bytes, &name);
        bytes.extend_from_slice(b": ");
        text::push_latin1(&mut bytes, &text::of_value(&value, cx)?);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    body::write_interim(&object, bytes, args.get_or_undefined(1), cx)?;
    Ok(JsValue::undefined())
}

/// Node's `validateLinkHeaderValue`: one link, or an array of them.
pub(crate) fn link_value(hints: &JsValue, cx: &mut Context) -> JsResult<JsString> {
    const EXPECTED: &str = "must be an array or string of format \"</styles.css>; rel=preload; as=style\"";
    if let Some(link) = hints.as_string() {
        return if is_link(&link) { Ok(link) } else { Err(engine_errors::invalid_arg_value("hints", hints, EXPECTED, cx)) };
    }
    let Some(links) = outgoing_fields::elements(hints, cx)? else {
        return Err(engine_errors::invalid_arg_value("hints", hints, EXPECTED, cx));
    };
    let mut joined = js_string!("");
    for (at, link) in links.iter().enumerate() {
        let Some(link) = link.as_string().filter(is_link) else {
            return Err(engine_errors::invalid_arg_value("hints", link, EXPECTED, cx));
        };
        joined = if at == 0 { link } else { js_string!(&joined, &js_string!(", "), &link) };
    }
    Ok(joined)
}

/// `<...>` and then parameters `; name`, `; name=value`, `; name="value"`.
fn is_link(link: &JsString) -> bool {
    let text = link.to_std_string_lossy();
    let Some((target, rest)) = text.strip_prefix('<').and_then(|rest| rest.split_once('>')) else { return false };
    if target.is_empty() || text.contains(['\r', '\n']) {
        return false;
    }
    let mut rest = rest;
    while !rest.is_empty() {
        let Some(parameter) = rest.trim_start().strip_prefix(';') else { return false };
        let parameter = parameter.trim_start();
        let name_len = parameter.bytes().take_while(|byte| !matches!(byte, b';' | b'=' | b'"' | b' ' | b'\t')).count();
        if name_len == 0 {
            return false;
        }
        rest = &parameter[name_len..];
        if let Some(value) = rest.strip_prefix('=') {
            rest = match value.strip_prefix('"') {
                Some(quoted) => match quoted.split_once('"') {
                    Some((_, rest)) => rest,
                    None => return false,
                },
                None => &value[value.find(';').unwrap_or(value.len())..],
            };
        }
    }
    true
}

/// `ServerResponse.prototype._implicitHeader`
pub(in crate::http) fn implicit_header(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    implicit(&object, cx)?;
    Ok(JsValue::undefined())
}

/// `this.writeHead(this.statusCode)`, through the script's own `writeHead` where there is one: that is how middleware learns
/// that a head is about to be sent.
pub(in crate::http) fn implicit(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let method = object.get(js_string!("writeHead"), cx)?;
    let status = object.get(js_string!("statusCode"), cx)?;
    if method.as_object().is_some_and(|method| method.is_native_function(write_head)) {
        return store(object, &[status], cx);
    }
    events::call(object, &method, "writeHead", &[status], cx).map(drop)
}

/// `ServerResponse.prototype.writeHead`
fn write_head(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    store(&object, args, cx)?;
    Ok(this.clone())
}

/// `ServerResponse.prototype.writeHeader`: the same under an older name.
fn write_header(cx: &mut Context) -> JsResult<JsValue> {
    crate::util::deprecated(write_head, "writeHead", 3, "ServerResponse.prototype.writeHeader is deprecated.", "DEP0063", cx)
}

fn store(object: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let this = JsValue::from(object.clone());
    let message = state::expect(&this, cx)?;
    if message.borrow().data().head.is_some() {
        return Err(errors::http_headers_sent("write", cx));
    }
    let (given, reason, mut headers) = (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2).clone());
    let status = match given.as_i32() {
        Some(status) => status,
        None => given.to_i32(cx)?,
    };
    if !(100..=999).contains(&status) {
        return Err(errors::http_invalid_status_code(given, cx));
    }
    let status = status as u16;
    match reason.as_string() {
        Some(_) => message.borrow_mut().data_mut().status_message = reason.clone(),
        None => {
            if !message.borrow().data().status_message.to_boolean() {
                let text = STATUS_TEXTS.iter().find(|(code, _)| *code == status).map_or("unknown", |(_, text)| text);
                let text = Host::of(cx).intern(text);
                message.borrow_mut().data_mut().status_message = text.into();
            }
            if headers.is_null_or_undefined() {
                headers = reason.clone();
            }
        }
    }
    message.borrow_mut().data_mut().status = status.into();
    let has_set = message.borrow().data().fields.is_some();
    let source = if has_set {
        merge(&message, &headers, cx)?;
        Source::Set
    } else if headers.to_boolean() {
        Source::Given(headers)
    } else {
        Source::None
    };
    let reason = message.borrow().data().status_message.clone().to_string(cx)?;
    if !text::is_field_value(&reason) {
        return Err(errors::invalid_char("statusMessage", None, cx));
    }
    {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        // These never have a body (RFC 9110 sections 15.2, 15.3.5 and 15.4.5).
        if matches!(status, 204 | 304 | 100..=199) {
            message.frame.has_body = false;
        }
        // A client that asked first and was refused may send its body all the same, where a request is expected.
        if message.expects_continue && !message.sent_continue {
            message.frame.keep_alive = false;
        }
    }
    head::store(object, &message, Line::Status(status, reason), source, cx)
}

/// Fields given to `writeHead` go over those set before.
fn merge(message: &JsObject<Message>, headers: &JsValue, cx: &mut Context) -> JsResult<()> {
    if let Some(list) = outgoing_fields::elements(headers, cx)? {
        if list.len() % 2 != 0 {
            return Err(engine_errors::invalid_arg_value("headers", headers, "is invalid", cx));
        }
        let message_value = JsValue::from(message.clone().upcast());
        for pair in list.chunks_exact(2) {
            fields::remove_header(&message_value, &pair[..1], cx)?;
        }
        for pair in list.chunks_exact(2) {
            if pair[0].to_boolean() {
                fields::append(message, &pair[0], &pair[1], cx)?;
            }
        }
        return Ok(());
    }
    let Some(object) = headers.as_object() else { return Ok(()) };
    for (name, value) in head::own_entries(&object, cx)? {
        if !name.is_empty() {
            fields::set(message, &name.into(), &value, cx)?;
        }
    }
    Ok(())
}
