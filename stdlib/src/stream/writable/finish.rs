//! The end of a writable stream: `end`, `_final`, `'finish'`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, errors, table};

use super::write::{Written, uncork, uncork_method, write_value};
use crate::{
    events,
    stream::{
        destroy::{self, caught, error_or_destroy, error_value},
        flags::{r, w},
        native::{self, Done},
        readable_state::readable,
        transform,
        writable_state::{Callback, Writable, WritableState, writable, writable_or_throw},
    },
};

/// `writable.end(chunk, encoding, callback)`
pub(crate) fn end_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let (chunk, encoding, callback) = match (args.get_or_undefined(0), args.get_or_undefined(1)) {
        (function, _) if function.is_callable() => (JsValue::null(), JsValue::null(), function),
        (chunk, function) if function.is_callable() => (chunk.clone(), JsValue::null(), function),
        (chunk, encoding) => (chunk.clone(), encoding.clone(), args.get_or_undefined(2)),
    };
    end_with(&stream, &chunk, encoding, Callback::of(callback), cx)?;
    Ok(this.clone())
}

/// `stream.end()` of native code, through an overriding `end`.
pub(crate) fn end(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let method = stream.get(js_string!("end"), cx)?;
    match method.as_object() {
        Some(method) if method.is_native_function(end_method) => end_with(stream, &JsValue::undefined(), JsValue::undefined(), Callback::Nobody, cx),
        _ => events::call(stream, &method, "dest.end", &[], cx).map(drop),
    }
}

fn end_with(stream: &JsObject, chunk: &JsValue, encoding: JsValue, callback: Callback, cx: &mut Context) -> JsResult<()> {
    let state = writable_or_throw(stream, cx)?;
    let mut refused = None;
    if !chunk.is_null_or_undefined()
        && let Written::Refused(error) = write_value(stream, chunk, encoding, Callback::Nobody, cx)?
    {
        refused = Some(error);
    }
    // The end uncorks however often it was corked.
    if state.has(w::CORKED) {
        state.corked.set(1);
        call_uncork(stream, cx)?;
    }
    if refused.is_some() {
        // It is on its way.
    } else if !state.has(w::ENDING | w::ERRORED) {
        // Needless ends are forgiven: nobody can always know.
        state.add(w::ENDING);
        finish_maybe(stream, &state, true, cx)?;
        state.add(w::ENDED);
    } else if state.has(w::FINISHED) {
        refused = Some(error_value(errors::stream_already_finished("end", cx), cx)?);
    } else if state.has(w::DESTROYED) {
        refused = Some(error_value(errors::stream_destroyed("end", cx), cx)?);
    }
    if callback.is_nobody() {
        return Ok(());
    }
    let told = match refused {
        Some(error) => error,
        None if state.has(w::ERRORED) => state.errored(),
        None if state.has(w::FINISHED) => JsValue::null(),
        None => {
            state.add(w::ON_FINISHED);
            state.add_on_finished(callback);
            return Ok(());
        }
    };
    Host::of(cx).next_tick_native(move |cx| callback.call(told, cx));
    Ok(())
}

fn call_uncork(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let method = stream.get(js_string!("uncork"), cx)?;
    match method.as_object() {
        Some(method) if method.is_native_function(uncork_method) => uncork(stream, cx),
        _ => events::call(stream, &method, "this.uncork", &[], cx).map(drop),
    }
}

/// Ended, all written, and nothing went wrong.
fn need_finish(state: &WritableState) -> bool {
    let all = w::ENDING | w::DESTROYED | w::CONSTRUCTED | w::FINISHED | w::WRITING | w::ERROR_EMITTED | w::CLOSE_EMITTED | w::ERRORED | w::BUFFERED;
    state.bits(all) == w::ENDING | w::CONSTRUCTED && state.length.get() == 0
}

/// What `_final` calls when it is done.
pub(crate) fn on_final(stream: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    let state = writable_or_throw(stream, cx)?;
    if state.has(w::PREFINISHED) {
        let error = match error {
            error if error.is_null_or_undefined() => error_value(errors::multiple_callback(cx), cx)?,
            error => error.clone(),
        };
        return error_or_destroy(stream, error, false, cx);
    }
    state.pending_callbacks.set(state.pending_callbacks.get() - 1);
    if error.to_boolean() {
        call_finished_callbacks(&state, error, cx)?;
        return error_or_destroy(stream, error.clone(), state.has(w::SYNC), cx);
    }
    if need_finish(&state) {
        state.add(w::PREFINISHED);
        events::emit(stream, js_string!("prefinish"), &[], cx)?;
        // Later even where `_final` was not: some count on it.
        state.pending_callbacks.set(state.pending_callbacks.get() + 1);
        let stream = stream.clone();
        Host::of(cx).next_tick_native(move |cx| finish(&stream, &state, cx));
    }
    Ok(())
}

