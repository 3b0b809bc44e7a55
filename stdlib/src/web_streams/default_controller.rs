//! `ReadableStreamDefaultController`: a queue of chunks of any kind.

use std::{cell::Cell, collections::VecDeque};

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, object::builtins::JsPromise};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    op::thrown_value,
    table::Export,
};

use super::{
    core::{Size, inspect_member, inspected, promised, react, state_error, wrapper},
    readable::{self, Controller, Rs, Source, State},
    reader::{ReadRequest, Reader},
};

/// The controller of one stream.
#[derive(Trace, Finalize)]
pub(crate) struct DefaultController {
    pub(super) stream: Rs,
    object: GcRefCell<Option<JsObject>>,
    queue: GcRefCell<VecDeque<Queued>>,
    #[unsafe_ignore_trace]
    total: Cell<f64>,
    #[unsafe_ignore_trace]
    started: Cell<bool>,
    #[unsafe_ignore_trace]
    close_requested: Cell<bool>,
    #[unsafe_ignore_trace]
    pulling: Cell<bool>,
    #[unsafe_ignore_trace]
    pull_again: Cell<bool>,
    #[unsafe_ignore_trace]
    high_water_mark: f64,
    size: GcRefCell<Option<Size>>,
    source: GcRefCell<Source>,
}

/// A chunk and its size.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Queued {
    chunk: JsValue,
    #[unsafe_ignore_trace]
    size: f64,
}

type Controlled = Gc<DefaultController>;

wrapper!(ControllerObject, DefaultController, controller_of);

