//! The streams: `zlib.createGzip()` and its kin, each a Transform whose work is done in the pool.
//!
//! A chunk makes one trip: the codec goes with it and comes back with several pieces of output, which are pushed one by one as the
//! reader makes room.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    Host, Slot,
    class::{Class, Kind, Parent},
    coil_loop::Outcome,
    errors,
    errors::Base,
    op::thrown_value,
    table::{self, Member},
};

use super::{
    Format,
    codec::{Codec, Failure, Job},
    deflate,
    options::{self, Shared},
    sync_write,
};
use crate::{
    buffer, events,
    stream::{self, Callback, Chunk},
};

/// What `stream._handle` is: the codec, and what is under way with it.
#[derive(Trace, Finalize, boa_engine::JsData)]
pub(super) struct Handle {
    /// None while it is in the pool, and after `close()`.
    #[unsafe_ignore_trace]
    pub(super) codec: RefCell<Option<Codec>>,
    #[unsafe_ignore_trace]
    closed: Cell<bool>,
    /// How far the current piece of output is filled.
    #[unsafe_ignore_trace]
    offset: Cell<usize>,
    /// What waits for the reader to make room.
    waiting: GcRefCell<Option<Delivery>>,
    /// The stream whose handle this is.
    pub(super) owner: GcRefCell<Option<JsObject>>,
    /// `_writeState`, once it was asked for.
    pub(super) write_state: GcRefCell<Option<JsObject>>,
    /// What `writeSync` left of its output and of its input.
    #[unsafe_ignore_trace]
    pub(super) left: Cell<[u32; 2]>,
    #[unsafe_ignore_trace]
    pub(super) shared: Shared,
}

/// Output on its way to the reader, and what comes after it.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Delivery {
    #[unsafe_ignore_trace]
    outputs: VecDeque<Vec<u8>>,
    #[unsafe_ignore_trace]
    job: Job,
    /// Another trip is due.
    #[unsafe_ignore_trace]
    more: bool,
    done: JsFunction,
}

/// `flush(kind)` travels as a chunk without bytes: this hangs on it.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct FlushKind(#[unsafe_ignore_trace] i32);

/// What the prototype of a handle has.
static HANDLE: Class = Class {
    name: "Zlib",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Member::function("close", 0, |this, _args, _cx| {
            if let Some(handle) = this.as_object().and_then(|object| object.downcast::<Handle>().ok()) {
                let handle = handle.borrow();
                let handle = handle.data();
                handle.closed.set(true);
                // Dropped here unless the pool has it; then it is dropped when it comes back.
                let codec = handle.codec.borrow_mut().take();
                drop(codec);
                *handle.waiting.borrow_mut() = None;
            }
            Ok(JsValue::undefined())
        }),
        Member::function("writeSync", 0, sync_write::write_sync),
        Member::function("reset", 0, |this, _args, _cx| {
            if let Some(handle) = this.as_object().and_then(|object| object.downcast::<Handle>().ok()) {
                let handle = handle.borrow();
                if let Some(codec) = handle.data().codec.borrow_mut().as_mut() {
                    codec.reset();
                }
            }
            Ok(JsValue::undefined())
        }),
    ],
    statics: &[],
};

/// What all formats have; not exported, as in Node.
static ZLIB_BASE: Class = Class {
    name: "ZlibBase",
    length: 4,
    extends: Parent::Class(&stream::TRANSFORM),
    kind: Kind::Legacy,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Member::getter("_closed", |this, _args, cx| Ok((!this.to_object(cx)?.get(js_string!("_handle"), cx)?.to_boolean()).into())),
        Member::accessor("_outBuffer", sync_write::out_buffer, sync_write::set_out_buffer).enumerable(false),
        Member::getter("_writeState", sync_write::write_state).enumerable(false),
        Member::renamed("reset", "", 0, reset),
        Member::renamed("_flush", "", 1, flush_rest),
        Member::renamed("_final", "", 1, |_this, args, cx| match args.get_or_undefined(0).as_function() {
            Some(done) => done.call(&JsValue::undefined(), &[], cx),
            None => Err(errors::plain(Base::Type, "callback is not a function")),
        }),
        Member::renamed("flush", "", 2, flush),
        Member::renamed("close", "", 1, close),
        Member::renamed("_destroy", "", 2, destroy),
        Member::renamed("_transform", "", 3, transform),
        Member::renamed("_processChunk", "", 3, process_chunk),
        Member::renamed("_read", "", 0, read).enumerable(false),
    ],
    statics: &[],
};

