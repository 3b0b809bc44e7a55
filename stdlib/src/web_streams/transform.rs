//! `TransformStream` and its controller.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    op::thrown_value,
    table::Export,
};

use super::{
    core::{Deferred, Reaction, Size, Strategy, inspect_member, inspected, method_of, promised, react, shown, state_error, state_reason, wrapper},
    default_controller::{self, DefaultController},
    readable::{self, NativeSource, Rs, Source},
    supply,
    writable::{self, NativeSink, Sink, Ws},
};

/// A transform stream.
#[derive(Trace, Finalize)]
pub(crate) struct Transform {
    readable: GcRefCell<Option<(Rs, Gc<DefaultController>)>>,
    writable: GcRefCell<Option<Ws>>,
    #[unsafe_ignore_trace]
    backpressure: Cell<bool>,
    backpressure_change: GcRefCell<Option<Deferred>>,
    transformer: GcRefCell<Transformer>,
    /// The one promise of whatever ends the stream.
    finish: GcRefCell<Option<JsPromise>>,
    controller: GcRefCell<Option<JsObject>>,
}

/// A transform stream.
pub(crate) type Ts = Gc<Transform>;

/// What is done to chunks.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum Transformer {
    /// Nothing more: the algorithms are cleared.
    Nothing,
    Script {
        this: JsValue,
        transform: Option<JsFunction>,
        flush: Option<JsFunction>,
        cancel: Option<JsFunction>,
    },
    Native(NativeTransformer),
}

/// A transformer in Rust: functions, and the object they work on.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) struct NativeTransformer {
    pub(crate) data: JsObject,
    #[unsafe_ignore_trace]
    pub(crate) transform: fn(&JsObject, JsValue, &Ts, &mut Context) -> JsResult<JsValue>,
    #[unsafe_ignore_trace]
    pub(crate) flush: fn(&JsObject, &Ts, &mut Context) -> JsResult<JsValue>,
}

wrapper!(TransformObject, Transform, transform_of);

#[derive(Trace, Finalize, boa_engine::JsData)]
struct ControllerObject(Ts);

/// What the sides carry back to the stream.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Side(Ts);

/// `TransformStream`
pub(super) static TRANSFORM_STREAM: Class = Class {
    name: "TransformStream",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("readable", |this, _args, cx| {
            let stream = of(this, cx)?;
            readable_value(&stream, cx)
        })
        .enumerable(true),
        Export::getter("writable", |this, _args, cx| {
            let stream = of(this, cx)?;
            writable_value(&stream, cx)
        })
        .enumerable(true),
        inspect_member(|this, args, cx| {
            let stream = of(this, cx)?;
            let fields = vec![("readable", readable_value(&stream, cx)?), ("writable", writable_value(&stream, cx)?), ("backpressure", stream.backpressure.get().into())];
            inspected(this, fields, args, cx)
        }),
        Export::tag("TransformStream"),
    ],
    statics: &[],
};