/// `ReadableStreamDefaultController`
pub(super) static DEFAULT_CONTROLLER: Class = Class {
    name: "ReadableStreamDefaultController",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| Err(errors::illegal_constructor(cx)),
    prototype: &[
        Export::getter("desiredSize", |this, _args, cx| Ok(desired_size(&*of(this, cx)?).map_or_else(JsValue::null, JsValue::from))).enumerable(true),
        Export::function("close", 0, |this, _args, cx| {
            let controller = of(this, cx)?;
            if !can_close_or_enqueue(&controller) {
                return Err(state_error("Controller is already closed", cx));
            }
            close(&controller, cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("enqueue", 0, |this, args, cx| {
            let controller = of(this, cx)?;
            if !can_close_or_enqueue(&controller) {
                return Err(state_error("Controller is already closed", cx));
            }
            enqueue(&controller, args.get_or_undefined(0).clone(), cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        Export::function("error", 0, |this, args, cx| {
            let controller = of(this, cx)?;
            error(&controller, args.get_or_undefined(0), cx)?;
            Ok(JsValue::undefined())
        })
        .enumerable(true),
        inspect_member(|this, args, cx| {
            of(this, cx)?;
            inspected(this, Vec::new(), args, cx)
        }),
        Export::tag("ReadableStreamDefaultController"),
    ],
    statics: &[],
};

fn of(this: &JsValue, cx: &mut Context) -> JsResult<Controlled> {
    controller_of(this).ok_or_else(|| errors::invalid_this("ReadableStreamDefaultController", cx))
}

/// The object that a script's source gets.
pub(super) fn value(controller: &Controlled, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(object) = controller.object.borrow().clone() {
        return Ok(object.into());
    }
    let object = JsObject::from_proto_and_data(DEFAULT_CONTROLLER.prototype(cx)?, ControllerObject(controller.clone()));
    *controller.object.borrow_mut() = Some(object.clone());
    Ok(object.into())
}

/// SetUpReadableStreamDefaultController: `start` is called now.
pub(super) fn set_up(stream: &Rs, source: Source, high_water_mark: f64, size: Size, start: impl FnOnce(&Controlled, &mut Context) -> JsResult<JsValue>, cx: &mut Context) -> JsResult<Controlled> {
    let controller = Gc::new(DefaultController {
        stream: stream.clone(),
        object: GcRefCell::new(None),
        queue: GcRefCell::default(),
        total: Cell::new(0.0),
        started: Cell::new(false),
        close_requested: Cell::new(false),
        pulling: Cell::new(false),
        pull_again: Cell::new(false),
        high_water_mark,
        size: GcRefCell::new(Some(size)),
        source: GcRefCell::new(source),
    });
    *stream.controller.borrow_mut() = Some(Controller::Default(controller.clone()));
    // What `start` throws is the constructor's.
    let started = start(&controller, cx)?;
    let started = promised(Ok(started), cx)?;
    react(
        &started,
        &controller,
        |controller, _, cx| {
            controller.started.set(true);
            pull_if_needed(controller, cx)?;
            Ok(JsValue::undefined())
        },
        |controller, reason, cx| {
            error(controller, &reason, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    Ok(controller)
}

pub(crate) fn can_close_or_enqueue(controller: &DefaultController) -> bool {
    !controller.close_requested.get() && controller.stream.state.get() == State::Readable
}

/// How much room there is; none for a stream that failed.
pub(crate) fn desired_size(controller: &DefaultController) -> Option<f64> {
    match controller.stream.state.get() {
        State::Errored => None,
        State::Closed => Some(0.0),
        State::Readable => Some(controller.high_water_mark - controller.total.get()),
    }
}

pub(super) fn has_backpressure(controller: &DefaultController) -> bool {
    !should_pull(controller)
}

fn should_pull(controller: &DefaultController) -> bool {
    if !can_close_or_enqueue(controller) || !controller.started.get() {
        return false;
    }
    controller.stream.read_requests() > 0 || desired_size(controller).is_some_and(|size| size > 0.0)
}

fn pull_if_needed(controller: &Controlled, cx: &mut Context) -> JsResult<()> {
    if !should_pull(controller) {
        return Ok(());
    }
    if controller.pulling.get() {
        controller.pull_again.set(true);
        return Ok(());
    }
    controller.pulling.set(true);
    let source = controller.source.borrow().clone();
    let pulled = source.pull(|cx| value(controller, cx), cx)?;
    react(
        &pulled,
        controller,
        |controller, _, cx| {
            controller.pulling.set(false);
            if controller.pull_again.replace(false) {
                pull_if_needed(controller, cx)?;
            }
            Ok(JsValue::undefined())
        },
        |controller, reason, cx| {
            error(controller, &reason, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    Ok(())
}

fn clear_algorithms(controller: &DefaultController) {
    *controller.source.borrow_mut() = Source::Nothing;
    *controller.size.borrow_mut() = None;
}

fn reset_queue(controller: &DefaultController) {
    controller.queue.borrow_mut().clear();
    controller.total.set(0.0);
}

/// ReadableStreamDefaultControllerClose
pub(crate) fn close(controller: &Controlled, cx: &mut Context) -> JsResult<()> {
    if !can_close_or_enqueue(controller) {
        return Ok(());
    }
    controller.close_requested.set(true);
    if controller.queue.borrow().is_empty() {
        clear_algorithms(controller);
        readable::close(&controller.stream, cx)?;
    }
    Ok(())
}

/// ReadableStreamDefaultControllerEnqueue
pub(crate) fn enqueue(controller: &Controlled, chunk: JsValue, cx: &mut Context) -> JsResult<()> {
    if !can_close_or_enqueue(controller) {
        return Ok(());
    }
    if let Some(request) = waiting_request(&controller.stream) {
        request.chunk(chunk, cx)?;
        return pull_if_needed(controller, cx);
    }
    let size = controller.size.borrow().clone().unwrap_or(Size::One);
    match size.of(&chunk, cx) {
        Ok(size) => {
            controller.queue.borrow_mut().push_back(Queued { chunk, size });
            controller.total.set(controller.total.get() + size);
        }
        Err(failed) => {
            let reason = thrown_value(failed, cx);
            error(controller, &reason, cx)?;
            return Err(boa_engine::JsError::from_opaque(reason));
        }
    }
    pull_if_needed(controller, cx)
}

/// The first request that waits at a default reader.
pub(super) fn waiting_request(stream: &Rs) -> Option<ReadRequest> {
    match stream.reader() {
        Some(Reader::Default(reader)) => reader.requests.borrow_mut().pop_front(),
        _ => None,
    }
}

/// ReadableStreamDefaultControllerError
pub(crate) fn error(controller: &Controlled, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    if controller.stream.state.get() != State::Readable {
        return Ok(());
    }
    reset_queue(controller);
    clear_algorithms(controller);
    readable::error(&controller.stream, reason, cx)
}

pub(super) fn cancel_steps(controller: &Controlled, reason: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
    reset_queue(controller);
    let source = controller.source.borrow().clone();
    let result = source.cancel(reason, cx);
    clear_algorithms(controller);
    result
}

pub(super) fn pull_steps(controller: &Controlled, request: ReadRequest, cx: &mut Context) -> JsResult<()> {
    let queued = controller.queue.borrow_mut().pop_front();
    let Some(queued) = queued else {
        if let Some(Reader::Default(reader)) = controller.stream.reader() {
            reader.requests.borrow_mut().push_back(request);
        }
        return pull_if_needed(controller, cx);
    };
    controller.total.set((controller.total.get() - queued.size).max(0.0));
    if controller.close_requested.get() && controller.queue.borrow().is_empty() {
        clear_algorithms(controller);
        readable::close(&controller.stream, cx)?;
    } else {
        pull_if_needed(controller, cx)?;
    }
    request.chunk(queued.chunk, cx)
}
