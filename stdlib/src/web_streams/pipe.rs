//! `stream.pipeTo(destination)`: ReadableStreamPipeTo.

use std::cell::Cell;

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{errors, table};

use super::{
    core::{Deferred, handled, react, state_reason},
    readable::{self, Rs},
    reader::{self, DefaultReader, Read, ReadRequest, Reader},
    writable::{self, Writer, Ws},
};
use crate::event_target;

/// The options of `pipeTo` and `pipeThrough`.
#[derive(Default)]
pub(super) struct Options {
    prevent_abort: bool,
    prevent_cancel: bool,
    prevent_close: bool,
    signal: Option<JsObject>,
}

impl Options {
    pub(super) fn read(value: &JsValue, cx: &mut Context) -> JsResult<Self> {
        let Some(options) = super::core::dictionary(value, "options", cx)? else { return Ok(Self::default()) };
        let prevent_abort = options.get(js_string!("preventAbort"), cx)?.to_boolean();
        let prevent_cancel = options.get(js_string!("preventCancel"), cx)?.to_boolean();
        let prevent_close = options.get(js_string!("preventClose"), cx)?.to_boolean();
        let given = options.get(js_string!("signal"), cx)?;
        let signal = match given.as_object() {
            _ if given.is_undefined() => None,
            Some(signal) if event_target::is_abort_signal(&signal) => Some(signal),
            _ => return Err(errors::invalid_arg_type("options.signal", "AbortSignal", &given, cx)),
        };
        Ok(Self { prevent_abort, prevent_cancel, prevent_close, signal })
    }
}

