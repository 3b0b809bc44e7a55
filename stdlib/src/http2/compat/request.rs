//! `Http2ServerRequest`

use std::cell::Cell;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsArray};
use boa_gc::GcRefCell;
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    errors as engine_errors,
    table::{self, Member},
    validate,
};

use super::{link, listen, request_of, socket};
use crate::{
    events,
    http2::{
        object::{copy, field, flag, put, set},
        stream::server::authority_of,
    },
    stream,
};

/// `Http2ServerRequest`
pub(in crate::http2) static HTTP2_SERVER_REQUEST: Class = Class {
    name: "Http2ServerRequest",
    length: 4,
    extends: Parent::Class(&stream::READABLE),
    kind: Kind::Modern,
    init: construct,
    prototype: &[
        Member::getter("aborted", |this, _args, cx| read(this, cx, |state| state.aborted.get().into())).enumerable(false),
        Member::getter("complete", complete).enumerable(false),
        Member::getter("stream", |this, _args, cx| read(this, cx, |state| state.stream.clone().into())).enumerable(false),
        Member::getter("headers", |this, _args, cx| read(this, cx, |state| state.headers.clone())).enumerable(false),
        Member::getter("rawHeaders", |this, _args, cx| read(this, cx, |state| state.raw_headers.clone())).enumerable(false),
        Member::getter("trailers", |this, _args, cx| read(this, cx, |state| state.trailers.clone().into())).enumerable(false),
        Member::getter("rawTrailers", |this, _args, cx| read(this, cx, |state| state.raw_trailers.borrow().clone())).enumerable(false),
        Member::getter("httpVersionMajor", |_this, _args, _cx| Ok(2.into())).enumerable(false),
        Member::getter("httpVersionMinor", |_this, _args, _cx| Ok(0.into())).enumerable(false),
        Member::getter("httpVersion", |_this, _args, _cx| Ok(js_string!("2.0").into())).enumerable(false),
        Member::getter("socket", socket_of).enumerable(false),
        Member::getter("connection", socket_of).enumerable(false),
        Member::function("_read", 1, read_hook),
        Member::accessor("method", |this, _args, cx| header(this, ":method", cx), set_method).enumerable(false),
        Member::getter("authority", |this, _args, cx| {
            let headers = headers_of(this, cx)?;
            authority_of(&headers, cx)
        })
        .enumerable(false),
        Member::getter("scheme", |this, _args, cx| header(this, ":scheme", cx)).enumerable(false),
        Member::accessor("url", url, set_url).enumerable(false),
        Member::function("setTimeout", 2, set_timeout),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct RequestState {
    stream: JsObject,
    headers: JsValue,
    raw_headers: JsValue,
    trailers: JsObject,
    raw_trailers: GcRefCell<JsValue>,
    url: GcRefCell<Option<JsValue>>,
    #[unsafe_ignore_trace]
    aborted: Cell<bool>,
    #[unsafe_ignore_trace]
    closed: Cell<bool>,
    #[unsafe_ignore_trace]
    did_read: Cell<bool>,
}

fn find(this: &JsValue, cx: &mut Context) -> JsResult<JsObject<RequestState>> {
    Slot::<RequestState>::of(this, "Http2ServerRequest", cx)
}

fn read(this: &JsValue, cx: &mut Context, read: impl FnOnce(&RequestState) -> JsValue) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let state = state.borrow();
    Ok(read(state.data()))
}

fn stream_of(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let state = find(this, cx)?;
    let stream = state.borrow().data().stream.clone();
    Ok(stream)
}

fn headers_of(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let state = find(this, cx)?;
    let headers = state.borrow().data().headers.clone();
    headers.to_object(cx)
}

fn header(this: &JsValue, name: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let headers = headers_of(this, cx)?;
    field(&headers, name, cx)
}

/// `new Http2ServerRequest(stream, headers, options, rawHeaders)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let request = this.to_object(cx)?;
    let source = args.get_or_undefined(0).to_object(cx)?;
    let given = args.get_or_undefined(2).as_object();
    let options = JsObject::with_object_proto(cx.intrinsics());
    put(&options, "autoDestroy", false, cx)?;
    let given = copy(given.as_ref(), cx)?;
    for (key, value) in crate::http::own_entries(&given, cx)? {
        options.create_data_property_or_throw(key, value, cx)?;
    }
    stream::init_readable(&request, &options.into(), cx)?;
    let trailers = JsObject::with_object_proto(cx.intrinsics());
    let raw_trailers = JsArray::from_values(Vec::new(), cx);
    let state = RequestState {
        stream: source.clone(),
        headers: args.get_or_undefined(1).clone(),
        raw_headers: args.get_or_undefined(3).clone(),
        trailers,
        raw_trailers: GcRefCell::new(raw_trailers.into()),
        url: GcRefCell::new(None),
        aborted: Cell::new(false),
        closed: Cell::new(false),
        did_read: Cell::new(false),
    };
    Slot::set(&request, state, cx)?;
    *link(&source, cx)?.borrow().data().request.borrow_mut() = Some(request.clone());
    listen(&source, &[("trailers", on_trailers), ("end", on_end), ("error", ignore), ("aborted", on_aborted), ("close", on_close), ("timeout", on_timeout)], cx)?;
    listen(&request, &[("pause", on_pause), ("resume", on_resume)], cx)?;
    Ok(JsValue::undefined())
}

