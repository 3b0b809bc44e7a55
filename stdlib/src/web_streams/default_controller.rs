//! `ReadableStreamDefaultController`: a queue of chunks of any kind.

use std::{cell::Cell, collections::VecDeque};

use boa_engine::{Context, JsArgs, JsResult, JsValue, object::builtins::JsPromise};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    op::thrown_value,
    table::Export,
};

use super::{
    core::{Size, inspect_member, inspected, shown, state_error, wrapper},
    readable::{self, Controller, Rs, Source, State},
    reader::{ReadRequest, Reader},
    supply::{Supplied, Supply, desired_size, follow_start, pull_if_needed, should_pull},
};

/// The controller of one stream.
#[derive(Trace, Finalize)]
pub(crate) struct DefaultController {
    pub(super) supply: Supply,
    queue: GcRefCell<VecDeque<Queued>>,
    #[unsafe_ignore_trace]
    total: Cell<f64>,
    size: GcRefCell<Option<Size>>,
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
    shown(&controller.supply.object, &DEFAULT_CONTROLLER, || ControllerObject(controller.clone()), cx)
}

impl Supplied for DefaultController {
    fn supply(&self) -> &Supply {
        &self.supply
    }

    fn queued(&self) -> f64 {
        self.total.get()
    }

    fn value(controller: &Controlled, cx: &mut Context) -> JsResult<JsValue> {
        value(controller, cx)
    }

    fn error(controller: &Controlled, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
        error(controller, reason, cx)
    }
}

/// SetUpReadableStreamDefaultController: `start` is called now.
pub(super) fn set_up(stream: &Rs, source: Source, high_water_mark: f64, size: Size, start: impl FnOnce(&Controlled, &mut Context) -> JsResult<JsValue>, cx: &mut Context) -> JsResult<Controlled> {
    let controller = Gc::new(DefaultController { supply: Supply::new(stream, source, high_water_mark), queue: GcRefCell::default(), total: Cell::new(0.0), size: GcRefCell::new(Some(size)) });
    *stream.controller.borrow_mut() = Some(Controller::Default(controller.clone()));
    // What `start` throws is the constructor's.
    let started = start(&controller, cx)?;
    follow_start(&controller, started, cx)?;
    Ok(controller)
}

pub(crate) fn can_close_or_enqueue(controller: &DefaultController) -> bool {
    controller.supply.is_open()
}

pub(super) fn has_backpressure(controller: &DefaultController) -> bool {
    !should_pull(controller)
}

fn clear_algorithms(controller: &DefaultController) {
    *controller.supply.source.borrow_mut() = Source::Nothing;
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
    controller.supply.close_requested.set(true);
    if controller.queue.borrow().is_empty() {
        clear_algorithms(controller);
        readable::close(&controller.supply.stream, cx)?;
    }
    Ok(())
}

/// ReadableStreamDefaultControllerEnqueue
pub(crate) fn enqueue(controller: &Controlled, chunk: JsValue, cx: &mut Context) -> JsResult<()> {
    if !can_close_or_enqueue(controller) {
        return Ok(());
    }
    if let Some(request) = waiting_request(&controller.supply.stream) {
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
    if controller.supply.stream.state.get() != State::Readable {
        return Ok(());
    }
    reset_queue(controller);
    clear_algorithms(controller);
    readable::error(&controller.supply.stream, reason, cx)
}

pub(super) fn cancel_steps(controller: &Controlled, reason: JsValue, cx: &mut Context) -> JsResult<JsPromise> {
    reset_queue(controller);
    let source = controller.supply.source.borrow().clone();
    let result = source.cancel(reason, cx);
    clear_algorithms(controller);
    result
}

pub(super) fn pull_steps(controller: &Controlled, request: ReadRequest, cx: &mut Context) -> JsResult<()> {
    let queued = controller.queue.borrow_mut().pop_front();
    let Some(queued) = queued else {
        if let Some(Reader::Default(reader)) = controller.supply.stream.reader() {
            reader.requests.borrow_mut().push_back(request);
        }
        return pull_if_needed(controller, cx);
    };
    controller.total.set((controller.total.get() - queued.size).max(0.0));
    if controller.supply.close_requested.get() && controller.queue.borrow().is_empty() {
        clear_algorithms(controller);
        readable::close(&controller.supply.stream, cx)?;
    } else {
        pull_if_needed(controller, cx)?;
    }
    request.chunk(queued.chunk, cx)
}