static ZLIB: Class = Class {
    name: "Zlib",
    length: 2,
    extends: Parent::Class(&ZLIB_BASE),
    kind: Kind::Legacy,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[Member::function("params", 3, params)],
    statics: &[],
};

static BROTLI: Class =
    Class { name: "Brotli", length: 2, extends: Parent::Class(&ZLIB), kind: Kind::Legacy, init: |_this, _args, cx| Err(errors::illegal_constructor(cx)), prototype: &[], statics: &[] };

static ZSTD: Class =
    Class { name: "Zstd", length: 4, extends: Parent::Class(&ZLIB_BASE), kind: Kind::Legacy, init: |_this, _args, cx| Err(errors::illegal_constructor(cx)), prototype: &[], statics: &[] };

/// The class of one format.
macro_rules! format_class {
    ($place:ident, $name:literal, $parent:ident, $format:expr) => {
        /// The class of a format, under its own name.
        pub(super) static $place: Class =
            Class { name: $name, length: 1, extends: Parent::Class(&$parent), kind: Kind::Legacy, init: |this, args, cx| construct(&$place, $format, this, args, cx), prototype: &[], statics: &[] };
    };
}

format_class!(DEFLATE, "Deflate", ZLIB, Format::Zlib(deflate::Mode::Deflate));
format_class!(INFLATE, "Inflate", ZLIB, Format::Zlib(deflate::Mode::Inflate));
format_class!(GZIP, "Gzip", ZLIB, Format::Zlib(deflate::Mode::Gzip));
format_class!(GUNZIP, "Gunzip", ZLIB, Format::Zlib(deflate::Mode::Gunzip));
format_class!(DEFLATE_RAW, "DeflateRaw", ZLIB, Format::Zlib(deflate::Mode::DeflateRaw));
format_class!(INFLATE_RAW, "InflateRaw", ZLIB, Format::Zlib(deflate::Mode::InflateRaw));
format_class!(UNZIP, "Unzip", ZLIB, Format::Zlib(deflate::Mode::Unzip));
format_class!(BROTLI_COMPRESS, "BrotliCompress", BROTLI, Format::BrotliEncode);
format_class!(BROTLI_DECOMPRESS, "BrotliDecompress", BROTLI, Format::BrotliDecode);
format_class!(ZSTD_COMPRESS, "ZstdCompress", ZSTD, Format::ZstdCompress);
format_class!(ZSTD_DECOMPRESS, "ZstdDecompress", ZSTD, Format::ZstdDecompress);

