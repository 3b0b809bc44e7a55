//! `WritableStream`, its writer and its controller.

use std::{cell::Cell, collections::VecDeque};

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    op::thrown_value,
    table::{Export, Symbol},
};

use super::{
    core::{Deferred, Size, Strategy, handled, inspect_member, inspected, method_of, promised, react, rejecting, shown, state_error, state_reason, wrapper},
    readable::closed_holder,
};
use crate::event_target;

/// Where a stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Writable,
    Erroring,
    Errored,
    Closed,
}

/// A writable stream.
pub(crate) type Ws = Gc<Writable>;

#[derive(Trace, Finalize)]
pub(crate) struct Writable {
    #[unsafe_ignore_trace]
    pub(super) state: Cell<State>,
    pub(super) error: GcRefCell<JsValue>,
    pub(super) writer: GcRefCell<Option<Gc<Writer>>>,
    pub(super) controller: GcRefCell<Option<Gc<Controller>>>,
    requests: GcRefCell<VecDeque<Deferred>>,
    in_flight: GcRefCell<Option<Deferred>>,
    close_request: GcRefCell<Option<Deferred>>,
    close_in_flight: GcRefCell<Option<Deferred>>,
    abort: GcRefCell<Option<Abort>>,
    #[unsafe_ignore_trace]
    pub(super) backpressure: Cell<bool>,
    /// For `stream.finished`.
    pub(crate) closed: Deferred,
    object: GcRefCell<Option<JsObject>>,
}

#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Abort {
    deferred: Deferred,
    reason: JsValue,
    #[unsafe_ignore_trace]
    was_erroring: bool,
}

/// Who writes.
#[derive(Trace, Finalize)]
pub(crate) struct Writer {
    pub(super) stream: GcRefCell<Option<Ws>>,
    pub(super) closed: GcRefCell<Deferred>,
    pub(super) ready: GcRefCell<Deferred>,
}

/// Between the stream and its sink.
#[derive(Trace, Finalize)]
pub(crate) struct Controller {
    pub(super) stream: Ws,
    object: GcRefCell<Option<JsObject>>,
    abort_controller: GcRefCell<Option<JsObject>>,
    queue: GcRefCell<VecDeque<Queued>>,
    #[unsafe_ignore_trace]
    total: Cell<f64>,
    #[unsafe_ignore_trace]
    started: Cell<bool>,
    #[unsafe_ignore_trace]
    high_water_mark: f64,
    size: GcRefCell<Option<Size>>,
    sink: GcRefCell<Sink>,
}

#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
enum Queued {
    Chunk(JsValue, #[unsafe_ignore_trace] f64),
    Close,
}

/// Where chunks go.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum Sink {
    Nothing,
    Script { this: JsValue, write: Option<JsFunction>, close: Option<JsFunction>, abort: Option<JsFunction> },
    Native(NativeSink),
}

/// A sink in Rust: functions, and the object they work on.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) struct NativeSink {
    pub(crate) data: JsObject,
    #[unsafe_ignore_trace]
    pub(crate) write: fn(&JsObject, JsValue, &mut Context) -> JsResult<JsValue>,
    #[unsafe_ignore_trace]
    pub(crate) close: fn(&JsObject, &mut Context) -> JsResult<JsValue>,
    #[unsafe_ignore_trace]
    pub(crate) abort: fn(&JsObject, JsValue, &mut Context) -> JsResult<JsValue>,
}

impl Sink {
    fn write(&self, chunk: JsValue, controller: &Gc<Controller>, cx: &mut Context) -> JsResult<JsPromise> {
        let result = match self {
            Self::Nothing | Self::Script { write: None, .. } => Ok(JsValue::undefined()),
            Self::Script { this, write: Some(write), .. } => {
                let controller = controller_value(controller, cx)?;
                write.call(this, &[chunk, controller], cx)
            }
            Self::Native(native) => (native.write)(&native.data, chunk, cx),
        };
        promised(result, cx)
    }

    fn close(&self, cx: &mut Context) -> JsResult<JsPromise> {
        let result = match self {
            Self::Nothing | Self::Script { close: None, .. } => Ok(JsValue::undefined()),
            Self::Script { this, close: Some(close), .. } => close.call(this, &[], cx),
            Self::Native(native) => (native.close)(&native.data, cx),
        };
        promised(result, cx)
    }

