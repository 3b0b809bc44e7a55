//! `Readable.toWeb`, `Writable.toWeb` and `Duplex.toWeb`: Node's streams seen as the web's.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsUint8Array};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    errors::{self, Base},
    table, validate,
};

use super::{
    destroy,
    end_of_stream::{self, Options},
    kinds, readable,
    writable_state::Callback,
};
use crate::{
    buffer, events,
    web_streams::{self, ByteController, DefaultController, Deferred, NativeSink, NativeSource, Rs, Sink, Size, Source, Ws},
};

/// The controller of the web's side.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
enum Controller {
    Default(Gc<DefaultController>),
    Byte(Gc<ByteController>),
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Reading {
    stream: JsObject,
    controller: GcRefCell<Option<Controller>>,
    #[unsafe_ignore_trace]
    cancelled: Cell<bool>,
    #[unsafe_ignore_trace]
    object_mode: bool,
}

/// `Readable.toWeb(streamReadable[, options])`
pub(super) fn readable_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = validate::options(args.get_or_undefined(1), "options", cx)?;
    let stream = of_readable(args.get_or_undefined(0), options.as_ref(), "type", cx)?;
    web_streams::readable_value(&stream, cx)
}

/// `Writable.toWeb(streamWritable)`
pub(super) fn writable_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = of_writable(args.get_or_undefined(0), cx)?;
    web_streams::writable_value(&stream, cx)
}

/// `Duplex.toWeb(duplex[, options])`
pub(super) fn duplex_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let duplex = args.get_or_undefined(0);
    let options = validate::options(args.get_or_undefined(1), "options", cx)?;
    let object = duplex.as_object();
    let has = |key: &'static str, cx: &mut Context| -> JsResult<bool> {
        match &object {
            Some(object) => Ok(object.get(js_string!(key), cx)?.is_object()),
            None => Ok(false),
        }
    };
    if !has("_writableState", cx)? || !has("_readableState", cx)? {
        return Err(errors::invalid_arg_type("duplex", "stream.Duplex", duplex, cx));
    }
    let key = match &options {
        Some(options) if !options.get(js_string!("readableType"), cx)?.is_undefined() => "readableType",
        _ => "type",
    };
    let destroyed = kinds::is_destroyed(duplex, cx)? == Some(true);
    let writable = if !destroyed && kinds::is_writable(duplex, cx)? == Some(true) { of_writable(duplex, cx)? } else { closed_writable(cx)? };
    let readable = if !destroyed && kinds::is_readable(duplex, cx)? == Some(true) { of_readable(duplex, options.as_ref(), key, cx)? } else { closed_readable(false, cx)? };
    let pair = JsObject::with_object_proto(cx.intrinsics());
    let (writable, readable) = (web_streams::writable_value(&writable, cx)?, web_streams::readable_value(&readable, cx)?);
    pair.create_data_property_or_throw(js_string!("writable"), writable, cx)?;
    pair.create_data_property_or_throw(js_string!("readable"), readable, cx)?;
    Ok(pair.into())
}

fn closed_readable(bytes: bool, cx: &mut Context) -> JsResult<Rs> {
    let stream = if bytes {
        let stream = web_streams::blank(cx)?;
        web_streams::set_up_bytes(&stream, Source::Nothing, 0.0, None, |_, _| Ok(JsValue::undefined()), cx)?;
        stream
    } else {
        web_streams::with_source(Source::Nothing, 1.0, Size::One, cx)?.0
    };
    web_streams::cancel(&stream, JsValue::undefined(), cx)?;
    Ok(stream)
}

fn closed_writable(cx: &mut Context) -> JsResult<Ws> {
    let stream = web_streams::with_sink(Sink::Nothing, 1.0, Size::One, JsValue::undefined(), cx)?;
    web_streams::close_writable(&stream, cx)?;
    Ok(stream)
}

/// What the web calls Node's errors: a stream that closed too early was aborted, bad compressed data is a TypeError.
fn known(error: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = error.as_object() else { return Ok(error.clone()) };
    let code = object.get(js_string!("code"), cx)?;
    let Some(code) = code.as_string() else { return Ok(error.clone()) };
    let code = code.to_std_string_lossy();
    if code == "ERR_STREAM_PREMATURE_CLOSE" {
        return Ok(errors::abort_object(None, Some(error.clone()), cx)?.into());
    }
    if code.starts_with("Z_") || code.starts_with("ERR__ERROR_FORMAT") {
        let made = errors::plain(Base::Type, "").into_opaque(cx)?.to_object(cx)?;
        made.create_data_property_or_throw(js_string!("code"), js_string!(code.as_str()), cx)?;
        let hidden = boa_engine::property::PropertyDescriptor::builder().value(error.clone()).writable(true).enumerable(false).configurable(true);
        made.define_property_or_throw(js_string!("cause"), hidden, cx)?;
        return Ok(made.into());
    }
    Ok(error.clone())
}