fn construct(class: &'static Class, format: Format, this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !class.is_instance(this, cx)? {
        let message = format!("Instantiating {} without the 'new' keyword has been deprecated.", class.name);
        crate::process::emit_once("DEP0184", &message, "DeprecationWarning", cx)?;
        return class.construct(args, cx).map(JsValue::from);
    }
    init(&this.to_object(cx)?, format, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// What `new X(options)` does with the object.
fn init(this: &JsObject, format: Format, given: &JsValue, cx: &mut Context) -> JsResult<()> {
    let given = options::object_of(given);
    let mut shown = Vec::new();
    let codec = match format {
        Format::Zlib(mode) => {
            let settings = options::zlib(mode, given.as_ref(), cx)?;
            shown.extend([("_level", settings.level), ("_strategy", settings.strategy), ("_mode", mode as i32)]);
            match mode {
                deflate::Mode::Deflate | deflate::Mode::Gzip | deflate::Mode::DeflateRaw => Codec::Deflate(Box::new(deflate::Compressor::new(settings))),
                _ => Codec::Inflate(Box::new(deflate::Decompressor::new(settings))),
            }
        }
        other => options::other(other, given.as_ref(), cx)?,
    };
    let shared = Shared::read(format, given.as_ref(), cx)?;
    let transform_options = JsObject::with_object_proto(cx.intrinsics());
    transform_options.create_data_property_or_throw(js_string!("autoDestroy"), true, cx)?;
    if let Some(given) = &given {
        transform_options.copy_data_properties::<boa_engine::JsString>(&given.clone().into(), Vec::new(), cx)?;
        // Bytes in, bytes out.
        for (name, value) in [("encoding", JsValue::null()), ("objectMode", false.into()), ("writableObjectMode", false.into())] {
            if given.get(js_string!(name), cx)?.to_boolean() {
                transform_options.create_data_property_or_throw(js_string!(name), value, cx)?;
            }
        }
    }
    stream::init_transform(this, &transform_options.into(), cx)?;
    let handle = Handle {
        codec: RefCell::new(Some(codec)),
        closed: Cell::new(false),
        offset: Cell::new(0),
        waiting: GcRefCell::new(None),
        owner: GcRefCell::new(Some(this.clone())),
        write_state: GcRefCell::new(None),
        left: Cell::new([0; 2]),
        shared,
    };
    let handle = JsObject::from_proto_and_data(HANDLE.prototype(cx)?, handle);
    let info = match &given {
        Some(given) => given.get(js_string!("info"), cx)?,
        None => JsValue::undefined(),
    };
    let properties: [(&'static str, JsValue); 10] = [
        ("bytesWritten", 0.into()),
        ("_handle", handle.into()),
        ("_outOffset", 0.into()),
        ("_chunkSize", (shared.chunk_len as f64).into()),
        ("_defaultFlushFlag", shared.flush.into()),
        ("_finishFlushFlag", shared.finish_flush.into()),
        ("_defaultFullFlushFlag", shared.full_flush.into()),
        ("_info", info),
        ("_maxOutputLength", shared.output_len_max.into()),
        ("_rejectGarbageAfterEnd", shared.reject_garbage.into()),
    ];
    let shown = shown.into_iter().map(|(name, value)| (name, value.into()));
    for (name, value) in properties.into_iter().chain(shown) {
        let key = Host::of(cx).intern(name);
        this.create_data_property_or_throw(key, value, cx)?;
    }
    Ok(())
}

/// The handle of a stream, unless it is closed.
pub(super) fn handle_of(stream: &JsObject, cx: &mut Context) -> JsResult<Option<JsObject<Handle>>> {
    let handle = stream.get(js_string!("_handle"), cx)?;
    Ok(handle.as_object().and_then(|handle| handle.downcast::<Handle>().ok()))
}

fn open_handle(stream: &JsObject, cx: &mut Context) -> JsResult<JsObject<Handle>> {
    match handle_of(stream, cx)? {
        Some(handle) => Ok(handle),
        None => Err(errors::internal_assertion("zlib binding closed", cx)),
    }
}

/// Lets go of the codec: `_handle.close()`, which a script may have replaced.
pub(super) fn close_handle(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let handle = stream.get(js_string!("_handle"), cx)?;
    let Some(handle) = handle.as_object() else { return Ok(()) };
    events::method(&handle, "close", &[], cx)?;
    stream.set(js_string!("_handle"), JsValue::null(), false, cx)?;
    Ok(())
}

/// The error object of a failure.
pub(super) fn error_of(failure: &Failure, cx: &mut Context) -> JsResult<JsObject> {
    let error = errors::plain(Base::Error, failure.message).into_opaque(cx)?.to_object(cx)?;
    error.create_data_property_or_throw(js_string!("errno"), failure.errno, cx)?;
    error.create_data_property_or_throw(js_string!("code"), js_string!(failure.code.as_str()), cx)?;
    Ok(error)
}

/// `stream._transform(chunk, encoding, callback)`
fn transform(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let chunk = args.get_or_undefined(0);
    let Some(done) = args.get_or_undefined(2).as_function() else { return Err(errors::plain(Base::Type, "cb is not a function")) };
    let Some(handle) = handle_of(&stream, cx)? else {
        Host::of(cx).next_tick(done, JsValue::undefined(), Vec::new());
        return Ok(JsValue::undefined());
    };
    let bytes = buffer::bytes_of(chunk).unwrap_or_default();
    let shared = handle.borrow().data().shared;
    let asked = match chunk.as_object() {
        Some(chunk) if bytes.is_empty() => Slot::<FlushKind>::get(&chunk, cx).map(|kind| kind.borrow().data().0),
        _ => None,
    };
    let mut flush = asked.unwrap_or(shared.flush);
    // The last chunk, or a flush after it.
    if stream::writable_state(&stream, cx)?.is_some_and(|state| state.is_ending() && state.length.get() == bytes.len()) {
        flush = stronger(flush, shared.finish_flush);
    }
    start_trip(stream, handle, Job { input: bytes, read: 0, flush }, done, cx)?;
    Ok(JsValue::undefined())
}

/// The flush that flushes more: the numbers are not in that order.
fn stronger(one: i32, other: i32) -> i32 {
    let rank = |flush: i32| [0, 2, 3, 4, 5, 1].get(flush as usize).copied().unwrap_or(0);
    if rank(one) > rank(other) { one } else { other }
}

fn start_trip(stream: JsObject, handle: JsObject<Handle>, mut job: Job, done: JsFunction, cx: &mut Context) -> JsResult<()> {
    let (codec, chunk_len, mut offset) = {
        let handle = handle.borrow();
        let handle = handle.data();
        (handle.codec.borrow_mut().take(), handle.shared.chunk_len, handle.offset.get())
    };
    let Some(mut codec) = codec else {
        Host::of(cx).next_tick(done, JsValue::undefined(), Vec::new());
        return Ok(());
    };
    Host::of(cx).offload(
        "zlib",
        move |_sys| {
            let trip = codec.trip(&mut job, chunk_len, &mut offset);
            (codec, job, trip, offset)
        },
        move |outcome, cx| {
            let Outcome::Done((codec, job, trip, offset)) = outcome else { return };
            let host = Host::of(cx);
            host.enter_with(cx, |cx| {
                {
                    let handle = handle.borrow();
                    let handle = handle.data();
                    handle.offset.set(offset);
                    if !handle.closed.get() {
                        *handle.codec.borrow_mut() = Some(codec);
                    }
                }
                if is_destroyed(&stream, cx)? {
                    return done.call(&JsValue::undefined(), &[], cx).map(drop);
                }
                if trip.read > 0 {
                    let before = stream.get(js_string!("bytesWritten"), cx)?.to_number(cx)?;
                    stream.set(js_string!("bytesWritten"), before + trip.read as f64, false, cx)?;
                }
                let failure = trip.failure;
                let delivery = Delivery { outputs: trip.outputs.into(), job, more: trip.more, done };
                match failure {
                    None => deliver(&stream, &handle, delivery, cx),
                    Some(failure) => fail(&stream, delivery, &failure, cx),
                }
            });
        },
    );
    Ok(())
}

fn is_destroyed(stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(stream.get(js_string!("destroyed"), cx)?.to_boolean())
}

/// What came out before the failure is still given; then the stream is gone. The write's callback is not called, as in Node.
fn fail(stream: &JsObject, delivery: Delivery, failure: &Failure, cx: &mut Context) -> JsResult<()> {
    for output in delivery.outputs {
        stream::push_through(stream, output.into(), cx)?;
        if is_destroyed(stream, cx)? {
            return Ok(());
        }
    }
    let error = error_of(failure, cx)?;
    stream::destroy_with(stream, &error.into(), cx)
}

/// Pushes piece after piece while the reader has room, then ends the write.
fn deliver(stream: &JsObject, handle: &JsObject<Handle>, mut delivery: Delivery, cx: &mut Context) -> JsResult<()> {
    while let Some(output) = delivery.outputs.pop_front() {
        let room = stream::push_through(stream, output.into(), cx)?;
        if is_destroyed(stream, cx)? {
            return delivery.done.call(&JsValue::undefined(), &[], cx).map(drop);
        }
        if !room && (delivery.more || !delivery.outputs.is_empty()) {
            *handle.borrow().data().waiting.borrow_mut() = Some(delivery);
            return Ok(());
        }
    }
    if delivery.more {
        return start_trip(stream.clone(), handle.clone(), delivery.job, delivery.done, cx);
    }
    if delivery.job.read < delivery.job.input.len() {
        // The format has its end before the input's: what follows is not its own.
        let reject = handle.borrow().data().shared.reject_garbage;
        if reject {
            let error = thrown_value(errors::trailing_junk_after_stream_end(cx), cx);
            stream::destroy_with(stream, &error, cx)?;
            return delivery.done.call(&JsValue::undefined(), &[error], cx).map(drop);
        }
        stream::push_through(stream, JsValue::null().into(), cx)?;
    }
    delivery.done.call(&JsValue::undefined(), &[], cx).map(drop)
}

/// `stream._read()`: there is room again.
fn read(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    if let Some(handle) = handle_of(&stream, cx)? {
        let waiting = handle.borrow().data().waiting.borrow_mut().take();
        if let Some(delivery) = waiting {
            deliver(&stream, &handle, delivery, cx)?;
        }
    }
    stream::read_transform(&stream, cx)?;
    Ok(JsValue::undefined())
}

/// `stream._flush(callback)`: the end of the input.
fn flush_rest(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let empty = buffer::from_slice(&[], cx)?;
    events::method(&stream, "_transform", &[empty.into(), js_string!("").into(), args.get_or_undefined(0).clone()], cx)
}

/// `stream.flush([kind, ]callback)`
fn flush(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let (mut kind, mut callback) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    if kind.is_callable() || (kind.is_undefined() && !callback.to_boolean()) {
        callback = kind;
        kind = stream.get(js_string!("_defaultFullFlushFlag"), cx)?;
    }
    let kind = kind.to_i32(cx)?;
    flush_with(&stream, kind, Callback::of(&callback), cx)?;
    Ok(JsValue::undefined())
}

fn flush_with(stream: &JsObject, kind: i32, callback: Callback, cx: &mut Context) -> JsResult<()> {
    let state = stream::writable_state(stream, cx)?;
    if state.as_ref().is_some_and(|state| state.is_finished()) {
        Host::of(cx).next_tick_native(move |cx| callback.call(JsValue::undefined(), cx));
        return Ok(());
    }
    if state.is_some_and(|state| state.is_ending()) {
        let listener = callback.value(cx);
        return if listener.is_callable() { events::once(stream, js_string!("end"), listener, cx) } else { Ok(()) };
    }
    let mark = buffer::from_slice(&[], cx)?;
    Slot::set(&mark, FlushKind(kind), cx)?;
    stream::write(stream, Chunk::Value(mark.into()), callback, cx).map(drop)
}

/// `stream.close([callback])`
fn close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let callback = args.get_or_undefined(0);
    if callback.to_boolean() {
        stream::wait_for_end(this, stream::EndOptions::default(), Callback::of(callback), cx)?;
    }
    stream::destroy_with(&stream, &JsValue::undefined(), cx)?;
    Ok(JsValue::undefined())
}

/// `stream._destroy(error, callback)`
fn destroy(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    close_handle(&this.to_object(cx)?, cx)?;
    match args.get_or_undefined(1).as_function() {
        Some(done) => done.call(&JsValue::undefined(), &[args.get_or_undefined(0).clone()], cx),
        None => Ok(JsValue::undefined()),
    }
}

/// `stream.reset()`
fn reset(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let handle = open_handle(&this.to_object(cx)?, cx)?;
    events::method(&handle.upcast(), "reset", &[], cx)
}

/// `stream.params(level, strategy, callback)`
fn params(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let level = options::ranged(args.get_or_undefined(0), "level", -1.0, 9.0, f64::NAN, cx)?;
    let strategy = options::ranged(args.get_or_undefined(1), "strategy", 0.0, 4.0, f64::NAN, cx)?;
    let callback = args.get_or_undefined(2).clone();
    let same = stream.get(js_string!("_level"), cx)?.as_number() == Some(level) && stream.get(js_string!("_strategy"), cx)?.as_number() == Some(strategy);
    if same {
        if let Some(callback) = callback.as_function() {
            Host::of(cx).next_tick(callback, JsValue::undefined(), Vec::new());
        }
        return Ok(JsValue::undefined());
    }
    let then = table::closure(
        "bound paramsAfterFlushCallback",
        0,
        (stream.clone(), level, strategy, callback),
        |_this, _args, (stream, level, strategy, callback), cx| {
            let handle = open_handle(stream, cx)?;
            let refused = {
                let handle = handle.borrow();
                let mut codec = handle.data().codec.borrow_mut();
                match codec.as_mut() {
                    Some(Codec::Deflate(codec)) => codec.params(*level as i32, *strategy as i32).err(),
                    _ => None,
                }
            };
            if let Some(failure) = refused {
                let error = error_of(&failure, cx)?;
                stream::destroy_with(stream, &error.into(), cx)?;
            }
            if !is_destroyed(stream, cx)? {
                stream.set(js_string!("_level"), *level, false, cx)?;
                stream.set(js_string!("_strategy"), *strategy, false, cx)?;
                if let Some(callback) = callback.as_function() {
                    callback.call(&JsValue::undefined(), &[], cx)?;
                }
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    flush_with(&stream, SYNC_FLUSH, Callback::Function(then), cx)?;
    Ok(JsValue::undefined())
}

const SYNC_FLUSH: i32 = 2;

/// `stream._processChunk(chunk, flushFlag[, callback])`: without a callback the whole chunk at once, as old packages call it.
fn process_chunk(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let handle = open_handle(&stream, cx)?;
    let input = buffer::bytes_of(args.get_or_undefined(0)).unwrap_or_default();
    let flush = args.get_or_undefined(1).to_i32(cx)?;
    if let Some(done) = args.get_or_undefined(2).as_function() {
        start_trip(stream, handle, Job { input, read: 0, flush }, done, cx)?;
        return Ok(JsValue::undefined());
    }
    let output = whole(&stream, &handle, &input, flush, cx)?;
    Ok(buffer::from_slice(&output, cx)?.into())
}

/// All of `input` through a stream's codec, here and now; the codec is closed after that.
pub(super) fn whole(stream: &JsObject, handle: &JsObject<Handle>, input: &[u8], flush: i32, cx: &mut Context) -> JsResult<Vec<u8>> {
    let (codec, shared) = {
        let handle = handle.borrow();
        let handle = handle.data();
        (handle.codec.borrow_mut().take(), handle.shared)
    };
    let Some(mut codec) = codec else { return Err(errors::internal_assertion("zlib binding closed", cx)) };
    let result = codec.whole(input, flush, shared.output_len_max as u64);
    *handle.borrow().data().codec.borrow_mut() = Some(codec);
    match result {
        Ok(Some((output, read))) => {
            stream.set(js_string!("bytesWritten"), read as f64, false, cx)?;
            close_handle(stream, cx)?;
            if shared.reject_garbage && read < input.len() {
                return Err(errors::trailing_junk_after_stream_end(cx));
            }
            Ok(output)
        }
        Ok(None) => {
            close_handle(stream, cx)?;
            Err(errors::buffer_too_large(shared.output_len_max as u64, cx))
        }
        Err(failure) => {
            let error = error_of(&failure, cx)?;
            close_handle(stream, cx)?;
            Err(boa_engine::JsError::from_opaque(error.into()))
        }
    }
}
