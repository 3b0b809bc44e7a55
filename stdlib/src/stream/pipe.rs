//! `readable.pipe(writable)` and `unpipe`.
//!
//! The listeners are real functions, as in Node: others count them and remove them. But where a pipe's `ondata` is the only listener of
//! `'data'`, chunks go from one stream to the other without becoming JavaScript objects on the way.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction, property::PropertyKey};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{Host, table};

use super::{
    chunk::Chunk,
    destroy::{self, caught, error_or_destroy},
    flags::r,
    legacy::prepend_listener,
    readable::{call_pause, call_resume},
    readable_state::{AwaitDrain, Readable, readable_or_throw},
    writable::{self, stream_needs_drain},
    writable_state::Callback,
};
use crate::events;

/// One pipe.
#[derive(Trace, Finalize)]
pub(crate) struct Pipe {
    source: JsObject,
    target: JsObject,
    state: Readable,
    cleaned_up: Cell<bool>,
    listeners: GcRefCell<Option<Listeners>>,
    on_drain: GcRefCell<Option<JsFunction>>,
}

#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
struct Listeners {
    data: JsFunction,
    end: JsFunction,
    unpipe_source: JsFunction,
    unpipe: JsFunction,
    error: JsFunction,
    close: JsFunction,
    finish: JsFunction,
}

type Shared = Gc<Pipe>;

/// `readable.pipe(target, options)`
pub(super) fn pipe_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = this.to_object(cx)?;
    let target = args.get_or_undefined(0).to_object(cx)?;
    let options = args.get_or_undefined(1).as_object();
    let end = match options {
        Some(options) => options.get(js_string!("end"), cx)?.as_boolean() != Some(false),
        None => true,
    };
    pipe(&source, &target, end, cx)?;
    Ok(target.into())
}