/// A web stream of what a Readable gives.
pub(crate) fn of_readable(stream: &JsValue, options: Option<&JsObject>, type_key: &'static str, cx: &mut Context) -> JsResult<Rs> {
    let object = stream.as_object();
    let is_readable = match &object {
        Some(object) => object.get(js_string!("_readableState"), cx)?.is_object(),
        None => false,
    };
    let Some(object) = object.filter(|_| is_readable) else { return Err(errors::invalid_arg_type("streamReadable", "stream.Readable", stream, cx)) };
    let (kind, strategy) = match options {
        Some(options) => (options.get(js_string!(type_key), cx)?, options.get(js_string!("strategy"), cx)?),
        None => Default::default(),
    };
    let bytes = kind.as_string().is_some_and(|kind| kind == boa_engine::js_str!("bytes"));
    if !kind.is_undefined() && !bytes {
        return Err(errors::invalid_arg_value(&format!("options.{type_key}"), &kind, "must be one of: 'bytes', undefined", cx));
    }
    if kinds::is_destroyed(stream, cx)? == Some(true) || kinds::is_readable(stream, cx)? != Some(true) {
        return closed_readable(bytes, cx);
    }
    let object_mode = object.get(js_string!("readableObjectMode"), cx)?.to_boolean();
    let mark = object.get(js_string!("readableHighWaterMark"), cx)?.to_number(cx)?;
    let data = JsObject::new_unique(None, Reading { stream: object.clone(), controller: GcRefCell::new(None), cancelled: Cell::new(false), object_mode });
    let shared = data.clone().upcast();
    events::method(&object, "pause", &[], cx)?;
    end_of_stream::wait(stream, Options::default(), Callback::Native(read_ended, shared.clone()), cx)?;
    let listener = table::closure(
        "onData",
        1,
        shared.clone(),
        |_this, args, data, cx| {
            took(data, args.get_or_undefined(0), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(&object, js_string!("data"), listener, cx)?;
    let source = Source::Native(NativeSource { data: shared, pull: resume, cancel: cancelled });
    let (made, controller) = if bytes {
        let made = web_streams::blank(cx)?;
        let controller = web_streams::set_up_bytes(&made, source, mark, None, |_, _| Ok(JsValue::undefined()), cx)?;
        (made, Controller::Byte(controller))
    } else {
        let (mark, size) = if strategy.is_undefined() { (mark, if object_mode { Size::One } else { web_streams::byte_length(cx) }) } else { web_streams::read_strategy(&strategy, cx)? };
        let (made, controller) = web_streams::with_source(source, mark, size, cx)?;
        (made, Controller::Default(controller))
    };
    *data.borrow().data().controller.borrow_mut() = Some(controller);
    Ok(made)
}

fn reading(data: &JsObject) -> Option<(JsObject, Option<Controller>, bool)> {
    let data = data.downcast_ref::<Reading>()?;
    Some((data.stream.clone(), data.controller.borrow().clone(), data.object_mode))
}

fn took(data: &JsObject, chunk: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some((stream, Some(controller), object_mode)) = reading(data) else { return Ok(()) };
    let mut chunk = chunk.clone();
    // A Buffer may lie in the pool: its reader gets memory of its own.
    if !object_mode && super::chunk::is_buffer(&chunk, cx)? {
        let bytes = buffer::bytes_of(&chunk).unwrap_or_default();
        chunk = JsUint8Array::from_bytes(&bytes, cx)?.into();
    }
    let room = match controller {
        Controller::Default(controller) => {
            web_streams::enqueue(&controller, chunk, cx)?;
            web_streams::desired_size(&*controller)
        }
        Controller::Byte(controller) => {
            web_streams::enqueue_bytes(&controller, &chunk, cx)?;
            web_streams::desired_size(&*controller)
        }
    };
    if room.is_none_or(|room| room <= 0.0) {
        readable::pause(&stream, cx)?;
    }
    Ok(())
}

fn read_ended(data: &JsObject, error: JsValue, cx: &mut Context) -> JsResult<()> {
    let Some((stream, controller, _)) = reading(data) else { return Ok(()) };
    let error = known(&error, cx)?;
    ignore_errors(&stream, cx)?;
    let Some(controller) = controller else { return Ok(()) };
    if error.to_boolean() {
        return match controller {
            Controller::Default(controller) => web_streams::error_controller(&controller, &error, cx),
            Controller::Byte(controller) => web_streams::error_bytes(&controller, &error, cx),
        };
    }
    if data.downcast_ref::<Reading>().is_some_and(|data| data.cancelled.get()) {
        return Ok(());
    }
    match controller {
        Controller::Default(controller) => web_streams::close_controller(&controller, cx),
        Controller::Byte(controller) => web_streams::close_bytes(&controller, cx),
    }
}

/// Old streams emit errors after their end.
fn ignore_errors(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let nothing = table::function(|_this, _args, _cx| Ok(JsValue::undefined()), js_string!(""), 0, cx);
    events::on(stream, js_string!("error"), nothing, cx)
}

fn resume(data: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    if let Some((stream, _, _)) = reading(data) {
        readable::resume(&stream, cx)?;
    }
    Ok(JsValue::undefined())
}

fn cancelled(data: &JsObject, reason: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if let Some((stream, _, _)) = reading(data) {
        if let Some(data) = data.downcast_ref::<Reading>() {
            data.cancelled.set(true);
        }
        destroy::destroyer(&stream.into(), &reason, cx)?;
    }
    Ok(JsValue::undefined())
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Writing {
    stream: JsObject,
    web: GcRefCell<Option<Ws>>,
    backpressure: GcRefCell<Option<Deferred>>,
    closed: GcRefCell<Option<Deferred>>,
}

/// A web stream into a Writable.
pub(crate) fn of_writable(stream: &JsValue, cx: &mut Context) -> JsResult<Ws> {
    let object = stream.as_object();
    let is_writable = match &object {
        Some(object) => object.get(js_string!("_writableState"), cx)?.is_object() || object.get(js_string!("write"), cx)?.is_callable() && object.get(js_string!("on"), cx)?.is_callable(),
        None => false,
    };
    let Some(object) = object.filter(|_| is_writable) else { return Err(errors::invalid_arg_type("streamWritable", "stream.Writable", stream, cx)) };
    if kinds::is_destroyed(stream, cx)? == Some(true) || kinds::is_writable(stream, cx)? != Some(true) {
        return closed_writable(cx);
    }
    let mark = object.get(js_string!("writableHighWaterMark"), cx)?.to_number(cx)?;
    let data = JsObject::new_unique(None, Writing { stream: object.clone(), web: GcRefCell::new(None), backpressure: GcRefCell::new(None), closed: GcRefCell::new(None) });
    let shared = data.clone().upcast();
    end_of_stream::wait(stream, Options::default(), Callback::Native(write_ended, shared.clone()), cx)?;
    let drained = table::closure(
        "onDrain",
        0,
        shared.clone(),
        |_this, _args, data, cx| {
            let waiting = data.downcast_ref::<Writing>().and_then(|data| data.backpressure.borrow_mut().take());
            if let Some(waiting) = waiting {
                waiting.resolve(JsValue::undefined(), cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::on(&object, js_string!("drain"), drained, cx)?;
    let sink = Sink::Native(NativeSink { data: shared, write, close, abort });
    let web = web_streams::with_sink(sink, mark, Size::One, JsValue::undefined(), cx)?;
    *data.borrow().data().web.borrow_mut() = Some(web.clone());
    Ok(web)
}

fn stream_of(data: &JsObject) -> Option<JsObject> {
    data.downcast_ref::<Writing>().map(|data| data.stream.clone())
}

fn write(data: &JsObject, chunk: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = stream_of(data) else { return Ok(JsValue::undefined()) };
    let full = stream.get(js_string!("writableNeedDrain"), cx)?.to_boolean();
    if !full && events::method(&stream, "write", &[chunk], cx)?.to_boolean() {
        return Ok(JsValue::undefined());
    }
    let waiting = Deferred::new(cx);
    let promise = waiting.promise.clone();
    if let Some(data) = data.downcast_ref::<Writing>() {
        *data.backpressure.borrow_mut() = Some(waiting);
    }
    Ok(promise.into())
}

fn close(data: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = stream_of(data) else { return Ok(JsValue::undefined()) };
    let ended = kinds::is_writable_ended(&stream.clone().into(), cx)? == Some(true);
    let closing = data.downcast_ref::<Writing>().is_some_and(|data| data.closed.borrow().is_some());
    if ended || closing {
        return Ok(JsValue::undefined());
    }
    let closed = Deferred::new(cx);
    let promise = closed.promise.clone();
    if let Some(data) = data.downcast_ref::<Writing>() {
        *data.closed.borrow_mut() = Some(closed);
    }
    super::writable::end(&stream, cx)?;
    Ok(promise.into())
}

fn abort(data: &JsObject, reason: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = stream_of(data) {
        destroy::destroyer(&stream.into(), &reason, cx)?;
    }
    Ok(JsValue::undefined())
}

fn write_ended(data: &JsObject, error: JsValue, cx: &mut Context) -> JsResult<()> {
    let found = data.downcast_ref::<Writing>().map(|data| {
        let (web, waiting, closed) = (data.web.borrow().clone(), data.backpressure.borrow_mut().take(), data.closed.borrow_mut().take());
        (data.stream.clone(), web, waiting, closed)
    });
    let Some((stream, web, waiting, closed)) = found else { return Ok(()) };
    let mut error = known(&error, cx)?;
    ignore_errors(&stream, cx)?;
    if !error.is_null_or_undefined() {
        if let Some(waiting) = waiting {
            waiting.reject(&error, cx)?;
        }
        if let Some(closed) = closed {
            closed.reject(&error, cx)?;
        }
    } else if let Some(closed) = closed {
        return closed.resolve(JsValue::undefined(), cx);
    } else {
        error = errors::abort_object(None, None, cx)?.into();
    }
    match web {
        Some(web) => web_streams::error_writable(&web, &error, cx),
        None => Ok(()),
    }
}
