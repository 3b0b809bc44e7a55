//! The readers: `ReadableStreamDefaultReader` and `ReadableStreamBYOBReader`.

use std::collections::VecDeque;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsPromise};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::Export,
};

use super::{
    byte_controller,
    core::{Deferred, dictionary, handled, inspect_member, inspected, iter_result, rejecting, state_error, state_reason, wrapper},
    default_controller,
    readable::{Controller, Rs, State, cancel, readable_of, stream_value},
};
use crate::buffer;

/// Either reader.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum Reader {
    Default(Gc<DefaultReader>),
    Byob(Gc<ByobReader>),
}

/// A reader, by the requests that wait at it.
#[derive(Trace, Finalize)]
pub(crate) struct ReaderOf<R: Trace + 'static> {
    pub(super) stream: GcRefCell<Option<Rs>>,
    pub(super) requests: GcRefCell<VecDeque<R>>,
    pub(super) closed: GcRefCell<Deferred>,
}

/// Reads chunk by chunk.
pub(crate) type DefaultReader = ReaderOf<ReadRequest>;

/// Reads into views of its caller.
pub(crate) type ByobReader = ReaderOf<IntoRequest>;

/// What comes of a read.
pub(crate) enum Read {
    Chunk(JsValue),
    Close,
    Error(JsValue),
}

/// Who waits for a chunk.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum ReadRequest {
    /// `reader.read()`
    Promise(Deferred),
    /// Native code and the object it works on.
    Native(#[unsafe_ignore_trace] fn(&JsObject, Read, &mut Context) -> JsResult<()>, JsObject),
}

impl ReadRequest {
    pub(super) fn chunk(&self, chunk: JsValue, cx: &mut Context) -> JsResult<()> {
        match self {
            Self::Promise(deferred) => {
                let result = iter_result(chunk, false, cx)?;
                deferred.resolve(result, cx)
            }
            Self::Native(steps, data) => steps(data, Read::Chunk(chunk), cx),
        }
    }

    pub(super) fn close(&self, cx: &mut Context) -> JsResult<()> {
        match self {
            Self::Promise(deferred) => {
                let result = iter_result(JsValue::undefined(), true, cx)?;
                deferred.resolve(result, cx)
            }
            Self::Native(steps, data) => steps(data, Read::Close, cx),
        }
    }

    pub(super) fn error(&self, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
        match self {
            Self::Promise(deferred) => deferred.reject(reason, cx),
            Self::Native(steps, data) => steps(data, Read::Error(reason.clone()), cx),
        }
    }
}

/// Who waits for a view to be filled: `reader.read(view)`.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) struct IntoRequest(Deferred);

impl IntoRequest {
    pub(super) fn chunk(&self, chunk: JsValue, cx: &mut Context) -> JsResult<()> {
        let result = iter_result(chunk, false, cx)?;
        self.0.resolve(result, cx)
    }

    /// `chunk` is the view, or undefined where the stream was cancelled.
    pub(super) fn close(&self, chunk: JsValue, cx: &mut Context) -> JsResult<()> {
        let result = iter_result(chunk, true, cx)?;
        self.0.resolve(result, cx)
    }

    pub(super) fn error(&self, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
        self.0.reject(reason, cx)
    }
}

wrapper!(DefaultObject, DefaultReader, default_reader_of);
wrapper!(ByobObject, ByobReader, byob_reader_of);

/// `ReadableStreamDefaultReader`
pub(super) static DEFAULT_READER: Class = Class {
    name: "ReadableStreamDefaultReader",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let given = args.get_or_undefined(0);
        let Some(stream) = readable_of(given) else { return Err(errors::invalid_arg_type("stream", "ReadableStream", given, cx)) };
        let prototype = instance_prototype(&DEFAULT_READER, cx)?;
        let reader = acquire(&stream, cx)?;
        Ok(JsObject::from_proto_and_data(prototype, DefaultObject(reader)).into())
    },
    prototype: &[
        Export::function("read", 0, |this, _args, cx| {
            let result = default_read(this, cx);
            rejecting(result, cx)
        })
        .enumerable(true),
        Export::all(DefaultReader::METHODS),
        Export::tag("ReadableStreamDefaultReader"),
    ],
    statics: &[],
};

/// `ReadableStreamBYOBReader`
pub(super) static BYOB_READER: Class = Class {
    name: "ReadableStreamBYOBReader",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let given = args.get_or_undefined(0);
        let Some(stream) = readable_of(given) else { return Err(errors::invalid_arg_type("stream", "ReadableStream", given, cx)) };
        let prototype = instance_prototype(&BYOB_READER, cx)?;
        let reader = acquire_byob(&stream, cx)?;
        Ok(JsObject::from_proto_and_data(prototype, ByobObject(reader)).into())
    },
    prototype: &[
        Export::function("read", 1, |this, args, cx| {
            let result = byob_read(this, args, cx);
            rejecting(result, cx)
        })
        .enumerable(true),
        Export::all(ByobReader::METHODS),
        Export::tag("ReadableStreamBYOBReader"),
    ],
    statics: &[],
};

