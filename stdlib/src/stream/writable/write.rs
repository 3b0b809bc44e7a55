//! What goes into a writable stream: `write`, `cork`, and what `_write` and `_writev` get of it.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_str, js_string, object::builtins::JsArray};
use boa_gc::Gc;
use coil_engine::{Host, errors};

use super::finish::{call_finished_callbacks, finish_maybe};
use crate::{
    events,
    stream::{
        chunk::{Chunk, buffer_of_view, is_buffer},
        destroy::{error_or_destroy, error_value},
        flags::{r, w},
        native::{self, Done},
        readable::buffer_from,
        readable_state::{known_encoding, readable, unknown_encoding},
        transform,
        writable_state::{AfterWrite, Callback, Writable, WritableState, Write, writable_or_throw, write_object},
    },
};

/// What became of a write.
pub(crate) enum Written {
    /// Taken; whether more is welcome.
    Taken(bool),
    /// Refused with this error, which is on its way.
    Refused(JsValue),
}

/// `writable.write(chunk, encoding, callback)`
pub(crate) fn write_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let (encoding, callback) = match args.get_or_undefined(1) {
        function if function.is_callable() => (JsValue::null(), function),
        encoding => (encoding.clone(), args.get_or_undefined(2)),
    };
    let written = write_value(&stream, args.get_or_undefined(0), encoding, Callback::of(callback), cx)?;
    Ok(matches!(written, Written::Taken(true)).into())
}

pub(super) fn write_value(stream: &JsObject, chunk: &JsValue, encoding: JsValue, callback: Callback, cx: &mut Context) -> JsResult<Written> {
    let state = writable_or_throw(stream, cx)?;
    if chunk.is_null() {
        return Err(errors::stream_null_values(cx));
    }
    let (mut chunk, mut encoding) = (chunk.clone(), encoding);
    if !state.object_mode() {
        if !encoding.to_boolean() {
            encoding = state.default_encoding();
        } else if !is_buffer_label(&encoding) && known_encoding(&encoding).is_none() {
            return Err(unknown_encoding(&encoding, cx));
        }
        if let Some(text) = chunk.as_string() {
            if state.has(w::DECODE_STRINGS) {
                chunk = buffer_from(&text, &encoding, cx)?;
                encoding = js_string!("buffer").into();
            }
        } else if is_buffer(&chunk, cx)? {
            encoding = js_string!("buffer").into();
        } else if let Some(view) = buffer_of_view(&chunk, cx)? {
            chunk = view;
            encoding = js_string!("buffer").into();
        } else {
            return Err(errors::invalid_arg_type("chunk", "string|Buffer|TypedArray|DataView", &chunk, cx));
        }
    }
    write_chunk(stream, &state, Chunk::Value(chunk), encoding, callback, cx)
}

fn is_buffer_label(encoding: &JsValue) -> bool {
    encoding.as_string().is_some_and(|label| label == js_str!("buffer"))
}

/// `write` for native code, as bytes where they are bytes; through an overriding `write`. Whether more is welcome.
pub(crate) fn write(stream: &JsObject, chunk: Chunk, callback: Callback, cx: &mut Context) -> JsResult<bool> {
    let method = stream.get(js_string!("write"), cx)?;
    if method.as_object().is_some_and(|method| method.is_native_function(write_method)) {
        let written = match chunk {
            Chunk::Value(value) => write_value(stream, &value, JsValue::undefined(), callback, cx)?,
            bytes => {
                let state = writable_or_throw(stream, cx)?;
                write_chunk(stream, &state, bytes, js_string!("buffer").into(), callback, cx)?
            }
        };
        return Ok(matches!(written, Written::Taken(true)));
    }
    let value = chunk.into_value(cx)?;
    let result = match callback {
        Callback::Nobody => events::call(stream, &method, "dest.write", &[value], cx)?,
        callback => {
            let callback = callback.value(cx);
            events::call(stream, &method, "dest.write", &[value, JsValue::undefined(), callback], cx)?
        }
    };
    // As in pipe(): only `false` asks to wait.
    Ok(result.as_boolean() != Some(false))
}