/// `TransformStreamDefaultController`
pub(super) static CONTROLLER: Class = Class {
    name: "TransformStreamDefaultController",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("desiredSize", |this, _args, cx| {
            let stream = controlled(this, cx)?;
            let size = stream.source().and_then(|controller| supply::desired_size(&*controller));
            Ok(size.map_or_else(JsValue::null, JsValue::from))
        })
        .enumerable(true),
        Export::function("enqueue", 0, |this, args, cx| {
            let stream = controlled(this, cx)?;
            enqueue(&stream, args.get_or_undefined(0).clone(), cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("error", 0, |this, args, cx| {
            let stream = controlled(this, cx)?;
            error(&stream, args.get_or_undefined(0), cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("terminate", 0, |this, _args, cx| {
            let stream = controlled(this, cx)?;
            terminate(&stream, cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        inspect_member(|this, args, cx| {
            controlled(this, cx)?;
            inspected(this, Vec::new(), args, cx)
        }),
        Export::tag("TransformStreamDefaultController"),
    ],
    statics: &[],
};

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Ts> {
    transform_of(this).ok_or_else(|| errors::invalid_this("TransformStream", cx))
}

fn controlled(this: &JsValue, cx: &mut Context) -> JsResult<Ts> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<ControllerObject>().map(|data| data.0.clone()));
    found.ok_or_else(|| errors::invalid_this("TransformStreamDefaultController", cx))
}

/// The readable side's object.
pub(crate) fn readable_value(stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    let side = stream.readable.borrow().as_ref().map(|(side, _)| side.clone());
    match side {
        Some(side) => readable::stream_value(&side, cx),
        None => Ok(JsValue::undefined()),
    }
}

/// The writable side's object.
pub(crate) fn writable_value(stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    let side = stream.writable.borrow().clone();
    match side {
        Some(side) => writable::stream_value(&side, cx),
        None => Ok(JsValue::undefined()),
    }
}

fn controller_value(stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    shown(&stream.controller, &CONTROLLER, || ControllerObject(stream.clone()), cx)
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let transformer = args.get_or_undefined(0);
    if !transformer.is_null_or_undefined() && !transformer.is_object() {
        return Err(errors::invalid_arg_type("transformer", "object", transformer, cx));
    }
    let given = transformer.as_object();
    if let Some(given) = &given {
        for (key, name) in [("readableType", "transformer.readableType"), ("writableType", "transformer.writableType")] {
            let kind = given.get(js_string!(key), cx)?;
            if !kind.is_undefined() {
                return Err(errors::invalid_arg_value_of(Base::Range, name, &kind, "is invalid", cx));
            }
        }
    }
    let writable_strategy = Strategy::read(args.get_or_undefined(1), "writableStrategy", cx)?;
    let readable_strategy = Strategy::read(args.get_or_undefined(2), "readableStrategy", cx)?;
    let readable_mark = readable_strategy.high_water_mark(0.0, cx)?;
    let readable_size = readable_strategy.size(cx)?;
    let writable_mark = writable_strategy.high_water_mark(1.0, cx)?;
    let writable_size = writable_strategy.size(cx)?;
    let prototype = instance_prototype(&TRANSFORM_STREAM, cx)?;
    let start_promise = Deferred::new(cx);
    let stream = initialize(&start_promise, (writable_mark, writable_size), (readable_mark, readable_size), cx)?;
    let start = method_of(given.as_ref(), "start", "transformer.start", cx)?;
    let transform = method_of(given.as_ref(), "transform", "transformer.transform", cx)?;
    let flush = method_of(given.as_ref(), "flush", "transformer.flush", cx)?;
    let cancel = method_of(given.as_ref(), "cancel", "transformer.cancel", cx)?;
    *stream.transformer.borrow_mut() = Transformer::Script { this: transformer.clone(), transform, flush, cancel };
    let started = match start {
        Some(start) => {
            let controller = controller_value(&stream, cx)?;
            start.call(transformer, &[controller], cx)?
        }
        None => JsValue::undefined(),
    };
    start_promise.resolve(started, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, TransformObject(stream)).into())
}

/// A transform stream with a native transformer.
pub(crate) fn with_transformer(transformer: NativeTransformer, cx: &mut Context) -> JsResult<Ts> {
    buffered_transformer(transformer, (1.0, Size::One), (0.0, Size::One), cx)
}

/// As [`with_transformer`], with high water marks and sizes of the writable and the readable side.
pub(super) fn buffered_transformer(transformer: NativeTransformer, writable: (f64, Size), readable: (f64, Size), cx: &mut Context) -> JsResult<Ts> {
    let started = Deferred::new(cx);
    let stream = initialize(&started, writable, readable, cx)?;
    *stream.transformer.borrow_mut() = Transformer::Native(transformer);
    started.resolve(JsValue::undefined(), cx)?;
    Ok(stream)
}

/// Both sides of a stream.
pub(super) fn sides(stream: &Ts) -> (Option<Rs>, Option<Ws>) {
    let readable = stream.readable.borrow().as_ref().map(|(side, _)| side.clone());
    (readable, stream.writable.borrow().clone())
}

/// A stream object of two sides that something else joins.
pub(super) fn of_sides(readable: (Rs, Gc<DefaultController>), writable: Ws, cx: &mut Context) -> JsResult<JsObject> {
    let stream = Gc::new(Transform {
        readable: GcRefCell::new(Some(readable)),
        writable: GcRefCell::new(Some(writable)),
        backpressure: Cell::new(false),
        backpressure_change: GcRefCell::new(None),
        transformer: GcRefCell::new(Transformer::Nothing),
        finish: GcRefCell::new(None),
        controller: GcRefCell::new(None),
    });
    let prototype = TRANSFORM_STREAM.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, TransformObject(stream)))
}

fn initialize(start: &Deferred, writable: (f64, Size), readable: (f64, Size), cx: &mut Context) -> JsResult<Ts> {
    let stream = Gc::new(Transform {
        readable: GcRefCell::new(None),
        writable: GcRefCell::new(None),
        backpressure: Cell::new(false),
        backpressure_change: GcRefCell::new(None),
        transformer: GcRefCell::new(Transformer::Nothing),
        finish: GcRefCell::new(None),
        controller: GcRefCell::new(None),
    });
    let side = JsObject::new_unique(None, Side(stream.clone())).upcast();
    let sink = Sink::Native(NativeSink { data: side.clone(), write: sink_write, close: sink_close, abort: sink_abort });
    let started: JsValue = start.promise.clone().into();
    let writable_side = writable::with_sink(sink, writable.0, writable.1, started.clone(), cx)?;
    *stream.writable.borrow_mut() = Some(writable_side);
    let source = Source::Native(NativeSource { data: side, pull: source_pull, cancel: source_cancel });
    let readable_side = readable::blank(cx)?;
    let controller = default_controller::set_up(&readable_side, source, readable.0, readable.1, |_, _| Ok(started), cx)?;
    *stream.readable.borrow_mut() = Some((readable_side, controller));
    set_backpressure(&stream, true, cx)?;
    Ok(stream)
}

impl Transform {
    fn source(&self) -> Option<Gc<DefaultController>> {
        self.readable.borrow().as_ref().map(|(_, controller)| controller.clone())
    }

    fn readable(&self) -> Option<Rs> {
        self.readable.borrow().as_ref().map(|(side, _)| side.clone())
    }

    fn writable(&self) -> Option<Ws> {
        self.writable.borrow().clone()
    }
}

fn side_of(side: &JsObject) -> JsResult<Ts> {
    let found = side.downcast_ref::<Side>().map(|side| side.0.clone());
    found.ok_or_else(|| errors::plain(Base::Error, "a transform's side belongs to it"))
}

fn set_backpressure(stream: &Ts, backpressure: bool, cx: &mut Context) -> JsResult<()> {
    let change = stream.backpressure_change.borrow().clone();
    if let Some(change) = change {
        change.resolve(JsValue::undefined(), cx)?;
    }
    let change = Deferred::new(cx);
    *stream.backpressure_change.borrow_mut() = Some(change);
    stream.backpressure.set(backpressure);
    Ok(())
}

fn unblock_write(stream: &Ts, cx: &mut Context) -> JsResult<()> {
    if stream.backpressure.get() { set_backpressure(stream, false, cx) } else { Ok(()) }
}

/// TransformStreamError
fn error(stream: &Ts, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    if let Some(controller) = stream.source() {
        default_controller::error(&controller, reason, cx)?;
    }
    error_writable_and_unblock(stream, reason, cx)
}

fn error_writable_and_unblock(stream: &Ts, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    *stream.transformer.borrow_mut() = Transformer::Nothing;
    if let Some(side) = stream.writable() {
        writable::error_stream(&side, reason, cx)?;
    }
    unblock_write(stream, cx)
}

/// TransformStreamDefaultControllerEnqueue
pub(crate) fn enqueue(stream: &Ts, chunk: JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(controller) = stream.source() else { return Ok(()) };
    if !default_controller::can_close_or_enqueue(&controller) {
        return Err(state_error("Unable to enqueue", cx));
    }
    if let Err(failed) = default_controller::enqueue(&controller, chunk, cx) {
        let reason = thrown_value(failed, cx);
        error_writable_and_unblock(stream, &reason, cx)?;
        let stored = stream.readable().map(|side| side.error()).unwrap_or(reason);
        return Err(JsError::from_opaque(stored));
    }
    let backpressure = default_controller::has_backpressure(&controller);
    if backpressure != stream.backpressure.get() {
        set_backpressure(stream, true, cx)?;
    }
    Ok(())
}

fn terminate(stream: &Ts, cx: &mut Context) -> JsResult<()> {
    if let Some(controller) = stream.source() {
        default_controller::close(&controller, cx)?;
    }
    let reason = state_reason("TransformStream has been terminated", cx);
    error_writable_and_unblock(stream, &reason, cx)
}

fn perform_transform(stream: &Ts, chunk: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
    let transformer = stream.transformer.borrow().clone();
    let result = match transformer {
        Transformer::Nothing => Ok(JsValue::undefined()),
        Transformer::Script { transform: None, .. } => enqueue(stream, chunk, cx).map(|()| JsValue::undefined()),
        Transformer::Script { this, transform: Some(transform), .. } => {
            let controller = controller_value(stream, cx)?;
            transform.call(&this, &[chunk, controller], cx)
        }
        Transformer::Native(native) => (native.transform)(&native.data, chunk, stream, cx),
    };
    let transformed = promised(result, cx)?;
    react(
        &transformed,
        stream,
        |_, _, _| Ok(JsValue::undefined()),
        |stream, reason, cx| {
            error(stream, &reason, cx)?;
            Err(JsError::from_opaque(reason))
        },
        cx,
    )
}

fn sink_write(side: &JsObject, chunk: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let stream = side_of(side)?;
    if !stream.backpressure.get() {
        return perform_transform(&stream, chunk, cx).map(JsValue::from);
    }
    let change = stream.backpressure_change.borrow().clone();
    let Some(change) = change else { return perform_transform(&stream, chunk, cx).map(JsValue::from) };
    let data = (stream, chunk);
    let written = react(
        &change.promise,
        &data,
        |(stream, chunk), _, cx| {
            if let Some(side) = stream.writable()
                && side.state() == writable::State::Erroring
            {
                return Err(JsError::from_opaque(side.error()));
            }
            perform_transform(stream, chunk.clone(), cx).map(JsValue::from)
        },
        |_, reason, _| Err(JsError::from_opaque(reason)),
        cx,
    )?;
    Ok(written.into())
}

/// The promise that whatever ends the stream shares, made by `run` at the first.
fn finishing(
    stream: &Ts,
    run: impl FnOnce(&Transformer, &mut Context) -> JsResult<JsValue>,
    then: impl FnOnce(JsPromise, Deferred, &mut Context) -> JsResult<()>,
    cx: &mut Context,
) -> JsResult<JsValue> {
    let ended = stream.finish.borrow().clone();
    if let Some(promise) = ended {
        return Ok(promise.into());
    }
    let deferred = Deferred::new(cx);
    let promise = deferred.promise.clone();
    *stream.finish.borrow_mut() = Some(promise.clone());
    let transformer = stream.transformer.borrow().clone();
    let result = run(&transformer, cx);
    let done = promised(result, cx)?;
    *stream.transformer.borrow_mut() = Transformer::Nothing;
    then(done, deferred, cx)?;
    Ok(promise.into())
}

/// What the transformer's `cancel` is followed by: the stream, why it was cancelled, and the promise of its end.
type Cancelled = (Ts, JsValue, Deferred);

/// Cancels the transformer, and settles the stream's end by what came of it.
fn cancelling(side: &JsObject, reason: JsValue, cancelled: Reaction<Cancelled>, failed: Reaction<Cancelled>, cx: &mut Context) -> JsResult<JsValue> {
    let stream = side_of(side)?;
    let (of, given) = (stream.clone(), reason.clone());
    finishing(
        &stream,
        |transformer, cx| match transformer {
            Transformer::Script { this, cancel: Some(cancel), .. } => cancel.call(this, &[reason], cx),
            _ => Ok(JsValue::undefined()),
        },
        |done, deferred, cx| react(&done, &(of, given, deferred), cancelled, failed, cx).map(drop),
        cx,
    )
}

/// The readable side and the stream's end fail.
fn fail_readable(stream: &Ts, deferred: &Deferred, reason: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(controller) = stream.source() {
        default_controller::error(&controller, reason, cx)?;
    }
    deferred.reject(reason, cx)?;
    Ok(JsValue::undefined())
}

fn sink_abort(side: &JsObject, reason: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    cancelling(
        side,
        reason,
        |(stream, reason, deferred), _, cx| {
            settle_by_readable(stream, reason, deferred, cx)?;
            Ok(JsValue::undefined())
        },
        |(stream, _, deferred), failed, cx| fail_readable(stream, deferred, &failed, cx),
        cx,
    )
}

fn settle_by_readable(stream: &Ts, reason: &JsValue, deferred: &Deferred, cx: &mut Context) -> JsResult<()> {
    if let Some(side) = stream.readable()
        && side.state() == readable::State::Errored
    {
        return deferred.reject(&side.error(), cx);
    }
    if let Some(controller) = stream.source() {
        default_controller::error(&controller, reason, cx)?;
    }
    deferred.resolve(JsValue::undefined(), cx)
}

fn sink_close(side: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let stream = side_of(side)?;
    let of = stream.clone();
    let flushed_of = stream.clone();
    finishing(
        &stream,
        |transformer, cx| match transformer {
            Transformer::Script { this, flush: Some(flush), .. } => {
                let controller = controller_value(&flushed_of, cx)?;
                flush.call(this, &[controller], cx)
            }
            Transformer::Native(native) => (native.flush)(&native.data, &flushed_of, cx),
            _ => Ok(JsValue::undefined()),
        },
        |flushed, deferred, cx| {
            react(
                &flushed,
                &(of, deferred),
                |(stream, deferred), _, cx| {
                    if let Some(side) = stream.readable()
                        && side.state() == readable::State::Errored
                    {
                        deferred.reject(&side.error(), cx)?;
                        return Ok(JsValue::undefined());
                    }
                    if let Some(controller) = stream.source() {
                        default_controller::close(&controller, cx)?;
                    }
                    deferred.resolve(JsValue::undefined(), cx)?;
                    Ok(JsValue::undefined())
                },
                |(stream, deferred), failed, cx| fail_readable(stream, deferred, &failed, cx),
                cx,
            )
            .map(drop)
        },
        cx,
    )
}

fn source_pull(side: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let stream = side_of(side)?;
    set_backpressure(&stream, false, cx)?;
    let change = stream.backpressure_change.borrow().clone();
    Ok(change.map_or_else(JsValue::undefined, |change| change.promise.into()))
}

fn source_cancel(side: &JsObject, reason: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    cancelling(
        side,
        reason,
        |(stream, reason, deferred), _, cx| {
            let Some(side) = stream.writable() else { return Ok(JsValue::undefined()) };
            if side.state() == writable::State::Errored {
                deferred.reject(&side.error(), cx)?;
                return Ok(JsValue::undefined());
            }
            writable::error_stream(&side, reason, cx)?;
            unblock_write(stream, cx)?;
            deferred.resolve(JsValue::undefined(), cx)?;
            Ok(JsValue::undefined())
        },
        |(stream, _, deferred), failed, cx| {
            if let Some(side) = stream.writable() {
                writable::error_stream(&side, &failed, cx)?;
            }
            unblock_write(stream, cx)?;
            deferred.reject(&failed, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )
}