/// What the two classes do alike.
trait Receives: Trace + Sized + 'static {
    /// What an inspected reader calls the requests that wait.
    const REQUESTS: &str;

    fn of(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Self>>;

    fn either(reader: Gc<Self>) -> Reader;

    const METHODS: &'static [Export] = &[
        Export::function("releaseLock", 0, |this, _args, cx| {
            let reader = Self::either(Self::of(this, cx)?);
            release(&reader, cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::getter("closed", |this, _args, cx| {
            let closed = Self::of(this, cx).map(|reader| Self::either(reader).closed().promise.into());
            rejecting(closed, cx)
        })
        .enumerable(true),
        Export::function("cancel", 0, |this, args, cx| {
            let result = Self::of(this, cx).and_then(|reader| cancel_by(&Self::either(reader), args.get_or_undefined(0), cx));
            rejecting(result, cx)
        })
        .enumerable(true),
        inspect_member(|this, args, cx| {
            let reader = Self::either(Self::of(this, cx)?);
            let stream = match reader.stream() {
                Some(stream) => stream_value(&stream, cx)?,
                None => JsValue::undefined(),
            };
            let closed = reader.closed().promise.into();
            inspected(this, vec![("stream", stream), (Self::REQUESTS, (reader.waiting() as f64).into()), ("close", closed)], args, cx)
        }),
    ];
}

impl Receives for DefaultReader {
    const REQUESTS: &str = "readRequests";

    fn of(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Self>> {
        default_reader_of(this).ok_or_else(|| errors::invalid_this("ReadableStreamDefaultReader", cx))
    }

    fn either(reader: Gc<Self>) -> Reader {
        Reader::Default(reader)
    }
}

impl Receives for ByobReader {
    const REQUESTS: &str = "readIntoRequests";

    fn of(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Self>> {
        byob_reader_of(this).ok_or_else(|| errors::invalid_this("ReadableStreamBYOBReader", cx))
    }

    fn either(reader: Gc<Self>) -> Reader {
        Reader::Byob(reader)
    }
}

impl Reader {
    pub(crate) fn closed(&self) -> Deferred {
        match self {
            Self::Default(reader) => reader.closed.borrow().clone(),
            Self::Byob(reader) => reader.closed.borrow().clone(),
        }
    }

    /// How many requests wait.
    fn waiting(&self) -> usize {
        match self {
            Self::Default(reader) => reader.requests.borrow().len(),
            Self::Byob(reader) => reader.requests.borrow().len(),
        }
    }

    fn set_closed(&self, closed: Deferred) {
        match self {
            Self::Default(reader) => *reader.closed.borrow_mut() = closed,
            Self::Byob(reader) => *reader.closed.borrow_mut() = closed,
        }
    }

    pub(super) fn stream(&self) -> Option<Rs> {
        match self {
            Self::Default(reader) => reader.stream.borrow().clone(),
            Self::Byob(reader) => reader.stream.borrow().clone(),
        }
    }

    fn detach(&self) {
        match self {
            Self::Default(reader) => *reader.stream.borrow_mut() = None,
            Self::Byob(reader) => *reader.stream.borrow_mut() = None,
        }
    }
}

/// ReadableStreamReaderGenericInitialize
fn attached<R: Trace + 'static>(stream: &Rs, cx: &mut Context) -> JsResult<Gc<ReaderOf<R>>> {
    let closed = match stream.state.get() {
        State::Readable => Deferred::new(cx),
        State::Closed => Deferred::resolved(cx)?,
        State::Errored => Deferred::rejected(&stream.error(), cx)?,
    };
    Ok(Gc::new(ReaderOf { stream: GcRefCell::new(Some(stream.clone())), requests: GcRefCell::default(), closed: GcRefCell::new(closed) }))
}

/// AcquireReadableStreamDefaultReader
pub(crate) fn acquire(stream: &Rs, cx: &mut Context) -> JsResult<Gc<DefaultReader>> {
    if stream.is_locked() {
        return Err(state_error("ReadableStream is locked", cx));
    }
    let reader = attached(stream, cx)?;
    *stream.reader.borrow_mut() = Some(Reader::Default(reader.clone()));
    Ok(reader)
}

/// AcquireReadableStreamBYOBReader
pub(super) fn acquire_byob(stream: &Rs, cx: &mut Context) -> JsResult<Gc<ByobReader>> {
    if stream.is_locked() {
        return Err(state_error("ReadableStream is locked", cx));
    }
    if !stream.is_byte() {
        let value = stream_value(stream, cx)?;
        return Err(errors::invalid_arg_value("stream", &value, "must be a byte stream", cx));
    }
    let reader = attached(stream, cx)?;
    *stream.reader.borrow_mut() = Some(Reader::Byob(reader.clone()));
    Ok(reader)
}

fn default_read(this: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let reader = DefaultReader::of(this, cx)?;
    if reader.stream.borrow().is_none() {
        return Err(state_error("The reader is not attached to a stream", cx));
    }
    let deferred = Deferred::new(cx);
    let promise = deferred.promise.clone();
    read(&reader, ReadRequest::Promise(deferred), cx)?;
    Ok(promise.into())
}

/// ReadableStreamDefaultReaderRead
pub(crate) fn read(reader: &Gc<DefaultReader>, request: ReadRequest, cx: &mut Context) -> JsResult<()> {
    let Some(stream) = reader.stream.borrow().clone() else {
        let reason = state_reason("The reader is not attached to a stream", cx);
        return request.error(&reason, cx);
    };
    stream.disturbed.set(true);
    match stream.state.get() {
        State::Closed => request.close(cx),
        State::Errored => request.error(&stream.error(), cx),
        State::Readable => match stream.controller() {
            Some(Controller::Default(controller)) => default_controller::pull_steps(&controller, request, cx),
            Some(Controller::Byte(controller)) => byte_controller::pull_steps(&controller, request, cx),
            None => Ok(()),
        },
    }
}

fn byob_read(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let reader = ByobReader::of(this, cx)?;
    let view = args.get_or_undefined(0);
    if !buffer::is_view(view) && byte_controller::View::of(view).is_none() {
        return Err(errors::invalid_arg_type("view", "Buffer|TypedArray|DataView", view, cx));
    }
    let options = dictionary(args.get_or_undefined(1), "options", cx)?;
    let Some(target) = byte_controller::View::of(view).filter(|view| view.byte_length > 0 && view.buffer_length > 0) else {
        return Err(state_error("View or Viewed ArrayBuffer is zero-length or detached", cx));
    };
    let mut min = 1.0;
    if let Some(options) = options {
        let given = options.get(js_string!("min"), cx)?;
        if !given.is_undefined() {
            min = coil_engine::validate::number(&given, "options.min", cx)?;
            if min.fract() != 0.0 {
                return Err(errors::invalid_arg_value("options.min", &given, "must be an integer", cx));
            }
            if min <= 0.0 {
                return Err(errors::invalid_arg_value("options.min", &given, "must be greater than 0", cx));
            }
            let length = target.byte_length / target.element_size;
            if min > length as f64 {
                let limit = if target.kind.is_some() { "<= view.length" } else { "<= view.byteLength" };
                return Err(errors::out_of_range("options.min", limit, &given, cx));
            }
        }
    }
    if reader.stream.borrow().is_none() {
        return Err(state_error("The reader is not attached to a stream", cx));
    }
    let deferred = Deferred::new(cx);
    let promise = deferred.promise.clone();
    read_into(&reader, &target, min as usize, IntoRequest(deferred), cx)?;
    Ok(promise.into())
}

/// ReadableStreamBYOBReaderRead
pub(super) fn read_into(reader: &Gc<ByobReader>, view: &byte_controller::View, min: usize, request: IntoRequest, cx: &mut Context) -> JsResult<()> {
    let Some(stream) = reader.stream.borrow().clone() else {
        let reason = state_reason("The reader is not attached to a stream", cx);
        return request.error(&reason, cx);
    };
    stream.disturbed.set(true);
    if stream.state.get() == State::Errored {
        return request.error(&stream.error(), cx);
    }
    match stream.controller() {
        Some(Controller::Byte(controller)) => byte_controller::pull_into(&controller, view, min, request, cx),
        _ => Ok(()),
    }
}

fn cancel_by(reader: &Reader, reason: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    match reader.stream() {
        Some(stream) => cancel(&stream, reason.clone(), cx).map(JsValue::from),
        None => Err(state_error("The reader is not attached to a stream", cx)),
    }
}

/// ReadableStreamReaderGenericCancel
pub(crate) fn cancel_reader(reader: &Gc<DefaultReader>, reason: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
    let stream = reader.stream.borrow().clone();
    match stream {
        Some(stream) => cancel(&stream, reason, cx),
        None => JsPromise::resolve(JsValue::undefined(), cx),
    }
}

/// ReadableStreamReaderGenericRelease, and what waits is told.
pub(crate) fn release(reader: &Reader, cx: &mut Context) -> JsResult<()> {
    let Some(stream) = reader.stream() else { return Ok(()) };
    let reason = state_reason("Reader released", cx);
    let closed = reader.closed();
    if closed.is_pending() && stream.state.get() == State::Readable {
        closed.reject(&reason, cx)?;
        handled(&closed.promise, cx)?;
    } else {
        reader.set_closed(Deferred::rejected(&reason, cx)?);
    }
    if let Some(Controller::Byte(controller)) = stream.controller() {
        byte_controller::release_steps(&controller);
    }
    *stream.reader.borrow_mut() = None;
    reader.detach();
    let reason = state_reason("Releasing reader", cx);
    error_requests(reader, &reason, cx)
}

/// Every request that waits fails.
pub(super) fn error_requests(reader: &Reader, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    match reader {
        Reader::Default(reader) => {
            let requests: Vec<_> = reader.requests.borrow_mut().drain(..).collect();
            requests.iter().try_for_each(|request| request.error(reason, cx))
        }
        Reader::Byob(reader) => {
            let requests: Vec<_> = reader.requests.borrow_mut().drain(..).collect();
            requests.iter().try_for_each(|request| request.error(reason, cx))
        }
    }
}