fn write_chunk(stream: &JsObject, state: &Writable, chunk: Chunk, encoding: JsValue, callback: Callback, cx: &mut Context) -> JsResult<Written> {
    let refusal = if state.has(w::ENDING) {
        Some(errors::stream_write_after_end(cx))
    } else if state.has(w::DESTROYED) {
        Some(errors::stream_destroyed("write", cx))
    } else {
        None
    };
    if let Some(refusal) = refusal {
        let error = error_value(refusal, cx)?;
        let told = error.clone();
        Host::of(cx).next_tick_native(move |cx| callback.call(told, cx));
        error_or_destroy(stream, error.clone(), true, cx)?;
        return Ok(Written::Refused(error));
    }
    state.pending_callbacks.set(state.pending_callbacks.get() + 1);
    let len = match &chunk {
        _ if state.object_mode() => 1,
        chunk => chunk.len(),
    };
    state.length.set(state.length.get() + len);
    if state.bits(w::WRITING | w::ERRORED | w::CORKED | w::CONSTRUCTED) == w::CONSTRUCTED {
        do_write(stream, state, len, chunk, encoding, callback, cx)?;
    } else {
        state.add(w::BUFFERED);
        if !is_buffer_label(&encoding) {
            state.clear(w::ALL_BUFFERS);
        }
        if !callback.is_nobody() {
            state.clear(w::ALL_NOOP);
        }
        state.buffered.borrow_mut().push_back(Write { chunk, encoding, callback });
    }
    let length = state.length.get();
    let more = (length as f64) < state.high_water_mark.get() || length == 0;
    if !more {
        state.add(w::NEED_DRAIN);
    }
    // false ends loops that write while they may.
    Ok(Written::Taken(more && !state.has(w::DESTROYED | w::ERRORED)))
}

fn start_write(state: &WritableState, len: usize, callback: Callback) {
    state.write_len.set(len);
    if !callback.is_nobody() {
        state.add(w::WRITE_CB);
        *state.write_callback.borrow_mut() = callback;
    }
    state.add(w::WRITING | w::SYNC | w::EXPECT_WRITE_CB);
}

fn do_write(stream: &JsObject, state: &Writable, len: usize, chunk: Chunk, encoding: JsValue, callback: Callback, cx: &mut Context) -> JsResult<()> {
    start_write(state, len, callback);
    call_write_hook(stream, state, chunk, encoding, cx)?;
    state.clear(w::SYNC);
    Ok(())
}

/// `this._write(chunk, encoding, onwrite)`
fn call_write_hook(stream: &JsObject, state: &Writable, chunk: Chunk, encoding: JsValue, cx: &mut Context) -> JsResult<()> {
    let hook = stream.get(js_string!("_write"), cx)?;
    if let Some(function) = hook.as_object() {
        if let Some(sink) = state.native.get()
            && function.is_native_function(native::write)
        {
            return sink.write(stream, chunk, &encoding, Done::Write(stream.clone()), cx);
        }
        if function.is_native_function(transform::write_method) {
            return transform::write(stream, chunk, &encoding, Done::Write(stream.clone()), cx);
        }
    }
    let value = chunk.into_value(cx)?;
    let done = state.on_write(cx);
    events::call(stream, &hook, "stream._write", &[value, encoding, done.into()], cx).map(drop)
}

/// `_write` where nobody has written another: `_writev` may do.
pub(super) fn default_write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let writev = stream.get(js_string!("_writev"), cx)?;
    if !writev.to_boolean() {
        return Err(errors::method_not_implemented("_write()", cx));
    }
    let entry = JsObject::with_object_proto(cx.intrinsics());
    entry.create_data_property_or_throw(js_string!("chunk"), args.get_or_undefined(0).clone(), cx)?;
    entry.create_data_property_or_throw(js_string!("encoding"), args.get_or_undefined(1).clone(), cx)?;
    let list = JsArray::from_iter([entry.into()], cx);
    events::call(&stream, &writev, "this._writev", &[list.into(), args.get_or_undefined(2).clone()], cx)?;
    Ok(JsValue::undefined())
}

/// What `_write` and `_writev` call when they are done.
pub(crate) fn on_write(stream: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    let state = writable_or_throw(stream, cx)?;
    if !state.has(w::EXPECT_WRITE_CB) {
        let error = error_value(errors::multiple_callback(cx), cx)?;
        return error_or_destroy(stream, error, false, cx);
    }
    let sync = state.has(w::SYNC);
    let callback = if state.has(w::WRITE_CB) { std::mem::take(&mut *state.write_callback.borrow_mut()) } else { Callback::Nobody };
    state.clear(w::WRITING | w::EXPECT_WRITE_CB | w::WRITE_CB);
    state.length.set(state.length.get().saturating_sub(state.write_len.replace(0)));

    if error.to_boolean() {
        if !state.has(w::ERRORED) {
            state.set_errored(error.clone());
        }
        // The readable side of a Duplex fails with it.
        if let Some(other) = readable(stream, cx)?
            && !other.has(r::ERRORED)
        {
            other.set_errored(error.clone());
        }
        if sync {
            let (stream, state, error) = (stream.clone(), state, error.clone());
            Host::of(cx).next_tick_native(move |cx| on_write_error(&stream, &state, error, &callback, cx));
            return Ok(());
        }
        return on_write_error(stream, &state, error.clone(), &callback, cx);
    }

    if state.has(w::BUFFERED) {
        clear_buffer(stream, &state, cx)?;
    }
    if sync { after_sync_write(stream, state, callback, cx) } else { after_write(stream, &state, 1, &callback, cx) }
}