/// The same for native code.
pub(crate) fn pipe(source: &JsObject, target: &JsObject, end: bool, cx: &mut Context) -> JsResult<()> {
    let state = readable_or_throw(source, cx)?;
    if state.pipe_count() == 1 && !state.has(r::MULTI_AWAIT_DRAIN) {
        state.add(r::MULTI_AWAIT_DRAIN);
        let waiting = std::mem::take(&mut *state.seldom().await_drain.borrow_mut());
        *state.seldom().await_drain.borrow_mut() = AwaitDrain::Many(match waiting {
            AwaitDrain::One(writer) => vec![writer],
            AwaitDrain::Many(writers) => writers,
            AwaitDrain::Nobody => Vec::new(),
        });
    }
    state.seldom().pipes.borrow_mut().push(target.clone());
    // The standard streams stay open.
    let end = end && !target.get(js_string!("_isStdio"), cx)?.to_boolean();

    let pipe = Gc::new(Pipe { source: source.clone(), target: target.clone(), state: state.clone(), cleaned_up: Cell::new(false), listeners: GcRefCell::new(None), on_drain: GcRefCell::new(None) });
    let listeners = Listeners {
        data: table::closure(
            "ondata",
            1,
            pipe.clone(),
            |_this, args, pipe, cx| {
                deliver(pipe, Chunk::Value(args.get_or_undefined(0).clone()), cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        ),
        end: table::closure(
            "onend",
            0,
            pipe.clone(),
            |_this, _args, pipe, cx| {
                writable::end(&pipe.target, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        ),
        unpipe_source: table::closure(
            "unpipe",
            0,
            pipe.clone(),
            |_this, _args, pipe, cx| {
                unpipe_self(pipe, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        ),
        unpipe: table::closure("onunpipe", 2, pipe.clone(), on_unpipe, cx),
        error: table::closure("onerror", 1, pipe.clone(), on_error, cx),
        close: table::closure(
            "onclose",
            0,
            pipe.clone(),
            |_this, _args, pipe, cx| {
                let Some(listeners) = listeners_of(pipe) else { return Ok(JsValue::undefined()) };
                events::remove_listener(&pipe.target, js_string!("finish"), listeners.finish, cx)?;
                unpipe_self(pipe, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        ),
        finish: table::closure(
            "onfinish",
            0,
            pipe.clone(),
            |_this, _args, pipe, cx| {
                let Some(listeners) = listeners_of(pipe) else { return Ok(JsValue::undefined()) };
                events::remove_listener(&pipe.target, js_string!("close"), listeners.close, cx)?;
                unpipe_self(pipe, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        ),
    };
    *pipe.listeners.borrow_mut() = Some(listeners.clone());

    let at_end = if end { &listeners.end } else { &listeners.unpipe_source };
    if state.has(r::END_EMITTED) {
        Host::of(cx).next_tick(at_end.clone(), JsValue::undefined(), Vec::new());
    } else {
        events::once(source, js_string!("end"), at_end.clone(), cx)?;
    }
    events::on(target, js_string!("unpipe"), listeners.unpipe.clone(), cx)?;
    *state.seldom().pipe_listener.borrow_mut() = Some((listeners.data.clone().into(), pipe.clone()));
    events::on(source, js_string!("data"), listeners.data.clone(), cx)?;
    // Before the listeners of others.
    prepend_listener(target, js_string!("error").into(), listeners.error.clone(), cx)?;
    events::once(target, js_string!("close"), listeners.close.clone(), cx)?;
    events::once(target, js_string!("finish"), listeners.finish.clone(), cx)?;
    events::emit(target, js_string!("pipe"), &[source.clone().into()], cx)?;

    if stream_needs_drain(target, cx)? {
        pause(&pipe, cx)?;
    } else if !state.has(r::FLOWING) {
        call_resume(source, cx)?;
    }
    Ok(())
}

fn listeners_of(pipe: &Pipe) -> Option<Listeners> {
    pipe.listeners.borrow().clone()
}

/// The pipe whose `ondata` is the only listener of `'data'`, if that is so.
pub(super) fn sole_listener(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<Option<Shared>> {
    let Some((function, pipe)) = state.seldom_made().and_then(|seldom| seldom.pipe_listener.borrow().clone()) else { return Ok(None) };
    let Some(events) = stream.get(js_string!("_events"), cx)?.as_object() else { return Ok(None) };
    let listener = events.get(js_string!("data"), cx)?;
    let sole = listener.as_object().is_some_and(|listener| JsObject::equals(&listener, &function));
    Ok((sole && events::emits_natively(stream, cx)?).then_some(pipe))
}

/// A chunk for the target; the source pauses where that has enough.
pub(super) fn deliver(pipe: &Shared, chunk: Chunk, cx: &mut Context) -> JsResult<()> {
    match writable::write(&pipe.target, chunk, Callback::Nobody, cx) {
        Ok(true) => Ok(()),
        Ok(false) => pause(pipe, cx),
        Err(error) => {
            let error = caught(error, cx)?;
            destroy::call(&pipe.target, &error, cx)
        }
    }
}

fn pause(pipe: &Shared, cx: &mut Context) -> JsResult<()> {
    // A target that was unpiped during its write must not pause the source for ever.
    if !pipe.cleaned_up.get() {
        let (count, piped) = {
            let pipes = pipe.state.seldom().pipes.borrow();
            (pipes.len(), pipes.iter().any(|target| JsObject::equals(target, &pipe.target)))
        };
        if piped && count == 1 {
            *pipe.state.seldom().await_drain.borrow_mut() = AwaitDrain::One(pipe.target.clone());
            pipe.state.clear(r::MULTI_AWAIT_DRAIN);
        } else if piped {
            let mut waiting = pipe.state.seldom().await_drain.borrow_mut();
            match &mut *waiting {
                AwaitDrain::Many(writers) => {
                    if !writers.iter().any(|writer| JsObject::equals(writer, &pipe.target)) {
                        writers.push(pipe.target.clone());
                    }
                }
                other => *other = AwaitDrain::Many(vec![pipe.target.clone()]),
            }
        }
        call_pause(&pipe.source, cx)?;
    }
    let missing = pipe.on_drain.borrow().is_none();
    if missing {
        // Added once: coming and going with each pause costs more.
        let on_drain = table::closure(
            "pipeOnDrainFunctionResult",
            0,
            pipe.clone(),
            |_this, _args, pipe, cx| {
                drained(pipe, cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        *pipe.on_drain.borrow_mut() = Some(on_drain.clone());
        events::on(&pipe.target, js_string!("drain"), on_drain, cx)?;
    }
    Ok(())
}

fn drained(pipe: &Shared, cx: &mut Context) -> JsResult<()> {
    let free = {
        let mut waiting = pipe.state.seldom().await_drain.borrow_mut();
        match &mut *waiting {
            AwaitDrain::One(writer) if JsObject::equals(writer, &pipe.target) => *waiting = AwaitDrain::Nobody,
            AwaitDrain::Many(writers) => writers.retain(|writer| !JsObject::equals(writer, &pipe.target)),
            _ => {}
        }
        match &*waiting {
            AwaitDrain::Nobody => true,
            AwaitDrain::One(_) => false,
            AwaitDrain::Many(writers) => writers.is_empty(),
        }
    };
    if free && pipe.state.has(r::DATA_LISTENING) {
        call_resume(&pipe.source, cx)?;
    }
    Ok(())
}

fn cleanup(pipe: &Shared, cx: &mut Context) -> JsResult<()> {
    let Some(listeners) = listeners_of(pipe) else { return Ok(()) };
    let on_drain = pipe.on_drain.borrow().clone();
    let target = &pipe.target;
    events::remove_listener(target, js_string!("close"), listeners.close, cx)?;
    events::remove_listener(target, js_string!("finish"), listeners.finish, cx)?;
    if let Some(on_drain) = &on_drain {
        events::remove_listener(target, js_string!("drain"), on_drain.clone(), cx)?;
    }
    events::remove_listener(target, js_string!("error"), listeners.error, cx)?;
    events::remove_listener(target, js_string!("unpipe"), listeners.unpipe, cx)?;
    events::remove_listener(&pipe.source, js_string!("end"), listeners.end, cx)?;
    events::remove_listener(&pipe.source, js_string!("end"), listeners.unpipe_source, cx)?;
    events::remove_listener(&pipe.source, js_string!("data"), listeners.data, cx)?;
    pipe.cleaned_up.set(true);

    // A source that waits for this target alone would wait for ever.
    let waits = !matches!(&*pipe.state.seldom().await_drain.borrow(), AwaitDrain::Nobody);
    if on_drain.is_some() && waits {
        let needs = match target.get(js_string!("_writableState"), cx)?.as_object() {
            Some(state) => state.get(js_string!("needDrain"), cx)?.to_boolean(),
            None => true,
        };
        if needs {
            drained(pipe, cx)?;
        }
    }
    Ok(())
}

fn on_unpipe(_this: &JsValue, args: &[JsValue], pipe: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let from_us = args.get_or_undefined(0).as_object().is_some_and(|source| JsObject::equals(&source, &pipe.source));
    if from_us
        && let Some(info) = args.get_or_undefined(1).as_object()
        && info.get(js_string!("hasUnpiped"), cx)?.as_boolean() == Some(false)
    {
        info.set(js_string!("hasUnpiped"), true, true, cx)?;
        cleanup(pipe, cx)?;
    }
    Ok(JsValue::undefined())
}

fn on_error(_this: &JsValue, args: &[JsValue], pipe: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let Some(listeners) = listeners_of(pipe) else { return Ok(JsValue::undefined()) };
    let target = &pipe.target;
    unpipe_self(pipe, cx)?;
    events::remove_listener(target, js_string!("error"), listeners.error, cx)?;
    let others = events::method(target, "listenerCount", &[js_string!("error").into()], cx)?;
    if others.as_number() != Some(0.0) {
        return Ok(JsValue::undefined());
    }
    let error = args.get_or_undefined(0).clone();
    let mut state = target.get(js_string!("_writableState"), cx)?;
    if !state.to_boolean() {
        state = target.get(js_string!("_readableState"), cx)?;
    }
    let emitted = match state.as_object() {
        Some(state) => state.get(js_string!("errorEmitted"), cx)?.to_boolean(),
        None => true,
    };
    if emitted {
        events::emit(target, js_string!("error"), &[error], cx)?;
    } else {
        // Emitted by hand on the stream.
        error_or_destroy(target, error, false, cx)?;
    }
    Ok(JsValue::undefined())
}

/// `source.unpipe(target)`, through an overriding one.
fn unpipe_self(pipe: &Shared, cx: &mut Context) -> JsResult<()> {
    events::method(&pipe.source, "unpipe", &[pipe.target.clone().into()], cx).map(drop)
}

/// `readable.unpipe(target)`
pub(super) fn unpipe_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = this.to_object(cx)?;
    let state = readable_or_throw(&source, cx)?;
    if state.pipe_count() == 0 {
        return Ok(this.clone());
    }
    let Some(target) = args.get_or_undefined(0).as_object() else {
        let targets = std::mem::take(&mut *state.seldom().pipes.borrow_mut());
        call_pause(&source, cx)?;
        for target in targets {
            let info = unpipe_info(cx)?;
            events::emit(&target, js_string!("unpipe"), &[this.clone(), info], cx)?;
        }
        return Ok(this.clone());
    };
    let at = state.seldom().pipes.borrow().iter().position(|piped| JsObject::equals(piped, &target));
    let Some(at) = at else { return Ok(this.clone()) };
    let empty = {
        let mut pipes = state.seldom().pipes.borrow_mut();
        pipes.remove(at);
        pipes.is_empty()
    };
    if empty {
        call_pause(&source, cx)?;
    }
    let info = unpipe_info(cx)?;
    events::emit(&target, PropertyKey::from(js_string!("unpipe")), &[this.clone(), info], cx)?;
    Ok(this.clone())
}

fn unpipe_info(cx: &mut Context) -> JsResult<JsValue> {
    let info = JsObject::with_object_proto(cx.intrinsics());
    info.create_data_property_or_throw(js_string!("hasUnpiped"), false, cx)?;
    Ok(info.into())
}
