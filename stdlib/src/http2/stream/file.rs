//! Files as responses.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, errors as engine_errors, table, table::instantiate};

use super::{CLOSED, HAS_TRAILERS, HEAD_REQUEST, SENDS_FILE, SHUT_DOWN, StreamState, find, io, of, server};
use crate::{
    buffer, events,
    http2::{
        errors,
        object::{field, flag, option, put},
        settings_object,
        wire::frame::code,
    },
    stream,
};

/// What a response of a file was asked for with.
struct Wanted {
    headers: JsObject,
    options: Option<JsObject>,
    offset: Option<f64>,
    length: Option<f64>,
}

fn wanted(stream: &JsObject, state: &Rc<StreamState>, headers: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<Wanted> {
    server::check_respond(stream, state, cx)?;
    let options = settings_object::object_argument(options, "options", cx)?;
    let number = |key: &'static str, cx: &mut Context| -> JsResult<Option<f64>> {
        let value = option(options.as_ref(), key, cx)?;
        if !value.is_undefined() && !value.is_number() {
            let reason = "is invalid";
            return Err(engine_errors::invalid_arg_value(&format!("options.{key}"), &value, reason, cx));
        }
        Ok(value.as_number())
    };
    let (offset, length) = (number("offset", cx)?, number("length", cx)?);
    let check = option(options.as_ref(), "statCheck", cx)?;
    if !check.is_undefined() && !check.is_callable() {
        return Err(engine_errors::invalid_arg_value("options.statCheck", &check, "is invalid", cx));
    }
    if option(options.as_ref(), "waitForTrailers", cx)?.to_boolean() {
        state.add(HAS_TRAILERS);
    }
    state.touch();
    let (headers, _) = server::response_headers(headers, true, cx)?;
    let status = field(&headers, ":status", cx)?.to_u32(cx)?;
    if matches!(status, 204 | 205 | 304) {
        return Err(errors::payload_forbidden(status, cx));
    }
    Ok(Wanted { headers, options, offset, length })
}

/// `stream.respondWithFD(fd, headers, options)`
pub fn respond_with_fd(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let stream = this.to_object(cx)?;
    let given = args.get_or_undefined(0);
    server::check_respond(&stream, &state, cx)?;
    let handle = given.as_object();
    let number = match &handle {
        Some(handle) => field(handle, "fd", cx)?,
        None => given.clone(),
    };
    if !number.is_number() {
        return Err(engine_errors::invalid_arg_type("fd", "number|FileHandle", given, cx));
    }
    let wanted = wanted(&stream, &state, args.get_or_undefined(1), args.get_or_undefined(2), cx)?;
    let fd = number.to_i32(cx)?;
    let check = option(wanted.options.as_ref(), "statCheck", cx)?;
    match check.as_function() {
        Some(_) => stat_and_send(&stream, fd, wanted, false, cx)?,
        None => send(&stream, &state, fd, wanted, false, cx)?,
    }
    Ok(JsValue::undefined())
}

/// `stream.respondWithFile(path, headers, options)`
pub fn respond_with_file(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let stream = this.to_object(cx)?;
    let wanted = wanted(&stream, &state, args.get_or_undefined(1), args.get_or_undefined(2), cx)?;
    let fs = instantiate(&crate::fs::MODULE, cx)?;
    let opened = once_native(cx, move |error, value, cx| {
        if !error.is_null_or_undefined() {
            return fail(&stream, &wanted, error, cx);
        }
        let fd = value.to_i32(cx)?;
        let state = find(&stream, cx);
        if flag(&stream, "destroyed", cx)? || state.is_none_or(|state| state.has(CLOSED)) {
            return close_fd(fd, cx);
        }
        stat_and_send(&stream, fd, wanted, true, cx)
    });
    events::method(&fs, "open", &[args.get_or_undefined(0).clone(), js_string!("r").into(), opened], cx)?;
    Ok(JsValue::undefined())
}

