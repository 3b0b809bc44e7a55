//! `Writable`: data goes in by `write`, one piece at a time to `_write`, the rest waits.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue, js_str, js_string,
    object::builtins::{JsArray, JsFunction},
};
use boa_gc::Gc;
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{self, Export, Symbol},
};

use super::{
    chunk::{Chunk, buffer_of_view, is_buffer},
    destroy::{self, caught, error_or_destroy, error_value},
    exposed::shown,
    flags::{r, w},
    hooks,
    legacy::STREAM,
    native::{self, Done},
    readable::buffer_from,
    readable_state::{known_encoding, readable, unknown_encoding},
    shapes, transform,
    writable_state::{AfterWrite, Callback, WRITABLE_STATE, Writable, WritableState, Write, buffered_array, writable, writable_or_throw, write_object},
};
use crate::events;

/// `stream.Writable`
pub(crate) static WRITABLE: Class = Class {
    name: "Writable",
    length: 1,
    extends: Parent::Class(&STREAM),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Export::renamed("pipe", "", 0, cannot_pipe),
        Export::renamed("write", "", 3, write_method),
        Export::renamed("cork", "", 0, cork_method),
        Export::renamed("uncork", "", 0, uncork_method),
        Export::function("setDefaultEncoding", 1, set_default_encoding),
        Export::renamed("_write", "", 3, default_write),
        Export::null("_writev"),
        Export::renamed("end", "", 3, end_method),
        shown!(writable, "closed", false.into(), |state| state.has(w::CLOSED).into()),
        Export::accessor("destroyed", is_destroyed, set_destroyed).enumerable(false).permanent(),
        WRITABLE_ACCESSOR,
        WRITABLE_FINISHED,
        WRITABLE_OBJECT_MODE,
        WRITABLE_BUFFER,
        WRITABLE_ENDED,
        WRITABLE_NEED_DRAIN,
        WRITABLE_HIGH_WATER_MARK,
        WRITABLE_CORKED,
        WRITABLE_LENGTH,
        shown!(writable, "errored", JsValue::null(), |state| state.errored()),
        shown!(writable, "writableAborted", false.into(), |state| { (!state.is_disabled() && state.has(w::DESTROYED | w::ERRORED) && !state.has(w::FINISHED)).into() }),
        Export::renamed("destroy", "", 2, destroy_method),
        Export::renamed("_undestroy", "undestroy", 0, destroy::undestroy),
        Export::renamed("_destroy", "", 2, destroy::default_destroy),
        Export::symbol(Symbol::For("nodejs.rejection"), "", 1, destroy::on_rejection),
        Export::symbol(Symbol::AsyncDispose, "", 0, super::async_dispose::writable),
    ],
    statics: &[
        Export::class(&WRITABLE_STATE),
        Export::renamed("fromWeb", "", 2, super::from_web::writable_method),
        Export::renamed("toWeb", "", 1, super::to_web::writable_method),
        Export::symbol(Symbol::HasInstance, "value", 1, has_instance).enumerable(false).read_only().permanent(),
    ],
};