/// A write that was done at once tells so in a later tick; many writes with the same callback share one.
fn after_sync_write(stream: &JsObject, state: Writable, callback: Callback, cx: &mut Context) -> JsResult<()> {
    let need_drain = state.has(w::NEED_DRAIN) && state.length.get() == 0;
    if callback.is_nobody() {
        // Node's test of the destroyed bit reads the one of object mode.
        if !state.has(w::AFTER_WRITE_PENDING) && (need_drain || state.has(w::OBJECT_MODE)) {
            state.add(w::AFTER_WRITE_PENDING);
            let stream = stream.clone();
            Host::of(cx).next_tick_native(move |cx| after_write(&stream, &state, 1, &Callback::Nobody, cx));
            return Ok(());
        }
        state.pending_callbacks.set(state.pending_callbacks.get() - 1);
        return if state.has(w::ENDING) { finish_maybe(stream, &state, true, cx) } else { Ok(()) };
    }
    let waiting = if state.has(w::AFTER_WRITE_TICK_INFO) { state.after_write.borrow().clone() } else { None };
    if let Some(waiting) = waiting
        && waiting.callback.same(&callback)
    {
        waiting.count.set(waiting.count.get() + 1);
        return Ok(());
    }
    let info = Gc::new(AfterWrite { callback, count: std::cell::Cell::new(1) });
    *state.after_write.borrow_mut() = Some(info.clone());
    state.add(w::AFTER_WRITE_PENDING | w::AFTER_WRITE_TICK_INFO);
    let stream = stream.clone();
    Host::of(cx).next_tick_told(cx, move |cx| {
        state.clear(w::AFTER_WRITE_TICK_INFO);
        *state.after_write.borrow_mut() = None;
        after_write(&stream, &state, info.count.get(), &info.callback, cx)
    });
    Ok(())
}

fn on_write_error(stream: &JsObject, state: &Writable, error: JsValue, callback: &Callback, cx: &mut Context) -> JsResult<()> {
    state.pending_callbacks.set(state.pending_callbacks.get() - 1);
    callback.call(error.clone(), cx)?;
    // The error belongs to this one write; those that wait get one of their own.
    error_buffer(state, cx)?;
    error_or_destroy(stream, error, false, cx)
}

fn after_write(stream: &JsObject, state: &Writable, count: usize, callback: &Callback, cx: &mut Context) -> JsResult<()> {
    state.clear(w::AFTER_WRITE_PENDING);
    if needs_drain(state) && state.length.get() == 0 {
        state.clear(w::NEED_DRAIN);
        events::emit(stream, js_string!("drain"), &[], cx)?;
    }
    for _ in 0..count {
        state.pending_callbacks.set(state.pending_callbacks.get() - 1);
        callback.call(JsValue::null(), cx)?;
    }
    if state.has(w::DESTROYED) {
        error_buffer(state, cx)?;
    }
    if state.has(w::ENDING) {
        finish_maybe(stream, state, true, cx)?;
    }
    Ok(())
}

pub(super) fn needs_drain(state: &WritableState) -> bool {
    state.bits(w::DESTROYED | w::ENDING | w::NEED_DRAIN) == w::NEED_DRAIN
}

/// `stream.writableNeedDrain` of a stream of any make.
pub(crate) fn stream_needs_drain(stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(stream.get(js_string!("writableNeedDrain"), cx)?.as_boolean() == Some(true))
}

/// Tells the writes that wait that they will not happen.
pub(super) fn error_buffer(state: &Writable, cx: &mut Context) -> JsResult<()> {
    if state.has(w::WRITING) {
        return Ok(());
    }
    if state.has(w::BUFFERED) {
        let writes = std::mem::take(&mut *state.buffered.borrow_mut());
        for write in writes {
            let weight = write.chunk.weight(state.object_mode());
            state.length.set(state.length.get().saturating_sub(weight));
            let error = end_error(state, "write", cx)?;
            write.callback.call(error, cx)?;
        }
    }
    let error = end_error(state, "end", cx)?;
    call_finished_callbacks(state, &error, cx)?;
    state.reset_buffer();
    Ok(())
}

