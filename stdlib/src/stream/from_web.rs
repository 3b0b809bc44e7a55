//! `Readable.fromWeb`, `Writable.fromWeb` and `Duplex.fromWeb`: the web's streams seen as Node's.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_string,
    native_function::NativeFunctionPointer,
    object::builtins::{JsPromise, JsUint8Array},
};
use boa_gc::{Finalize, Gc, Trace};
use coil_engine::{Host, Slot, class::Class, errors, table, validate};

use super::{
    Chunk, Done, Native, attach, destroy,
    duplex::DUPLEX,
    kinds, native,
    readable::{self, READABLE},
    writable::WRITABLE,
};
use crate::{
    buffer::{self, Encoding},
    web_streams::{self, DefaultReader, Read, ReadRequest, Rs, Writer, Ws},
};

/// What stands behind a stream.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Sides {
    reader: Option<Gc<DefaultReader>>,
    writer: Option<Gc<Writer>>,
    #[unsafe_ignore_trace]
    read_closed: Cell<bool>,
    #[unsafe_ignore_trace]
    write_closed: Cell<bool>,
    #[unsafe_ignore_trace]
    as_text: bool,
}

struct Web;

static WEB: Web = Web;

/// `Readable.fromWeb(readableStream[, options])`
pub(super) fn readable_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let Some(source) = web_streams::readable_of(given) else { return Err(errors::invalid_arg_type("readableStream", "ReadableStream", given, cx)) };
    let options = validate::options(args.get_or_undefined(1), "options", cx)?;
    make(&READABLE, Some(&source), None, options.as_ref(), cx).map(JsValue::from)
}

/// `Writable.fromWeb(writableStream[, options])`
pub(super) fn writable_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let Some(sink) = web_streams::writable_of(given) else { return Err(errors::invalid_arg_type("writableStream", "WritableStream", given, cx)) };
    let options = validate::options(args.get_or_undefined(1), "options", cx)?;
    make(&WRITABLE, None, Some(&sink), options.as_ref(), cx).map(JsValue::from)
}

/// `Duplex.fromWeb(pair[, options])`
pub(super) fn duplex_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let pair = args.get_or_undefined(0);
    let pair = validate::any_object(pair, "pair", cx)?;
    let (readable, writable) = (pair.get(js_string!("readable"), cx)?, pair.get(js_string!("writable"), cx)?);
    let Some(source) = web_streams::readable_of(&readable) else { return Err(errors::invalid_arg_type("pair.readable", "ReadableStream", &readable, cx)) };
    let Some(sink) = web_streams::writable_of(&writable) else { return Err(errors::invalid_arg_type("pair.writable", "WritableStream", &writable, cx)) };
    let options = validate::options(args.get_or_undefined(1), "options", cx)?;
    make(&DUPLEX, Some(&source), Some(&sink), options.as_ref(), cx).map(JsValue::from)
}

/// A stream of the class of the sides that are given. `Duplex.from` comes here too.
pub(super) fn of_pair(readable: Option<&Rs>, writable: Option<&Ws>, cx: &mut Context) -> JsResult<JsObject> {
    let class = if readable.is_some() && writable.is_some() {
        &DUPLEX
    } else if readable.is_some() {
        &READABLE
    } else {
        &WRITABLE
    };
    make(class, readable, writable, None, cx)
}