fn prefinish(stream: &JsObject, state: &Writable, cx: &mut Context) -> JsResult<()> {
    if state.has(w::PREFINISHED | w::FINAL_CALLED) {
        return Ok(());
    }
    let hook = stream.get(js_string!("_final"), cx)?;
    if hook.is_callable() && !state.has(w::DESTROYED) {
        state.add(w::FINAL_CALLED | w::SYNC);
        state.pending_callbacks.set(state.pending_callbacks.get() + 1);
        if let Err(error) = call_final_hook(stream, state, &hook, cx) {
            let error = caught(error, cx)?;
            on_final(stream, &error, cx)?;
        }
        state.clear(w::SYNC);
        return Ok(());
    }
    state.add(w::FINAL_CALLED | w::PREFINISHED);
    events::emit(stream, js_string!("prefinish"), &[], cx).map(drop)
}

/// `this._final(callback)`
fn call_final_hook(stream: &JsObject, state: &Writable, hook: &JsValue, cx: &mut Context) -> JsResult<()> {
    if let Some(function) = hook.as_object() {
        if let Some(sink) = state.native.get()
            && function.is_native_function(native::finish)
        {
            return sink.finish(stream, Done::Final(stream.clone()), cx);
        }
        if function.is_native_function(transform::final_method) {
            return transform::finish(stream, Done::Final(stream.clone()), cx);
        }
    }
    let done = table::closure(
        "",
        1,
        stream.clone(),
        |_this, args, stream, cx| {
            on_final(stream, args.get_or_undefined(0), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::call(stream, hook, "stream._final", &[done.into()], cx).map(drop)
}

pub(super) fn finish_maybe(stream: &JsObject, state: &Writable, sync: bool, cx: &mut Context) -> JsResult<()> {
    if !need_finish(state) {
        return Ok(());
    }
    prefinish(stream, state, cx)?;
    if state.pending_callbacks.get() != 0 {
        return Ok(());
    }
    if sync {
        state.pending_callbacks.set(1);
        let (stream, state) = (stream.clone(), state.clone());
        Host::of(cx).next_tick_native(move |cx| {
            if need_finish(&state) {
                return finish(&stream, &state, cx);
            }
            state.pending_callbacks.set(state.pending_callbacks.get() - 1);
            Ok(())
        });
    } else if need_finish(state) {
        state.pending_callbacks.set(1);
        finish(stream, state, cx)?;
    }
    Ok(())
}

pub(super) fn finish(stream: &JsObject, state: &Writable, cx: &mut Context) -> JsResult<()> {
    state.pending_callbacks.set(state.pending_callbacks.get() - 1);
    state.add(w::FINISHED);
    call_finished_callbacks(state, &JsValue::null(), cx)?;
    events::emit(stream, js_string!("finish"), &[], cx)?;
    if state.has(w::AUTO_DESTROY) && may_destroy_after_finish(stream, cx)? {
        destroy::call(stream, &JsValue::undefined(), cx)?;
    }
    Ok(())
}

/// The readable side of a Duplex is done too, or does not exist.
fn may_destroy_after_finish(stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let other = stream.get(js_string!("_readableState"), cx)?;
    let Some(object) = other.as_object() else { return Ok(true) };
    if let Some(other) = readable(stream, cx)? {
        return Ok(other.has(r::AUTO_DESTROY) && (other.has(r::END_EMITTED) || other.readable.get() == Some(false)));
    }
    Ok(object.get(js_string!("autoDestroy"), cx)?.to_boolean() && (object.get(js_string!("endEmitted"), cx)?.to_boolean() || object.get(js_string!("readable"), cx)?.as_boolean() == Some(false)))
}

/// The writable side of a Duplex is done too, or does not exist: the same question from the other side.
pub(crate) fn may_destroy_after_end(stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let other = stream.get(js_string!("_writableState"), cx)?;
    let Some(object) = other.as_object() else { return Ok(true) };
    if let Some(other) = writable(stream, cx)? {
        return Ok(other.has(w::AUTO_DESTROY) && (other.has(w::FINISHED) || other.is_disabled()));
    }
    Ok(object.get(js_string!("autoDestroy"), cx)?.to_boolean() && (object.get(js_string!("finished"), cx)?.to_boolean() || object.get(js_string!("writable"), cx)?.as_boolean() == Some(false)))
}

pub(super) fn call_finished_callbacks(state: &WritableState, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    if !state.has(w::ON_FINISHED) {
        return Ok(());
    }
    let callbacks = state.take_on_finished();
    state.clear(w::ON_FINISHED);
    for callback in callbacks {
        callback.call(error.clone(), cx)?;
    }
    Ok(())
}