    fn abort(&self, reason: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
        let result = match self {
            Self::Nothing | Self::Script { abort: None, .. } => Ok(JsValue::undefined()),
            Self::Script { this, abort: Some(abort), .. } => abort.call(this, &[reason], cx),
            Self::Native(native) => (native.abort)(&native.data, reason, cx),
        };
        promised(result, cx)
    }
}

wrapper!(WritableObject, Writable, writable_of);
wrapper!(WriterObject, Writer, writer_of);
wrapper!(ControllerObject, Controller, controller_of);

/// `WritableStream`
pub(super) static WRITABLE_STREAM: Class = Class {
    name: "WritableStream",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("locked", |this, _args, cx| Ok(of(this, cx)?.is_locked().into())).enumerable(true),
        Export::function("abort", 0, |this, args, cx| {
            let result = of(this, cx).and_then(|stream| {
                if stream.is_locked() {
                    return Err(state_error("WritableStream is locked", cx));
                }
                abort(&stream, args.get_or_undefined(0).clone(), cx).map(JsValue::from)
            });
            rejecting(result, cx)
        })
        .enumerable(true),
        Export::function("close", 0, |this, _args, cx| {
            let result = of(this, cx).and_then(|stream| {
                if stream.is_locked() {
                    return Err(state_error("WritableStream is locked", cx));
                }
                if stream.is_close_queued_or_in_flight() {
                    return Err(state_error("Failure closing WritableStream", cx));
                }
                close(&stream, cx).map(JsValue::from)
            });
            rejecting(result, cx)
        })
        .enumerable(true),
        Export::function("getWriter", 0, |this, _args, cx| {
            of(this, cx)?;
            WRITER.construct(std::slice::from_ref(this), cx).map(JsValue::from)
        })
        .enumerable(true),
        Export::symbol_getter(Symbol::For("nodejs.stream.errored"), |this, _args, cx| Ok((of(this, cx)?.state.get() == State::Errored).into())),
        Export::symbol_getter(Symbol::For("nodejs.stream.writable"), |this, _args, cx| Ok((of(this, cx)?.state.get() == State::Writable).into())),
        Export::symbol_getter(Symbol::For("nodejs.webstream.isClosedPromise"), |this, _args, cx| {
            let promise = of(this, cx)?.closed.promise.clone();
            closed_holder(&promise, cx)
        }),
        Export::symbol(Symbol::For("nodejs.webstream.controllerErrorFunction"), "", 1, |this, args, cx| {
            let stream = of(this, cx)?;
            error_stream(&stream, args.get_or_undefined(0), cx)?;
            Ok(JsValue::undefined())
        }),
        inspect_member(|this, args, cx| {
            let stream = of(this, cx)?;
            let state = match stream.state.get() {
                State::Writable => "writable",
                State::Erroring => "erroring",
                State::Errored => "errored",
                State::Closed => "closed",
            };
            inspected(this, vec![("locked", stream.is_locked().into()), ("state", js_string!(state).into())], args, cx)
        }),
        Export::tag("WritableStream"),
    ],
    statics: &[],
};