fn make(class: &'static Class, source: Option<&Rs>, sink: Option<&Ws>, options: Option<&JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let given = JsObject::with_object_proto(cx.intrinsics());
    let mut as_text = false;
    if let Some(options) = options {
        let encoding = options.get(js_string!("encoding"), cx)?;
        if !encoding.is_undefined() && encoding.as_string().is_none_or(|name| Encoding::of(&name).is_none()) {
            return Err(errors::invalid_arg_value("options.encoding", &encoding, "is invalid", cx));
        }
        for name in ["objectMode", "decodeStrings"] {
            let value = options.get(js_string!(name), cx)?;
            if !value.is_undefined() {
                validate::boolean(&value, &format!("options.{name}"), cx)?;
            }
        }
        for name in ["highWaterMark", "encoding", "objectMode", "signal", "decodeStrings", "allowHalfOpen"] {
            let value = options.get(js_string!(name), cx)?;
            if !value.is_undefined() {
                given.create_data_property_or_throw(js_string!(name), value, cx)?;
            }
        }
        let object_mode = options.get(js_string!("objectMode"), cx)?.to_boolean();
        let decode = options.get(js_string!("decodeStrings"), cx)?;
        as_text = object_mode || !decode.is_undefined() && !decode.to_boolean();
    }
    // The generic hooks: what is attached is reached without a call.
    let hook = |name: &'static str, length: u8, call: NativeFunctionPointer, cx: &mut Context| -> JsResult<()> {
        let function = table::function(call, js_string!(name), length, cx);
        given.create_data_property_or_throw(js_string!(name), function, cx).map(drop)
    };
    if source.is_some() {
        hook("read", 0, native::read, cx)?;
    }
    if sink.is_some() {
        hook("write", 3, native::write, cx)?;
        hook("writev", 2, native::writev, cx)?;
        hook("final", 1, native::finish, cx)?;
    }
    hook("destroy", 2, native::destroy, cx)?;
    let reader = match source {
        Some(source) => Some(web_streams::acquire_reader(source, cx)?),
        None => None,
    };
    let writer = match sink {
        Some(sink) => Some(web_streams::acquire_writer(sink, cx)?),
        None => None,
    };
    let stream = class.construct(&[given.into()], cx)?;
    let sides = Sides { reader: reader.clone(), writer: writer.clone(), read_closed: Cell::new(false), write_closed: Cell::new(false), as_text };
    Slot::set(&stream, sides, cx)?;
    attach(&stream, &WEB, cx)?;
    if let Some(reader) = reader {
        let closed = web_streams::Reader::Default(reader).closed().promise;
        web_streams::react(
            &closed,
            &stream,
            |stream, _, cx| {
                with_sides(stream, cx, |sides| sides.read_closed.set(true));
                Ok(JsValue::undefined())
            },
            |stream, reason, cx| {
                with_sides(stream, cx, |sides| sides.read_closed.set(true));
                destroy::destroyer(&stream.clone().into(), &reason, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        )?;
    }
    if let Some(writer) = writer {
        let closed = writer.closed().promise;
        web_streams::react(
            &closed,
            &stream,
            |stream, _, cx| {
                with_sides(stream, cx, |sides| sides.write_closed.set(true));
                if kinds::is_writable_ended(&stream.clone().into(), cx)? != Some(true) {
                    let error = coil_engine::op::thrown_value(errors::stream_premature_close(cx), cx);
                    destroy::destroyer(&stream.clone().into(), &error, cx)?;
                }
                Ok(JsValue::undefined())
            },
            |stream, reason, cx| {
                with_sides(stream, cx, |sides| sides.write_closed.set(true));
                destroy::destroyer(&stream.clone().into(), &reason, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        )?;
    }
    Ok(stream)
}

fn with_sides<T>(stream: &JsObject, cx: &mut Context, read: impl FnOnce(&Sides) -> T) -> Option<T> {
    let sides = Slot::<Sides>::get(stream, cx)?;
    let sides = sides.borrow();
    Some(read(sides.data()))
}

impl Native for Web {
    fn read(&self, stream: &JsObject, _size: usize, cx: &mut Context) -> JsResult<()> {
        let reader = with_sides(stream, cx, |sides| sides.reader.clone()).flatten();
        match reader {
            Some(reader) => web_streams::read(&reader, ReadRequest::Native(took, stream.clone()), cx),
            None => Ok(()),
        }
    }

    fn write(&self, stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        let chunk = outgoing(stream, chunk, encoding, cx)?;
        write_all(stream, vec![chunk], done, cx)
    }

    fn writev(&self, stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
        let mut values = Vec::with_capacity(chunks.len());
        for (chunk, encoding) in chunks {
            values.push(outgoing(stream, chunk, &encoding, cx)?);
        }
        write_all(stream, values, done, cx)
    }

    fn finish(&self, stream: &JsObject, done: Done, cx: &mut Context) -> JsResult<()> {
        let writer = with_sides(stream, cx, |sides| if sides.write_closed.get() { None } else { sides.writer.clone() }).flatten();
        let Some(web) = writer.and_then(|writer| writer.stream()) else { return done.ok(cx) };
        let closed = if web.is_close_queued_or_in_flight() { JsPromise::resolve(JsValue::undefined(), cx)? } else { web_streams::close_writable(&web, cx)? };
        settle(&closed, done, cx)
    }

    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        let found = with_sides(stream, cx, |sides| {
            let reader = if sides.read_closed.get() { None } else { sides.reader.clone() };
            let writer = if sides.write_closed.get() { None } else { sides.writer.clone() };
            (reader, writer)
        });
        let (reader, writer) = found.unwrap_or_default();
        let mut waits = Vec::new();
        if let Some(web) = writer.and_then(|writer| writer.stream()) {
            waits.push(if !error.is_null_or_undefined() {
                web_streams::abort_writable(&web, error.clone(), cx)?
            } else if web.is_close_queued_or_in_flight() {
                JsPromise::resolve(JsValue::undefined(), cx)?
            } else {
                web_streams::close_writable(&web, cx)?
            });
        }
        if let Some(reader) = reader {
            let reason = if error.is_null() { JsValue::null() } else { error.clone() };
            waits.push(web_streams::cancel_reader(&reader, reason, cx)?);
        }
        if waits.is_empty() {
            return done.call(error, cx);
        }
        let all = JsPromise::all(waits, cx)?;
        let data = (done, error);
        web_streams::react(&all, &data, |(done, error), _, cx| finished(done, error, cx), |(done, error), _, cx| finished(done, error, cx), cx)?;
        Ok(())
    }
}

/// What a callback throws here is nobody's promise: it is uncaught.
fn finished(done: &Done, error: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let (done, error) = (done.clone(), error.clone());
    if let Err(failed) = done.call(error, cx) {
        Host::of(cx).next_tick_native(move |_cx| Err(failed));
    }
    Ok(JsValue::undefined())
}

fn took(stream: &JsObject, read: Read, cx: &mut Context) -> JsResult<()> {
    // A microtask later, as the promise of a read would have it.
    let (value, failed) = match read {
        Read::Chunk(chunk) => (Chunk::Value(chunk), None),
        Read::Close => (Chunk::Value(JsValue::null()), None),
        Read::Error(reason) => (Chunk::Value(JsValue::null()), Some(reason)),
    };
    let resolved = JsPromise::resolve(JsValue::undefined(), cx)?;
    let Chunk::Value(value) = value else { return Ok(()) };
    web_streams::react(
        &resolved,
        &(stream.clone(), value, failed),
        |(stream, value, failed), _, cx| {
            match failed {
                Some(reason) => destroy::destroyer(&stream.clone().into(), reason, cx)?,
                None if value.is_null() => readable::push(stream, None, cx).map(drop)?,
                None => super::push_through(stream, Chunk::Value(value.clone()), cx).map(drop)?,
            }
            Ok(JsValue::undefined())
        },
        |_, _, _| Ok(JsValue::undefined()),
        cx,
    )?;
    Ok(())
}

/// The value that the web's stream gets: strings as bytes, unless they stay what they are.
fn outgoing(stream: &JsObject, chunk: Chunk, encoding: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let as_text = with_sides(stream, cx, |sides| sides.as_text).unwrap_or(false);
    let value = chunk.into_value(cx)?;
    match value.as_string() {
        Some(text) if !as_text => {
            let encoding = encoding.as_string().and_then(|name| Encoding::of(&name)).unwrap_or(Encoding::Utf8);
            Ok(JsUint8Array::from_bytes(&buffer::string_to_bytes(&text, encoding), cx)?.into())
        }
        _ => Ok(value),
    }
}

/// Writes when the web's stream is ready; done when all is written.
fn write_all(stream: &JsObject, chunks: Vec<JsValue>, done: Done, cx: &mut Context) -> JsResult<()> {
    let writer = with_sides(stream, cx, |sides| sides.writer.clone()).flatten();
    let Some(writer) = writer else { return done.ok(cx) };
    let ready = writer.ready().promise;
    web_streams::react(
        &ready,
        &(writer, chunks, done),
        |(writer, chunks, done), _, cx| {
            let mut writes = Vec::with_capacity(chunks.len());
            for chunk in chunks {
                writes.push(web_streams::write(writer, chunk.clone(), cx)?);
            }
            let all = match writes.as_slice() {
                [one] => one.clone(),
                _ => JsPromise::all(writes, cx)?,
            };
            settle(&all, done.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        |(_, _, done), reason, cx| finished(done, &reason, cx),
        cx,
    )?;
    Ok(())
}

fn settle(promise: &JsPromise, done: Done, cx: &mut Context) -> JsResult<()> {
    web_streams::react(promise, &done, |done, _, cx| finished(done, &JsValue::undefined(), cx), |done, reason, cx| finished(done, &reason, cx), cx)?;
    Ok(())
}