pub(super) const WRITABLE_ACCESSOR: Export = Export::accessor("writable", is_writable, set_writable).enumerable(false).permanent();
pub(super) const WRITABLE_FINISHED: Export = shown!(writable, "writableFinished", false.into(), |state| state.has(w::FINISHED).into());
pub(super) const WRITABLE_OBJECT_MODE: Export = shown!(writable, "writableObjectMode", false.into(), |state| state.object_mode().into());
pub(super) const WRITABLE_BUFFER: Export = Export::getter("writableBuffer", writable_buffer).enumerable(false).permanent();
pub(super) const WRITABLE_ENDED: Export = shown!(writable, "writableEnded", false.into(), |state| state.has(w::ENDING).into());
pub(super) const WRITABLE_NEED_DRAIN: Export = shown!(writable, "writableNeedDrain", false.into(), |state| needs_drain(&state).into());
pub(super) const WRITABLE_HIGH_WATER_MARK: Export = shown!(writable, "writableHighWaterMark", JsValue::undefined(), |state| state.high_water_mark.get().into());
pub(super) const WRITABLE_CORKED: Export = shown!(writable, "writableCorked", 0.into(), |state| state.corked.get().into());
pub(super) const WRITABLE_LENGTH: Export = shown!(writable, "writableLength", JsValue::undefined(), |state| (state.length.get() as f64).into());

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !is_instance(this, cx)? {
        return WRITABLE.construct(args, cx).map(JsValue::from);
    }
    let stream = this.to_object(cx)?;
    init_writable(&stream, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// A Writable by its prototype or, as a Duplex, by its state.
fn is_instance(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    if WRITABLE.is_instance(value, cx)? {
        return Ok(true);
    }
    match value.as_object() {
        Some(object) => Ok(writable(&object, cx)?.is_some()),
        None => Ok(false),
    }
}

/// `Writable[Symbol.hasInstance](object)`
fn has_instance(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    if let Some(class) = this.as_object()
        && let Some(object) = value.as_object()
    {
        let prototype = class.get(js_string!("prototype"), cx)?.as_object();
        let mut next = object.prototype();
        while let (Some(found), Some(wanted)) = (&next, &prototype) {
            if JsObject::equals(found, wanted) {
                return Ok(true.into());
            }
            next = found.prototype();
        }
        if JsObject::equals(&class, &WRITABLE.constructor(cx)?) {
            return Ok(writable(&object, cx)?.is_some().into());
        }
    }
    Ok(false.into())
}

/// What the constructor does: `super(options)` of a native class.
pub(crate) fn init_writable(stream: &JsObject, options: &JsValue, cx: &mut Context) -> JsResult<Writable> {
    shapes::default_events(stream, shapes::Kind::Writable, cx)?;
    let given = options.as_object();
    let (state, object) = WritableState::create(given.as_ref(), Some(stream), false, cx)?;
    stream.set(js_string!("_writableState"), object, true, cx)?;
    hooks::finish(stream, options, &[hooks::WRITE, hooks::WRITEV, hooks::DESTROY, hooks::FINAL, hooks::CONSTRUCT], cx)?;
    Ok(state)
}

/// The writable side of a stream whose `_construct` is done.
pub(super) fn on_constructed(stream: &JsObject, state: &Writable, cx: &mut Context) -> JsResult<()> {
    if !state.has(w::WRITING) {
        clear_buffer(stream, state, cx)?;
    }
    if state.has(w::ENDING) {
        finish_maybe(stream, state, false, cx)?;
    }
    Ok(())
}

/// A Writable has `pipe` only to say that it cannot.
fn cannot_pipe(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let error = errors::stream_cannot_pipe(cx);
    let error = error_value(error, cx)?;
    error_or_destroy(&this.to_object(cx)?, error, false, cx)?;
    Ok(JsValue::undefined())
}

/// What became of a write.
pub(super) enum Written {
    /// Taken; whether more is welcome.
    Taken(bool),
    /// Refused with this error, which is on its way.
    Refused(JsValue),
}

/// `writable.write(chunk, encoding, callback)`
pub(super) fn write_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let (encoding, callback) = match args.get_or_undefined(1) {
        function if function.is_callable() => (JsValue::null(), function),
        encoding => (encoding.clone(), args.get_or_undefined(2)),
    };
    let written = write_value(&stream, args.get_or_undefined(0), encoding, Callback::of(callback), cx)?;
    Ok(matches!(written, Written::Taken(true)).into())
}