#[derive(Trace, Finalize)]
struct Pipe {
    source: Rs,
    destination: Ws,
    reader: Gc<DefaultReader>,
    writer: Gc<Writer>,
    deferred: Deferred,
    #[unsafe_ignore_trace]
    prevent: (bool, bool, bool),
    #[unsafe_ignore_trace]
    shutting_down: Cell<bool>,
    #[unsafe_ignore_trace]
    reading: Cell<bool>,
    /// The write before: all are done when it is.
    last_write: GcRefCell<Option<JsPromise>>,
    signal: GcRefCell<Option<(JsObject, JsFunction)>>,
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct PipeObject(Gc<Pipe>);

/// What is done before the end.
#[derive(Clone, Copy)]
enum Action {
    Nothing,
    AbortDestination,
    CancelSource,
    CloseDestination,
    Both,
}

/// ReadableStreamPipeTo
pub(crate) fn pipe_to(source: &Rs, destination: &Ws, options: Options, cx: &mut Context) -> JsResult<JsPromise> {
    let reader = reader::acquire(source, cx)?;
    let writer = writable::acquire(destination, cx)?;
    source.disturbed.set(true);
    let deferred = Deferred::new(cx);
    let promise = deferred.promise.clone();
    let pipe = Gc::new(Pipe {
        source: source.clone(),
        destination: destination.clone(),
        reader,
        writer,
        deferred,
        prevent: (options.prevent_abort, options.prevent_cancel, options.prevent_close),
        shutting_down: Cell::new(false),
        reading: Cell::new(false),
        last_write: GcRefCell::new(None),
        signal: GcRefCell::new(None),
    });
    if let Some(signal) = options.signal {
        if event_target::is_aborted(&signal, cx)? {
            abort(&pipe, &signal, cx)?;
            return Ok(promise);
        }
        let listener = table::closure(
            "abort",
            0,
            (pipe.clone(), signal.clone()),
            |_this, _args, (pipe, signal), cx| {
                abort(pipe, signal, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        crate::events::on_abort(&signal, &listener, cx)?;
        *pipe.signal.borrow_mut() = Some((signal, listener));
    }
    watch(&pipe, cx)?;
    step(&pipe, cx)?;
    Ok(promise)
}

/// Errors and closings of either side.
fn watch(pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<()> {
    // The source fails.
    if pipe.source.state.get() == readable::State::Errored {
        source_failed(pipe, cx)?;
    } else {
        let closed = Reader::Default(pipe.reader.clone()).closed().promise;
        react(
            &closed,
            pipe,
            |pipe, _, cx| {
                source_closed(pipe, cx)?;
                Ok(JsValue::undefined())
            },
            |pipe, _, cx| {
                source_failed(pipe, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        )?;
    }
    // The destination fails.
    if matches!(pipe.destination.state(), writable::State::Errored | writable::State::Erroring) && pipe.destination.state() == writable::State::Errored {
        destination_failed(pipe, cx)?;
    } else {
        let closed = pipe.writer.closed().promise;
        react(
            &closed,
            pipe,
            |_, _, _| Ok(JsValue::undefined()),
            |pipe, _, cx| {
                destination_failed(pipe, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        )?;
    }
    if pipe.source.state.get() == readable::State::Closed {
        source_closed(pipe, cx)?;
    }
    // The destination is closing already.
    if pipe.destination.is_close_queued_or_in_flight() || pipe.destination.state() == writable::State::Closed {
        let reason = state_reason("Destination WritableStream is closed", cx);
        let action = if pipe.prevent.1 { Action::Nothing } else { Action::CancelSource };
        shut_down(pipe, action, Some(reason), cx)?;
    }
    Ok(())
}

fn source_failed(pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<()> {
    if pipe.source.state.get() != readable::State::Errored {
        return Ok(());
    }
    let action = if pipe.prevent.0 { Action::Nothing } else { Action::AbortDestination };
    shut_down(pipe, action, Some(pipe.source.error()), cx)
}

fn destination_failed(pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<()> {
    if !matches!(pipe.destination.state(), writable::State::Errored | writable::State::Erroring) {
        return Ok(());
    }
    let action = if pipe.prevent.1 { Action::Nothing } else { Action::CancelSource };
    shut_down(pipe, action, Some(pipe.destination.error()), cx)
}

fn source_closed(pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<()> {
    if pipe.source.state.get() != readable::State::Closed {
        return Ok(());
    }
    // A chunk that a read has just got is written first.
    let action = if pipe.prevent.2 { Action::Nothing } else { Action::CloseDestination };
    shut_down(pipe, action, None, cx)
}

fn abort(pipe: &Gc<Pipe>, signal: &JsObject, cx: &mut Context) -> JsResult<()> {
    let reason = event_target::reason(signal, cx)?;
    let action = match (pipe.prevent.0, pipe.prevent.1) {
        (true, true) => Action::Nothing,
        (false, true) => Action::AbortDestination,
        (true, false) => Action::CancelSource,
        (false, false) => Action::Both,
    };
    shut_down(pipe, action, Some(reason), cx)
}

/// Reads when the destination is ready.
fn step(pipe: &Gc<Pipe>, cx: &mut Context) -> JsResult<()> {
    if pipe.shutting_down.get() {
        return Ok(());
    }
    let ready = pipe.writer.ready().promise;
    react(
        &ready,
        pipe,
        |pipe, _, cx| {
            if !pipe.shutting_down.get() && !pipe.reading.replace(true) {
                let data = JsObject::new_unique(None, PipeObject(pipe.clone())).upcast();
                reader::read(&pipe.reader, ReadRequest::Native(took, data), cx)?;
            }
            Ok(JsValue::undefined())
        },
        // Its failure is seen by `watch`.
        |_, _, _| Ok(JsValue::undefined()),
        cx,
    )?;
    Ok(())
}

fn took(data: &JsObject, read: Read, cx: &mut Context) -> JsResult<()> {
    let found = data.downcast_ref::<PipeObject>().map(|data| data.0.clone());
    let Some(pipe) = found else { return Ok(()) };
    pipe.reading.set(false);
    let Read::Chunk(chunk) = read else { return Ok(()) };
    let written = writable::write(&pipe.writer, chunk, cx)?;
    handled(&written, cx)?;
    *pipe.last_write.borrow_mut() = Some(written);
    step(&pipe, cx)
}

/// Ends the pipe once what was read is written.
fn shut_down(pipe: &Gc<Pipe>, action: Action, reason: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
    if pipe.shutting_down.replace(true) {
        return Ok(());
    }
    let last = pipe.last_write.borrow().clone();
    let writable = pipe.destination.state() == writable::State::Writable && !pipe.destination.is_close_queued_or_in_flight();
    match last {
        Some(last) if writable => wait_for_writes(pipe, &last, action, reason, cx),
        _ => act(pipe, action, reason, cx),
    }
}

fn wait_for_writes(pipe: &Gc<Pipe>, last: &JsPromise, action: Action, reason: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
    let data = (pipe.clone(), reason, last.clone(), Tag(action));
    fn written(data: &(Gc<Pipe>, Option<JsValue>, JsPromise, Tag), cx: &mut Context) -> JsResult<JsValue> {
        let (pipe, reason, last, action) = data;
        let now = pipe.last_write.borrow().clone();
        match now {
            Some(now) if !JsObject::equals(&now, last) => wait_for_writes(pipe, &now, action.0, reason.clone(), cx)?,
            _ => act(pipe, action.0, reason.clone(), cx)?,
        }
        Ok(JsValue::undefined())
    }
    react(last, &data, |data, _, cx| written(data, cx), |data, _, cx| written(data, cx), cx)?;
    Ok(())
}

#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Tag(#[unsafe_ignore_trace] Action);

fn act(pipe: &Gc<Pipe>, action: Action, reason: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
    let given = reason.clone().unwrap_or_default();
    let done = match action {
        Action::Nothing => return finish(pipe, reason, cx),
        Action::AbortDestination => writable::abort(&pipe.destination, given, cx)?,
        Action::CancelSource => readable::cancel(&pipe.source, given, cx)?,
        Action::CloseDestination => writable::close_with_propagation(&pipe.writer, cx)?,
        Action::Both => {
            let aborted = match pipe.destination.state() {
                writable::State::Writable => writable::abort(&pipe.destination, given.clone(), cx)?,
                _ => JsPromise::resolve(JsValue::undefined(), cx)?,
            };
            let cancelled = match pipe.source.state.get() {
                readable::State::Readable => readable::cancel(&pipe.source, given, cx)?,
                _ => JsPromise::resolve(JsValue::undefined(), cx)?,
            };
            JsPromise::all([aborted, cancelled], cx)?
        }
    };
    let data = (pipe.clone(), reason);
    react(
        &done,
        &data,
        |(pipe, reason), _, cx| {
            finish(pipe, reason.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        |(pipe, _), failed, cx| {
            finish(pipe, Some(failed), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    )?;
    Ok(())
}

fn finish(pipe: &Gc<Pipe>, reason: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
    writable::release(&pipe.writer, cx)?;
    reader::release(&Reader::Default(pipe.reader.clone()), cx)?;
    let signal = pipe.signal.borrow_mut().take();
    if let Some((signal, listener)) = signal {
        crate::events::method(&signal, "removeEventListener", &[js_string!("abort").into(), listener.into()], cx)?;
    }
    match reason {
        Some(reason) => pipe.deferred.reject(&reason, cx),
        None => pipe.deferred.resolve(JsValue::undefined(), cx),
    }
}