fn end_error(state: &WritableState, method: &str, cx: &mut Context) -> JsResult<JsValue> {
    let error = state.errored();
    if error.is_null() { error_value(errors::stream_destroyed(method, cx), cx) } else { Ok(error) }
}

/// Writes what waits, as far as it goes.
pub(super) fn clear_buffer(stream: &JsObject, state: &Writable, cx: &mut Context) -> JsResult<()> {
    if state.bits(w::DESTROYED | w::BUFFER_PROCESSING | w::CORKED | w::BUFFERED | w::CONSTRUCTED) != w::BUFFERED | w::CONSTRUCTED {
        return Ok(());
    }
    let count = state.buffered.borrow().len();
    if count == 0 {
        return Ok(());
    }
    state.add(w::BUFFER_PROCESSING);
    let writev = if count > 1 { stream.get(js_string!("_writev"), cx)? } else { JsValue::undefined() };
    if writev.to_boolean() {
        state.pending_callbacks.set(state.pending_callbacks.get() - (count as i64 - 1));
        write_all(stream, state, &writev, cx)?;
        state.reset_buffer();
    } else {
        loop {
            let Some(write) = ({ state.buffered.borrow_mut().pop_front() }) else { break };
            let len = write.chunk.weight(state.object_mode());
            if state.has(w::DESTROYED) {
                start_write(state, len, write.callback);
                let error = error_value(errors::stream_destroyed("write", cx), cx)?;
                on_write(stream, &error, cx)?;
                state.clear(w::SYNC);
            } else {
                do_write(stream, state, len, write.chunk, write.encoding, write.callback, cx)?;
            }
            if state.has(w::WRITING) {
                break;
            }
        }
        if state.buffered.borrow().is_empty() {
            state.reset_buffer();
        }
    }
    state.clear(w::BUFFER_PROCESSING);
    Ok(())
}

/// `this._writev(chunks, onwrite)` with everything that waits.
fn write_all(stream: &JsObject, state: &Writable, writev: &JsValue, cx: &mut Context) -> JsResult<()> {
    let writes = std::mem::take(&mut *state.buffered.borrow_mut());
    let nobody = state.has(w::ALL_NOOP);
    let all_buffers = state.has(w::ALL_BUFFERS);
    let callbacks: Vec<Callback> = writes.iter().map(|write| write.callback.clone()).collect();
    let callback = if nobody { Callback::Nobody } else { Callback::Several(Gc::new(callbacks)) };
    start_write(state, state.length.get(), callback);
    if let Some(sink) = state.native.get()
        && writev.as_object().is_some_and(|function| function.is_native_function(native::writev))
    {
        let chunks = writes.into_iter().map(|write| (write.chunk, write.encoding)).collect();
        sink.writev(stream, chunks, Done::Write(stream.clone()), cx)?;
    } else {
        let mut shown = Vec::with_capacity(writes.len());
        for write in writes {
            let value = write.chunk.into_value(cx)?;
            shown.push(write_object(value, &write.encoding, &write.callback, cx)?);
        }
        let list = JsArray::from_iter(shown, cx);
        list.set(js_string!("allBuffers"), all_buffers, true, cx)?;
        let done = state.on_write(cx);
        events::call(stream, writev, "stream._writev", &[list.into(), done.into()], cx)?;
    }
    state.clear(w::SYNC);
    Ok(())
}

/// `writable.cork()`
pub(super) fn cork_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    cork(&this.to_object(cx)?, cx)?;
    Ok(JsValue::undefined())
}

/// The same for native code.
pub(crate) fn cork(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = writable_or_throw(stream, cx)?;
    state.add(w::CORKED);
    state.corked.set(state.corked.get() + 1);
    Ok(())
}

/// `writable.uncork()`
pub(super) fn uncork_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    uncork(&this.to_object(cx)?, cx)?;
    Ok(JsValue::undefined())
}

/// The same for native code.
pub(crate) fn uncork(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = writable_or_throw(stream, cx)?;
    let corked = state.corked.get();
    if corked == 0 {
        return Ok(());
    }
    state.corked.set(corked - 1);
    if corked == 1 {
        state.clear(w::CORKED);
    }
    if !state.has(w::WRITING) {
        clear_buffer(stream, &state, cx)?;
    }
    Ok(())
}