fn write_value(stream: &JsObject, chunk: &JsValue, encoding: JsValue, callback: Callback, cx: &mut Context) -> JsResult<Written> {
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
fn default_write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
pub(super) fn on_write(stream: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
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

fn needs_drain(state: &WritableState) -> bool {
    state.bits(w::DESTROYED | w::ENDING | w::NEED_DRAIN) == w::NEED_DRAIN
}

/// `stream.writableNeedDrain` of a stream of any make.
pub(super) fn stream_needs_drain(stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(stream.get(js_string!("writableNeedDrain"), cx)?.as_boolean() == Some(true))
}

/// Tells the writes that wait that they will not happen.
fn error_buffer(state: &Writable, cx: &mut Context) -> JsResult<()> {
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
fn clear_buffer(stream: &JsObject, state: &Writable, cx: &mut Context) -> JsResult<()> {
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
fn cork_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
fn uncork_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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

/// `writable.setDefaultEncoding(encoding)`
fn set_default_encoding(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let lower = match given.as_string() {
        Some(text) => js_string!(text.to_std_string_escaped().to_lowercase()).into(),
        None => given.clone(),
    };
    if known_encoding(&lower).is_none() {
        return Err(unknown_encoding(&lower, cx));
    }
    writable_or_throw(&this.to_object(cx)?, cx)?.set_default_encoding(lower);
    Ok(this.clone())
}

/// `writable.end(chunk, encoding, callback)`
pub(super) fn end_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
            state.on_finished.borrow_mut().push(callback);
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
pub(super) fn on_final(stream: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
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

fn finish_maybe(stream: &JsObject, state: &Writable, sync: bool, cx: &mut Context) -> JsResult<()> {
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

fn finish(stream: &JsObject, state: &Writable, cx: &mut Context) -> JsResult<()> {
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
pub(super) fn may_destroy_after_end(stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
    let other = stream.get(js_string!("_writableState"), cx)?;
    let Some(object) = other.as_object() else { return Ok(true) };
    if let Some(other) = writable(stream, cx)? {
        return Ok(other.has(w::AUTO_DESTROY) && (other.has(w::FINISHED) || other.is_disabled()));
    }
    Ok(object.get(js_string!("autoDestroy"), cx)?.to_boolean() && (object.get(js_string!("finished"), cx)?.to_boolean() || object.get(js_string!("writable"), cx)?.as_boolean() == Some(false)))
}

fn call_finished_callbacks(state: &WritableState, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    if !state.has(w::ON_FINISHED) {
        return Ok(());
    }
    let callbacks = std::mem::take(&mut *state.on_finished.borrow_mut());
    state.clear(w::ON_FINISHED);
    for callback in callbacks {
        callback.call(error.clone(), cx)?;
    }
    Ok(())
}

/// `writable.destroy(error, callback)`
pub(super) fn destroy_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    destroy(&stream, args.get_or_undefined(0), args.get_or_undefined(1).as_function(), cx)?;
    Ok(this.clone())
}

pub(super) fn destroy(stream: &JsObject, error: &JsValue, callback: Option<JsFunction>, cx: &mut Context) -> JsResult<()> {
    let state = writable_or_throw(stream, cx)?;
    // Those that wait are told.
    if state.has(w::BUFFERED | w::ON_FINISHED) && !state.has(w::DESTROYED) {
        Host::of(cx).next_tick_native(move |cx| error_buffer(&state, cx));
    }
    destroy::destroy(stream, error, callback, cx)
}

// Accessors.

fn is_writable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    let Some(state) = writable(&stream, cx)? else { return Ok(false.into()) };
    Ok((!state.is_disabled() && !state.has(w::ENDING | w::ENDED | w::DESTROYED | w::ERRORED)).into())
}

fn set_writable(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = writable(&stream, cx)?
    {
        state.set_writable(Some(args.get_or_undefined(0).to_boolean()));
    }
    Ok(JsValue::undefined())
}

fn writable_buffer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(JsValue::undefined()) };
    match writable(&stream, cx)? {
        Some(state) => buffered_array(&state, cx),
        None => Ok(JsValue::undefined()),
    }
}

fn is_destroyed(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    Ok(writable(&stream, cx)?.is_some_and(|state| state.has(w::DESTROYED)).into())
}

fn set_destroyed(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = writable(&stream, cx)?
    {
        state.put(w::DESTROYED, args.get_or_undefined(0).to_boolean());
    }
    Ok(JsValue::undefined())
}