/// `WritableStreamDefaultWriter`
pub(super) static WRITER: Class = Class {
    name: "WritableStreamDefaultWriter",
    length: 1,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let given = args.get_or_undefined(0);
        let Some(stream) = writable_of(given) else { return Err(errors::invalid_arg_type("stream", "WritableStream", given, cx)) };
        let prototype = instance_prototype(&WRITER, cx)?;
        let writer = acquire(&stream, cx)?;
        Ok(JsObject::from_proto_and_data(prototype, WriterObject(writer)).into())
    },
    prototype: &[
        Export::getter("closed", |this, _args, cx| {
            let closed = writer(this, cx).map(|writer| writer.closed.borrow().promise.clone().into());
            rejecting(closed, cx)
        })
        .enumerable(true),
        Export::getter("desiredSize", |this, _args, cx| {
            let writer = writer(this, cx)?;
            let Some(stream) = writer.stream() else { return Err(state_error("Writer is not bound to a WritableStream", cx)) };
            Ok(desired_size(&stream).map_or_else(JsValue::null, JsValue::from))
        })
        .enumerable(true),
        Export::getter("ready", |this, _args, cx| {
            let ready = writer(this, cx).map(|writer| writer.ready.borrow().promise.clone().into());
            rejecting(ready, cx)
        })
        .enumerable(true),
        Export::function("abort", 0, |this, args, cx| {
            let result = writer(this, cx).and_then(|writer| {
                let stream = bound(&writer, cx)?;
                abort(&stream, args.get_or_undefined(0).clone(), cx).map(JsValue::from)
            });
            rejecting(result, cx)
        })
        .enumerable(true),
        Export::function("close", 0, |this, _args, cx| {
            let result = writer(this, cx).and_then(|writer| {
                let stream = bound(&writer, cx)?;
                if stream.is_close_queued_or_in_flight() {
                    return Err(state_error("Failure to close WritableStream", cx));
                }
                close(&stream, cx).map(JsValue::from)
            });
            rejecting(result, cx)
        })
        .enumerable(true),
        Export::function("releaseLock", 0, |this, _args, cx| {
            let writer = writer(this, cx)?;
            release(&writer, cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("write", 0, |this, args, cx| {
            let result = writer(this, cx).and_then(|writer| {
                bound(&writer, cx)?;
                write(&writer, args.get_or_undefined(0).clone(), cx).map(JsValue::from)
            });
            rejecting(result, cx)
        })
        .enumerable(true),
        inspect_member(|this, args, cx| {
            let writer = writer(this, cx)?;
            let (stream, size) = match writer.stream() {
                Some(stream) => (stream_value(&stream, cx)?, desired_size(&stream).map_or_else(JsValue::null, JsValue::from)),
                None => Default::default(),
            };
            let (closed, ready) = (writer.closed.borrow().promise.clone(), writer.ready.borrow().promise.clone());
            inspected(this, vec![("stream", stream), ("close", closed.into()), ("ready", ready.into()), ("desiredSize", size)], args, cx)
        }),
        Export::tag("WritableStreamDefaultWriter"),
    ],
    statics: &[],
};

/// `WritableStreamDefaultController`
pub(super) static CONTROLLER: Class = Class {
    name: "WritableStreamDefaultController",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("signal", |this, _args, cx| {
            let controller = controller(this, cx)?;
            let abort_controller = abort_controller(&controller, cx)?;
            event_target::signal_of(&abort_controller, cx).map(JsValue::from)
        })
        .enumerable(true),
        Export::function("error", 0, |this, args, cx| {
            let controller = controller(this, cx)?;
            if controller.stream.state.get() == State::Writable {
                error_controller(&controller, args.get_or_undefined(0), cx)?;
            }
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        inspect_member(|this, args, cx| {
            let controller = controller(this, cx)?;
            let stream = stream_value(&controller.stream, cx)?;
            inspected(this, vec![("stream", stream)], args, cx)
        }),
        Export::tag("WritableStreamDefaultController"),
    ],
    statics: &[],
};

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Ws> {
    writable_of(this).ok_or_else(|| errors::invalid_this("WritableStream", cx))
}

fn writer(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Writer>> {
    writer_of(this).ok_or_else(|| errors::invalid_this("WritableStreamDefaultWriter", cx))
}

fn controller(this: &JsValue, cx: &mut Context) -> JsResult<Gc<Controller>> {
    controller_of(this).ok_or_else(|| errors::invalid_this("WritableStreamDefaultController", cx))
}

fn bound(writer: &Writer, cx: &mut Context) -> JsResult<Ws> {
    match writer.stream() {
        Some(stream) => Ok(stream),
        None => Err(state_error("Writer is not bound to a WritableStream", cx)),
    }
}

fn abort_controller(controller: &Controller, cx: &mut Context) -> JsResult<JsObject> {
    if let Some(made) = controller.abort_controller.borrow().clone() {
        return Ok(made);
    }
    let made = event_target::create_controller(cx)?;
    *controller.abort_controller.borrow_mut() = Some(made.clone());
    Ok(made)
}

fn blank(cx: &mut Context) -> JsResult<Ws> {
    let closed = Deferred::new(cx);
    handled(&closed.promise, cx)?;
    Ok(Gc::new(Writable {
        state: Cell::new(State::Writable),
        error: GcRefCell::new(JsValue::undefined()),
        writer: GcRefCell::new(None),
        controller: GcRefCell::new(None),
        requests: GcRefCell::default(),
        in_flight: GcRefCell::new(None),
        close_request: GcRefCell::new(None),
        close_in_flight: GcRefCell::new(None),
        abort: GcRefCell::new(None),
        backpressure: Cell::new(false),
        closed,
        object: GcRefCell::new(None),
    }))
}

/// The object of a stream.
pub(crate) fn stream_value(stream: &Ws, cx: &mut Context) -> JsResult<JsValue> {
    shown(&stream.object, &WRITABLE_STREAM, || WritableObject(stream.clone()), cx)
}

/// The object that a script's sink gets.
fn controller_value(controller: &Gc<Controller>, cx: &mut Context) -> JsResult<JsValue> {
    shown(&controller.object, &CONTROLLER, || ControllerObject(controller.clone()), cx)
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (sink, strategy) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if !sink.is_null_or_undefined() && !sink.is_object() {
        return Err(errors::invalid_arg_type("sink", "object", sink, cx));
    }
    let strategy = Strategy::read(strategy, "strategy", cx)?;
    let given = sink.as_object();
    if let Some(given) = &given {
        let kind = given.get(js_string!("type"), cx)?;
        if !kind.is_undefined() {
            return Err(errors::invalid_arg_value_of(Base::Range, "type", &kind, "is invalid", cx));
        }
    }
    let prototype = instance_prototype(&WRITABLE_STREAM, cx)?;
    let size = strategy.size(cx)?;
    let mark = strategy.high_water_mark(1.0, cx)?;
    let stream = blank(cx)?;
    let object = JsObject::from_proto_and_data(prototype, WritableObject(stream.clone()));
    *stream.object.borrow_mut() = Some(object.clone());
    let start = method_of(given.as_ref(), "start", "sink.start", cx)?;
    let write = method_of(given.as_ref(), "write", "sink.write", cx)?;
    let close = method_of(given.as_ref(), "close", "sink.close", cx)?;
    let abort = method_of(given.as_ref(), "abort", "sink.abort", cx)?;
    let algorithms = Sink::Script { this: sink.clone(), write, close, abort };
    let this = sink.clone();
    set_up(
        &stream,
        algorithms,
        mark,
        size,
        |controller, cx| match start {
            Some(start) => {
                let controller = controller_value(controller, cx)?;
                start.call(&this, &[controller], cx)
            }
            None => Ok(JsValue::undefined()),
        },
        cx,
    )?;
    Ok(object.into())
}

/// A stream with a native sink. `started` delays the first write.
pub(crate) fn with_sink(sink: Sink, high_water_mark: f64, size: Size, started: JsValue, cx: &mut Context) -> JsResult<Ws> {
    let stream = blank(cx)?;
    set_up(&stream, sink, high_water_mark, size, |_, _| Ok(started), cx)?;
    Ok(stream)
}

fn set_up(stream: &Ws, sink: Sink, high_water_mark: f64, size: Size, start: impl FnOnce(&Gc<Controller>, &mut Context) -> JsResult<JsValue>, cx: &mut Context) -> JsResult<()> {
    let controller = Gc::new(Controller {
        stream: stream.clone(),
        object: GcRefCell::new(None),
        abort_controller: GcRefCell::new(None),
        queue: GcRefCell::default(),
        total: Cell::new(0.0),
        started: Cell::new(false),
        high_water_mark,
        size: GcRefCell::new(Some(size)),
        sink: GcRefCell::new(sink),
    });
    *stream.controller.borrow_mut() = Some(controller.clone());
    update_backpressure(stream, has_backpressure(&controller), cx)?;
    let started = start(&controller, cx)?;
    let started = promised(Ok(started), cx)?;
    react(
        &started,
        &controller,
        |controller, _, cx| {
            controller.started.set(true);
            advance(controller, cx)?;
            Ok(JsValue::undefined())
        },
        |controller, reason, cx| {
            controller.started.set(true);
            deal_with_rejection(&controller.stream, &reason, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    Ok(())
}

impl Writable {
    pub(crate) fn is_locked(&self) -> bool {
        self.writer.borrow().is_some()
    }

    pub(crate) fn state(&self) -> State {
        self.state.get()
    }

    pub(crate) fn error(&self) -> JsValue {
        self.error.borrow().clone()
    }

    pub(crate) fn is_close_queued_or_in_flight(&self) -> bool {
        self.close_request.borrow().is_some() || self.close_in_flight.borrow().is_some()
    }

    fn has_operation_in_flight(&self) -> bool {
        self.in_flight.borrow().is_some() || self.close_in_flight.borrow().is_some()
    }

    fn controller(&self) -> Option<Gc<Controller>> {
        self.controller.borrow().clone()
    }

    fn writer(&self) -> Option<Gc<Writer>> {
        self.writer.borrow().clone()
    }
}

impl Writer {
    pub(crate) fn stream(&self) -> Option<Ws> {
        self.stream.borrow().clone()
    }

    pub(crate) fn ready(&self) -> Deferred {
        self.ready.borrow().clone()
    }

    pub(crate) fn closed(&self) -> Deferred {
        self.closed.borrow().clone()
    }
}

/// AcquireWritableStreamDefaultWriter
pub(crate) fn acquire(stream: &Ws, cx: &mut Context) -> JsResult<Gc<Writer>> {
    if stream.is_locked() {
        return Err(state_error("WritableStream is locked", cx));
    }
    let (closed, ready) = match stream.state.get() {
        State::Writable => {
            let ready = if !stream.is_close_queued_or_in_flight() && stream.backpressure.get() { Deferred::new(cx) } else { Deferred::resolved(cx)? };
            (Deferred::new(cx), ready)
        }
        State::Erroring => (Deferred::new(cx), Deferred::rejected(&stream.error(), cx)?),
        State::Closed => (Deferred::resolved(cx)?, Deferred::resolved(cx)?),
        State::Errored => (Deferred::rejected(&stream.error(), cx)?, Deferred::rejected(&stream.error(), cx)?),
    };
    let writer = Gc::new(Writer { stream: GcRefCell::new(Some(stream.clone())), closed: GcRefCell::new(closed), ready: GcRefCell::new(ready) });
    *stream.writer.borrow_mut() = Some(writer.clone());
    Ok(writer)
}

/// WritableStreamAbort
pub(crate) fn abort(stream: &Ws, mut reason: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
    if matches!(stream.state.get(), State::Closed | State::Errored) {
        return JsPromise::resolve(JsValue::undefined(), cx);
    }
    if let Some(controller) = stream.controller() {
        let abort_controller = abort_controller(&controller, cx)?;
        event_target::abort_with(&abort_controller, &reason, cx)?;
    }
    if matches!(stream.state.get(), State::Closed | State::Errored) {
        return JsPromise::resolve(JsValue::undefined(), cx);
    }
    let pending = stream.abort.borrow().as_ref().map(|abort| abort.deferred.promise.clone());
    if let Some(pending) = pending {
        return Ok(pending);
    }
    let was_erroring = stream.state.get() == State::Erroring;
    if was_erroring {
        reason = JsValue::undefined();
    }
    let deferred = Deferred::new(cx);
    let promise = deferred.promise.clone();
    *stream.abort.borrow_mut() = Some(Abort { deferred, reason: reason.clone(), was_erroring });
    if !was_erroring {
        start_erroring(stream, &reason, cx)?;
    }
    Ok(promise)
}

/// WritableStreamClose
pub(crate) fn close(stream: &Ws, cx: &mut Context) -> JsResult<JsPromise> {
    if matches!(stream.state.get(), State::Closed | State::Errored) {
        let reason = state_error("WritableStream is closed", cx);
        return JsPromise::reject(reason, cx);
    }
    let deferred = Deferred::new(cx);
    let promise = deferred.promise.clone();
    *stream.close_request.borrow_mut() = Some(deferred);
    if let Some(writer) = stream.writer()
        && stream.backpressure.get()
        && stream.state.get() == State::Writable
    {
        writer.ready().resolve(JsValue::undefined(), cx)?;
    }
    if let Some(controller) = stream.controller() {
        controller.queue.borrow_mut().push_back(Queued::Close);
        advance(&controller, cx)?;
    }
    Ok(promise)
}

/// WritableStreamDefaultWriterCloseWithErrorPropagation
pub(crate) fn close_with_propagation(writer: &Gc<Writer>, cx: &mut Context) -> JsResult<JsPromise> {
    let Some(stream) = writer.stream() else { return JsPromise::resolve(JsValue::undefined(), cx) };
    match stream.state.get() {
        _ if stream.is_close_queued_or_in_flight() => JsPromise::resolve(JsValue::undefined(), cx),
        State::Closed => JsPromise::resolve(JsValue::undefined(), cx),
        State::Errored => JsPromise::reject(JsError::from_opaque(stream.error()), cx),
        _ => close(&stream, cx),
    }
}

pub(crate) fn desired_size(stream: &Writable) -> Option<f64> {
    match stream.state.get() {
        State::Errored | State::Erroring => None,
        State::Closed => Some(0.0),
        State::Writable => stream.controller().map(|controller| room(&controller)),
    }
}

fn room(controller: &Controller) -> f64 {
    controller.high_water_mark - controller.total.get()
}

fn has_backpressure(controller: &Controller) -> bool {
    room(controller) <= 0.0
}

/// WritableStreamDefaultWriterRelease
pub(crate) fn release(writer: &Gc<Writer>, cx: &mut Context) -> JsResult<()> {
    let Some(stream) = writer.stream() else { return Ok(()) };
    let reason = state_reason("Writer has been released", cx);
    reject_ready(writer, &reason, cx)?;
    let closed = writer.closed();
    if closed.is_pending() {
        closed.reject(&reason, cx)?;
        handled(&closed.promise, cx)?;
    } else {
        let rejected = Deferred::rejected(&reason, cx)?;
        *writer.closed.borrow_mut() = rejected;
    }
    *stream.writer.borrow_mut() = None;
    *writer.stream.borrow_mut() = None;
    Ok(())
}

/// WritableStreamDefaultWriterEnsureReadyPromiseRejected
fn reject_ready(writer: &Gc<Writer>, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    let ready = writer.ready();
    if ready.is_pending() {
        ready.reject(reason, cx)?;
        return handled(&ready.promise, cx);
    }
    let rejected = Deferred::rejected(reason, cx)?;
    *writer.ready.borrow_mut() = rejected;
    Ok(())
}

/// WritableStreamDefaultWriterWrite
pub(crate) fn write(writer: &Gc<Writer>, chunk: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
    let Some(stream) = writer.stream() else {
        let reason = state_error("Writer is not bound to a WritableStream", cx);
        return JsPromise::reject(reason, cx);
    };
    let Some(controller) = stream.controller() else { return JsPromise::resolve(JsValue::undefined(), cx) };
    let size = controller.size.borrow().clone();
    let size = match size {
        None => 1.0,
        Some(size) => match chunk_size(&size, &chunk, cx) {
            Ok(size) => size,
            Err(failed) => {
                let reason = thrown_value(failed, cx);
                error_if_needed(&controller, &reason, cx)?;
                1.0
            }
        },
    };
    let same = writer.stream().is_some_and(|now| Gc::ptr_eq(&now, &stream));
    if !same {
        let reason = state_error("Mismatched WritableStreams", cx);
        return JsPromise::reject(reason, cx);
    }
    match stream.state.get() {
        State::Errored => return JsPromise::reject(JsError::from_opaque(stream.error()), cx),
        _ if stream.is_close_queued_or_in_flight() => {
            let reason = state_error("WritableStream is closed", cx);
            return JsPromise::reject(reason, cx);
        }
        State::Closed => {
            let reason = state_error("WritableStream is closed", cx);
            return JsPromise::reject(reason, cx);
        }
        State::Erroring => return JsPromise::reject(JsError::from_opaque(stream.error()), cx),
        State::Writable => {}
    }
    let deferred = Deferred::new(cx);
    let promise = deferred.promise.clone();
    stream.requests.borrow_mut().push_back(deferred);
    enqueue(&controller, chunk, size, cx)?;
    Ok(promise)
}

fn chunk_size(size: &Size, chunk: &JsValue, cx: &mut Context) -> JsResult<f64> {
    match size {
        Size::One => Ok(1.0),
        Size::Function(function) => function.call(&JsValue::undefined(), std::slice::from_ref(chunk), cx)?.to_number(cx),
    }
}

fn enqueue(controller: &Gc<Controller>, chunk: JsValue, size: f64, cx: &mut Context) -> JsResult<()> {
    if !size.is_finite() || size < 0.0 {
        let error = errors::invalid_arg_value_of(Base::Range, "size", &size.into(), "is invalid", cx);
        let reason = thrown_value(error, cx);
        return error_if_needed(controller, &reason, cx);
    }
    controller.queue.borrow_mut().push_back(Queued::Chunk(chunk, size));
    controller.total.set(controller.total.get() + size);
    if !controller.stream.is_close_queued_or_in_flight() && controller.stream.state.get() == State::Writable {
        update_backpressure(&controller.stream, has_backpressure(controller), cx)?;
    }
    advance(controller, cx)
}

/// WritableStreamUpdateBackpressure
fn update_backpressure(stream: &Ws, backpressure: bool, cx: &mut Context) -> JsResult<()> {
    if let Some(writer) = stream.writer()
        && backpressure != stream.backpressure.get()
    {
        if backpressure {
            let ready = Deferred::new(cx);
            *writer.ready.borrow_mut() = ready;
        } else {
            writer.ready().resolve(JsValue::undefined(), cx)?;
        }
    }
    stream.backpressure.set(backpressure);
    Ok(())
}

/// WritableStreamDefaultControllerAdvanceQueueIfNeeded
fn advance(controller: &Gc<Controller>, cx: &mut Context) -> JsResult<()> {
    let stream = &controller.stream;
    if !controller.started.get() || stream.in_flight.borrow().is_some() {
        return Ok(());
    }
    if stream.state.get() == State::Erroring {
        return finish_erroring(stream, cx);
    }
    let first = controller.queue.borrow().front().cloned();
    match first {
        None => Ok(()),
        Some(Queued::Close) => process_close(controller, cx),
        Some(Queued::Chunk(chunk, _)) => process_write(controller, chunk, cx),
    }
}

fn dequeue(controller: &Controller) {
    if let Some(Queued::Chunk(_, size)) = controller.queue.borrow_mut().pop_front() {
        controller.total.set((controller.total.get() - size).max(0.0));
    }
}

fn process_close(controller: &Gc<Controller>, cx: &mut Context) -> JsResult<()> {
    let stream = &controller.stream;
    let request = stream.close_request.borrow_mut().take();
    *stream.close_in_flight.borrow_mut() = request;
    dequeue(controller);
    let sink = controller.sink.borrow().clone();
    let closed = sink.close(cx)?;
    clear_algorithms(controller);
    react(
        &closed,
        controller,
        |controller, _, cx| {
            finish_close(&controller.stream, cx)?;
            Ok(JsValue::undefined())
        },
        |controller, reason, cx| {
            let stream = &controller.stream;
            let request = stream.close_in_flight.borrow_mut().take();
            if let Some(request) = request {
                request.reject(&reason, cx)?;
            }
            let abort = stream.abort.borrow_mut().take();
            if let Some(abort) = abort {
                abort.deferred.reject(&reason, cx)?;
            }
            deal_with_rejection(stream, &reason, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    Ok(())
}

fn finish_close(stream: &Ws, cx: &mut Context) -> JsResult<()> {
    let request = stream.close_in_flight.borrow_mut().take();
    if let Some(request) = request {
        request.resolve(JsValue::undefined(), cx)?;
    }
    if stream.state.get() == State::Erroring {
        *stream.error.borrow_mut() = JsValue::undefined();
        let abort = stream.abort.borrow_mut().take();
        if let Some(abort) = abort {
            abort.deferred.resolve(JsValue::undefined(), cx)?;
        }
    }
    stream.state.set(State::Closed);
    if let Some(writer) = stream.writer() {
        writer.closed().resolve(JsValue::undefined(), cx)?;
    }
    stream.closed.resolve(JsValue::undefined(), cx)
}

fn process_write(controller: &Gc<Controller>, chunk: JsValue, cx: &mut Context) -> JsResult<()> {
    let stream = &controller.stream;
    let request = stream.requests.borrow_mut().pop_front();
    *stream.in_flight.borrow_mut() = request;
    let sink = controller.sink.borrow().clone();
    let written = sink.write(chunk, controller, cx)?;
    react(
        &written,
        controller,
        |controller, _, cx| {
            let stream = &controller.stream;
            let request = stream.in_flight.borrow_mut().take();
            if let Some(request) = request {
                request.resolve(JsValue::undefined(), cx)?;
            }
            dequeue(controller);
            if !stream.is_close_queued_or_in_flight() && stream.state.get() == State::Writable {
                update_backpressure(stream, has_backpressure(controller), cx)?;
            }
            advance(controller, cx)?;
            Ok(JsValue::undefined())
        },
        |controller, reason, cx| {
            let stream = &controller.stream;
            if stream.state.get() == State::Writable {
                clear_algorithms(controller);
            }
            let request = stream.in_flight.borrow_mut().take();
            if let Some(request) = request {
                request.reject(&reason, cx)?;
            }
            deal_with_rejection(stream, &reason, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    Ok(())
}

fn clear_algorithms(controller: &Controller) {
    *controller.sink.borrow_mut() = Sink::Nothing;
    *controller.size.borrow_mut() = None;
}

fn error_if_needed(controller: &Gc<Controller>, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    if controller.stream.state.get() == State::Writable { error_controller(controller, reason, cx) } else { Ok(()) }
}

/// Fails a stream from its sink's side, unless it is over.
pub(crate) fn error_stream(stream: &Ws, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    match stream.controller() {
        Some(controller) => error_if_needed(&controller, reason, cx),
        None => Ok(()),
    }
}

/// WritableStreamDefaultControllerError
fn error_controller(controller: &Gc<Controller>, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    clear_algorithms(controller);
    start_erroring(&controller.stream, reason, cx)
}

/// WritableStreamDealWithRejection
fn deal_with_rejection(stream: &Ws, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    if stream.state.get() == State::Writable { start_erroring(stream, reason, cx) } else { finish_erroring(stream, cx) }
}

/// WritableStreamStartErroring
fn start_erroring(stream: &Ws, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    stream.state.set(State::Erroring);
    *stream.error.borrow_mut() = reason.clone();
    if let Some(writer) = stream.writer() {
        reject_ready(&writer, reason, cx)?;
    }
    let started = stream.controller().is_some_and(|controller| controller.started.get());
    if !stream.has_operation_in_flight() && started {
        finish_erroring(stream, cx)?;
    }
    Ok(())
}

/// WritableStreamFinishErroring
fn finish_erroring(stream: &Ws, cx: &mut Context) -> JsResult<()> {
    if stream.state.get() != State::Erroring || stream.has_operation_in_flight() {
        return Ok(());
    }
    stream.state.set(State::Errored);
    let Some(controller) = stream.controller() else { return Ok(()) };
    controller.queue.borrow_mut().clear();
    controller.total.set(0.0);
    let reason = stream.error();
    let requests: Vec<_> = stream.requests.borrow_mut().drain(..).collect();
    for request in requests {
        request.reject(&reason, cx)?;
    }
    let abort = stream.abort.borrow_mut().take();
    let Some(abort) = abort else { return reject_close(stream, cx) };
    if abort.was_erroring {
        abort.deferred.reject(&reason, cx)?;
        return reject_close(stream, cx);
    }
    let sink = controller.sink.borrow().clone();
    let aborted = sink.abort(abort.reason.clone(), cx)?;
    clear_algorithms(&controller);
    let data = (stream.clone(), abort.deferred.clone());
    react(
        &aborted,
        &data,
        |(stream, deferred), _, cx| {
            deferred.resolve(JsValue::undefined(), cx)?;
            reject_close(stream, cx)?;
            Ok(JsValue::undefined())
        },
        |(stream, deferred), reason, cx| {
            deferred.reject(&reason, cx)?;
            reject_close(stream, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    Ok(())
}

/// WritableStreamRejectCloseAndClosedPromiseIfNeeded
fn reject_close(stream: &Ws, cx: &mut Context) -> JsResult<()> {
    let reason = stream.error();
    let request = stream.close_request.borrow_mut().take();
    if let Some(request) = request {
        request.reject(&reason, cx)?;
    }
    stream.closed.reject(&reason, cx)?;
    if let Some(writer) = stream.writer() {
        let closed = writer.closed();
        closed.reject(&reason, cx)?;
        handled(&closed.promise, cx)?;
    }
    Ok(())
}
