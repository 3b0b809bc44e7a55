//! What both controllers of a `ReadableStream` have in common: how they start, and when they ask their source for more.

use std::cell::Cell;

use boa_engine::{Context, JsObject, JsResult, JsValue};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

use super::{
    core::{promised, react},
    readable::{Rs, Source, State},
};

/// The part of a controller that knows its stream and its source.
#[derive(Trace, Finalize)]
pub(crate) struct Supply {
    pub(super) stream: Rs,
    /// What a script sees of the controller, made when it first asks.
    pub(super) object: GcRefCell<Option<JsObject>>,
    pub(super) source: GcRefCell<Source>,
    #[unsafe_ignore_trace]
    pub(super) close_requested: Cell<bool>,
    #[unsafe_ignore_trace]
    started: Cell<bool>,
    #[unsafe_ignore_trace]
    pulling: Cell<bool>,
    #[unsafe_ignore_trace]
    pull_again: Cell<bool>,
    #[unsafe_ignore_trace]
    high_water_mark: f64,
}

impl Supply {
    pub(super) fn new(stream: &Rs, source: Source, high_water_mark: f64) -> Self {
        Self {
            stream: stream.clone(),
            object: GcRefCell::new(None),
            source: GcRefCell::new(source),
            close_requested: Cell::new(false),
            started: Cell::new(false),
            pulling: Cell::new(false),
            pull_again: Cell::new(false),
            high_water_mark,
        }
    }

    /// Whether the stream still takes chunks: *CanCloseOrEnqueue* of the specification.
    pub(super) fn is_open(&self) -> bool {
        !self.close_requested.get() && self.stream.state.get() == State::Readable
    }
}

/// A controller: a queue in front of a source.
pub(crate) trait Supplied: Trace + Sized + 'static {
    fn supply(&self) -> &Supply;

    /// What the queue holds, in the unit of the high water mark.
    fn queued(&self) -> f64;

    /// The object that a script's source gets.
    fn value(controller: &Gc<Self>, cx: &mut Context) -> JsResult<JsValue>;

    /// The stream fails with this reason.
    fn error(controller: &Gc<Self>, reason: &JsValue, cx: &mut Context) -> JsResult<()>;
}

/// Follows what `start` gave; the first pull is after it.
pub(super) fn follow_start<C: Supplied>(controller: &Gc<C>, started: JsValue, cx: &mut Context) -> JsResult<()> {
    let started = promised(Ok(started), cx)?;
    let on_started = |controller: &Gc<C>, _, cx: &mut Context| {
        controller.supply().started.set(true);
        pull_if_needed(controller, cx)?;
        Ok(JsValue::undefined())
    };
    react(&started, controller, on_started, fail, cx)?;
    Ok(())
}

/// *CallPullIfNeeded*
pub(super) fn pull_if_needed<C: Supplied>(controller: &Gc<C>, cx: &mut Context) -> JsResult<()> {
    if !should_pull(&**controller) {
        return Ok(());
    }
    let supply = controller.supply();
    if supply.pulling.get() {
        supply.pull_again.set(true);
        return Ok(());
    }
    supply.pulling.set(true);
    let source = supply.source.borrow().clone();
    let pulled = source.pull(|cx| C::value(controller, cx), cx)?;
    let on_pulled = |controller: &Gc<C>, _, cx: &mut Context| {
        let supply = controller.supply();
        supply.pulling.set(false);
        if supply.pull_again.replace(false) {
            pull_if_needed(controller, cx)?;
        }
        Ok(JsValue::undefined())
    };
    react(&pulled, controller, on_pulled, fail, cx)?;
    Ok(())
}

fn fail<C: Supplied>(controller: &Gc<C>, reason: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    C::error(controller, &reason, cx)?;
    Ok(JsValue::undefined())
}

/// *ShouldCallPull*
pub(super) fn should_pull(controller: &impl Supplied) -> bool {
    let supply = controller.supply();
    if !supply.is_open() || !supply.started.get() {
        return false;
    }
    let stream = &supply.stream;
    stream.read_requests() > 0 || stream.read_into_requests() > 0 || desired_size(controller).is_some_and(|size| size > 0.0)
}

/// How much room there is; none for a stream that failed.
pub(crate) fn desired_size(controller: &impl Supplied) -> Option<f64> {
    let supply = controller.supply();
    match supply.stream.state.get() {
        State::Errored => None,
        State::Closed => Some(0.0),
        State::Readable => Some(supply.high_water_mark - controller.queued()),
    }
}