/// A function that takes (error, value), once.
fn once_native(cx: &mut Context, then: impl FnOnce(JsValue, JsValue, &mut Context) -> JsResult<()> + 'static) -> JsValue {
    let host = Host::of(cx);
    let waiting = host.state::<Waiting>();
    let id = waiting.next.get();
    waiting.next.set(id + 1);
    waiting.all.borrow_mut().push((id, Box::new(then)));
    table::closure(
        "",
        2,
        id,
        |_this, args, id, cx| {
            let waiting = Host::of(cx).state::<Waiting>();
            let at = waiting.all.borrow().iter().position(|(found, _)| found == id);
            if let Some(at) = at {
                let (_, then) = waiting.all.borrow_mut().swap_remove(at);
                then(args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    )
    .into()
}

/// What waits for an answer of the file system.
#[derive(Default)]
struct Waiting {
    next: std::cell::Cell<u32>,
    all: std::cell::RefCell<Vec<(u32, Then)>>,
}

type Then = Box<dyn FnOnce(JsValue, JsValue, &mut Context) -> JsResult<()>>;

fn close_fd(fd: i32, cx: &mut Context) -> JsResult<()> {
    let fs = instantiate(&crate::fs::MODULE, cx)?;
    let nothing = table::function(|_this, _args, _cx| Ok(JsValue::undefined()), js_string!(""), 0, cx);
    events::method(&fs, "close", &[fd.into(), nothing.into()], cx).map(drop)
}

/// The file cannot be sent: the script says what then, or the stream ends with the error.
fn fail(stream: &JsObject, wanted: &Wanted, error: JsValue, cx: &mut Context) -> JsResult<()> {
    if let Some(handler) = option(wanted.options.as_ref(), "onError", cx)?.as_function() {
        return handler.call(&JsValue::undefined(), &[error], cx).map(drop);
    }
    stream::destroy_with(stream, &error, cx)
}

fn stat_and_send(stream: &JsObject, fd: i32, wanted: Wanted, closes: bool, cx: &mut Context) -> JsResult<()> {
    let fs = instantiate(&crate::fs::MODULE, cx)?;
    let stream = stream.clone();
    let told = once_native(cx, move |error, stat, cx| {
        if !error.is_null_or_undefined() {
            return fail(&stream, &wanted, error, cx);
        }
        with_stat(&stream, fd, wanted, closes, &stat, cx)
    });
    events::method(&fs, "fstat", &[fd.into(), told], cx).map(drop)
}

fn with_stat(stream: &JsObject, fd: i32, mut wanted: Wanted, closes: bool, stat: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(state) = find(stream, cx) else { return Ok(()) };
    let is_over = flag(stream, "destroyed", cx)? || state.has(CLOSED);
    let Some(stat) = stat.as_object().filter(|_| !is_over) else {
        return if closes { close_fd(fd, cx) } else { Ok(()) };
    };
    let is_file = events::method(&stat, "isFile", &[], cx)?.to_boolean();
    if closes && !is_file {
        let is_directory = events::method(&stat, "isDirectory", &[], cx)?.to_boolean();
        let part = wanted.offset.is_some_and(|offset| offset > 0.0) || wanted.length.is_some_and(|length| length >= 0.0);
        if is_directory || part {
            let code = if is_directory { "ERR_HTTP2_SEND_FILE" } else { "ERR_HTTP2_SEND_FILE_NOSEEK" };
            let error = errors::fixed_value(code, cx)?;
            close_fd(fd, cx)?;
            return fail(stream, &wanted, error, cx);
        }
    }
    let seen = JsObject::with_object_proto(cx.intrinsics());
    put(&seen, "offset", wanted.offset.unwrap_or(0.0), cx)?;
    put(&seen, "length", wanted.length.unwrap_or(-1.0), cx)?;
    if let Some(check) = option(wanted.options.as_ref(), "statCheck", cx)?.as_function() {
        let args = [stat.clone().into(), wanted.headers.clone().into(), seen.clone().into()];
        let answer = check.call(&stream.clone().into(), &args, cx)?;
        let is_over = flag(stream, "destroyed", cx)? || state.has(CLOSED);
        if answer.as_boolean() == Some(false) || is_over {
            return if closes { close_fd(fd, cx) } else { Ok(()) };
        }
        wanted.offset = field(&seen, "offset", cx)?.as_number();
        wanted.length = field(&seen, "length", cx)?.as_number();
    }
    if is_file {
        let size = field(&stat, "size", cx)?.to_number(cx)?;
        let offset = wanted.offset.unwrap_or(0.0);
        let rest = (size - offset).max(0.0);
        let length = match wanted.length {
            Some(length) if length >= 0.0 => rest.min(length),
            _ => rest,
        };
        wanted.length = Some(length);
        if field(&wanted.headers, "content-length", cx)?.is_undefined() {
            crate::http2::object::set(&wanted.headers, "content-length", length, cx)?;
        }
    }
    send(stream, &state, fd, wanted, closes, cx)
}

/// Sends the head, and the file behind it.
fn send(stream: &JsObject, state: &Rc<StreamState>, fd: i32, wanted: Wanted, closes: bool, cx: &mut Context) -> JsResult<()> {
    // Symbols and the status are the script's to change until now.
    let status = field(&wanted.headers, ":status", cx)?.to_u32(cx)?;
    if state.has(HEAD_REQUEST) || matches!(status, 204 | 205 | 304) || wanted.length == Some(0.0) {
        let sent = server::send_response(stream, state, (wanted.headers, None), true, cx);
        if closes {
            close_fd(fd, cx)?;
        }
        return match sent {
            Ok(()) => Ok(()),
            Err(error) => {
                let error = error.into_opaque(cx)?;
                stream::destroy_with(stream, &error, cx)
            }
        };
    }
    if let Err(error) = server::send_response(stream, state, (wanted.headers, None), false, cx) {
        if closes {
            close_fd(fd, cx)?;
        }
        let error = error.into_opaque(cx)?;
        return stream::destroy_with(stream, &error, cx);
    }
    let options = JsObject::with_object_proto(cx.intrinsics());
    put(&options, "fd", fd, cx)?;
    put(&options, "autoClose", closes, cx)?;
    if let Some(offset) = wanted.offset.filter(|offset| *offset > 0.0) {
        put(&options, "start", offset, cx)?;
    }
    let start = wanted.offset.unwrap_or(0.0).max(0.0);
    if let Some(length) = wanted.length.filter(|length| *length >= 0.0) {
        put(&options, "start", start, cx)?;
        put(&options, "end", start + length - 1.0, cx)?;
    }
    let fs = instantiate(&crate::fs::MODULE, cx)?;
    let source = events::method(&fs, "createReadStream", &[JsValue::null(), options.into()], cx)?;
    let Some(source) = source.as_object() else { return Ok(()) };
    let failed = table::closure(
        "",
        1,
        stream.clone(),
        |_this, _args, stream, cx| {
            // What is missing is not to look like the end.
            if let Some(state) = find(stream, cx) {
                state.add(SHUT_DOWN);
            }
            super::close(stream, code::INTERNAL_ERROR, super::Reset::Yes, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(&source, js_string!("error"), failed, cx)?;
    // What the script writes or ends from now on has nothing to do with the file.
    state.add(SENDS_FILE);
    stream::end(stream, cx)?;
    if closes {
        let gone = table::closure("", 0, source.clone(), |_this, _args, source, cx| events::method(source, "destroy", &[], cx), cx);
        events::on(stream, js_string!("close"), gone, cx)?;
    }
    pump(&source, stream, cx)
}

/// Sends what a file gives, chunk by chunk, and the end behind it.
fn pump(source: &JsObject, stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let goes_on = table::closure("", 0, source.clone(), |_this, _args, source, cx| events::method(source, "resume", &[], cx), cx);
    let takes = table::closure(
        "",
        1,
        (source.clone(), stream.clone(), goes_on),
        |_this, args, (source, stream, goes_on), cx| {
            let bytes = buffer::bytes_of(args.get_or_undefined(0)).unwrap_or_default();
            events::method(source, "pause", &[], cx)?;
            io::write(stream, bytes, stream::Done::Function(goes_on.clone()), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(source, js_string!("data"), takes, cx)?;
    let ends = table::closure(
        "",
        0,
        stream.clone(),
        |_this, _args, stream, cx| {
            if let Some(state) = find(stream, cx).filter(|state| !state.has(CLOSED)) {
                io::shut_down(stream, &state, cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(source, js_string!("end"), ends, cx)
}