/// Errors of the stream are not the request's.
fn ignore(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}

/// The request of a stream that emits, and its state.
fn of_stream(this: &JsValue, cx: &mut Context) -> Option<(JsObject, JsObject<RequestState>)> {
    let request = request_of(&this.as_object()?, cx)?;
    let state = Slot::<RequestState>::get(&request, cx)?;
    Some((request, state))
}

fn on_trailers(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some((_, state)) = of_stream(this, cx) else { return Ok(JsValue::undefined()) };
    let trailers = state.borrow().data().trailers.clone();
    if let Some(given) = args.get_or_undefined(0).as_object() {
        for (key, value) in crate::http::own_entries(&given, cx)? {
            trailers.create_data_property_or_throw(key, value, cx)?;
        }
    }
    let raw = args.get_or_undefined(2).clone();
    if !raw.is_undefined() {
        *state.borrow().data().raw_trailers.borrow_mut() = raw;
    }
    Ok(JsValue::undefined())
}

fn on_end(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some((request, _)) = of_stream(this, cx) {
        stream::push(&request, None, cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_aborted(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some((request, state)) = of_stream(this, cx) {
        state.borrow().data().aborted.set(true);
        events::emit(&request, js_string!("aborted"), &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_close(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some((request, state)) = of_stream(this, cx) else { return Ok(JsValue::undefined()) };
    state.borrow().data().closed.set(true);
    let ended = stream::readable_state(&request, cx)?.is_some_and(|readable| readable.is_ended());
    if !ended {
        stream::push(&request, None, cx)?;
    }
    // What nobody read is dropped.
    if !state.borrow().data().did_read.get() {
        stream::resume(&request, cx)?;
    }
    let source = this.to_object(cx)?;
    let link = link(&source, cx)?;
    link.borrow().data().socket.borrow_mut().take();
    link.borrow().data().request.borrow_mut().take();
    events::emit(&request, js_string!("close"), &[], cx)?;
    Ok(JsValue::undefined())
}

fn on_timeout(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some((request, _)) = of_stream(this, cx) {
        events::emit(&request, js_string!("timeout"), &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_pause(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = stream_of(this, cx)?;
    stream::pause(&source, cx)?;
    Ok(JsValue::undefined())
}

fn on_resume(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = stream_of(this, cx)?;
    stream::resume(&source, cx)?;
    Ok(JsValue::undefined())
}

fn on_data(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some((request, _)) = of_stream(this, cx)
        && !stream::push(&request, Some(args.get_or_undefined(0).clone().into()), cx)?
    {
        let source = this.to_object(cx)?;
        stream::pause(&source, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `_read`: the stream flows into the request.
fn read_hook(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let source = state.borrow().data().stream.clone();
    if !state.borrow().data().did_read.replace(true) {
        let listener = table::function(on_data, js_string!("onStreamData"), 1, cx);
        events::on(&source, js_string!("data"), listener, cx)?;
    } else {
        Host::of(cx).next_tick_native(move |cx| stream::resume(&source, cx));
    }
    Ok(JsValue::undefined())
}

fn complete(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    let (done, source) = {
        let state = state.borrow();
        let state = state.data();
        (state.aborted.get() || state.closed.get(), state.stream.clone())
    };
    let own = this.to_object(cx)?;
    Ok((done || flag(&own, "readableEnded", cx)? || flag(&source, "destroyed", cx)?).into())
}

fn socket_of(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = stream_of(this, cx)?;
    socket::of(&source, cx)
}

fn set_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let method = validate::string(given, "method", cx)?;
    if method.to_std_string_lossy().trim().is_empty() {
        return Err(engine_errors::invalid_arg_value("method", given, "is invalid", cx));
    }
    let headers = headers_of(this, cx)?;
    set(&headers, ":method", method, cx)?;
    Ok(JsValue::undefined())
}

fn url(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let own = {
        let state = find(this, cx)?;
        let url = state.borrow().data().url.borrow().clone();
        url
    };
    match own {
        Some(url) => Ok(url),
        None => header(this, ":path", cx),
    }
}

fn set_url(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = find(this, cx)?;
    *state.borrow().data().url.borrow_mut() = Some(args.get_or_undefined(0).clone());
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
    Ok(this.clone())
}
