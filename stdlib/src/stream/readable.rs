//! `Readable`: data comes in by `push`, goes out by `read`, `'data'` or iteration.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_str, js_string};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, Symbol},
};

use super::{
    chunk::{Chunk, buffer_of_view, is_buffer},
    destroy::{self, caught, error_or_destroy, error_value},
    exposed::shown,
    flags::r,
    hooks,
    legacy::STREAM,
    native, pipe,
    readable_state::{AwaitDrain, READABLE_STATE, Readable, ReadableState, buffer_array, known_encoding, new_decoder, readable, readable_or_throw},
    shapes, transform,
};
use crate::{buffer, events};

/// `stream.Readable`
pub(crate) static READABLE: Class = Class {
    name: "Readable",
    length: 1,
    extends: Parent::Class(&STREAM),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Export::function("destroy", 2, destroy::destroy_method),
        Export::renamed("_undestroy", "undestroy", 0, destroy::undestroy),
        Export::renamed("_destroy", "", 2, destroy::default_destroy),
        Export::renamed("push", "", 2, push_method),
        Export::renamed("unshift", "", 2, unshift_method),
        Export::renamed("isPaused", "", 0, is_paused),
        Export::renamed("setEncoding", "", 1, set_encoding),
        Export::renamed("read", "", 1, read_method),
        Export::renamed("_read", "", 1, |_this, _args, cx| Err(errors::method_not_implemented("_read()", cx))),
        Export::renamed("pipe", "", 2, pipe::pipe_method),
        Export::renamed("unpipe", "", 1, pipe::unpipe_method),
        Export::renamed("on", "", 2, on_method),
        Export::alias("addListener", "on"),
        Export::renamed("removeListener", "", 2, remove_listener_method),
        Export::alias("off", "removeListener"),
        Export::renamed("removeAllListeners", "", 1, remove_all_listeners_method),
        Export::renamed("resume", "", 0, resume_method),
        Export::renamed("pause", "", 0, pause_method),
        Export::renamed("wrap", "", 1, super::wrap::wrap_method),
        Export::renamed("iterator", "", 1, super::async_iterator::iterator_method),
        Export::function("compose", 2, super::compose::compose_method),
        Export::accessor("readable", is_readable, set_readable).enumerable(false).permanent(),
        shown!(readable, "readableDidRead", JsValue::undefined(), |state| state.has(r::DATA_EMITTED).into()),
        Export::getter("readableAborted", readable_aborted).enumerable(false).permanent(),
        shown!(readable, "readableHighWaterMark", JsValue::undefined(), |state| state.high_water_mark.get().into()),
        Export::getter("readableBuffer", readable_buffer).enumerable(false).permanent(),
        Export::accessor("readableFlowing", readable_flowing, set_readable_flowing).enumerable(false).permanent(),
        shown!(readable, "readableLength", JsValue::undefined(), |state| (state.length.get() as f64).into()),
        shown!(readable, "readableObjectMode", false.into(), |state| state.object_mode().into()),
        shown!(readable, "readableEncoding", JsValue::null(), |state| state.encoding()),
        shown!(readable, "errored", JsValue::null(), |state| state.errored()),
        shown!(readable, "closed", false.into(), |state| state.has(r::CLOSED).into()),
        Export::accessor("destroyed", is_destroyed, set_destroyed).enumerable(false).permanent(),
        shown!(readable, "readableEnded", false.into(), |state| state.has(r::END_EMITTED).into()),
        super::operators::DROP,
        super::operators::FILTER,
        super::operators::FLAT_MAP,
        super::operators::MAP,
        super::operators::TAKE,
        super::operators::EVERY,
        super::operators::FOR_EACH,
        super::operators::REDUCE,
        super::operators::TO_ARRAY,
        super::operators::SOME,
        super::operators::FIND,
        Export::symbol(Symbol::For("nodejs.rejection"), "", 1, destroy::on_rejection),
        Export::symbol(Symbol::AsyncDispose, "", 0, super::async_dispose::readable),
        Export::symbol(Symbol::AsyncIterator, "", 0, super::async_iterator::default_iterator_method),
    ],
    statics: &[
        Export::class(&READABLE_STATE),
        Export::renamed("_fromList", "fromList", 2, super::from_list::method),
        Export::renamed("from", "", 2, super::from::from_method),
        Export::renamed("fromWeb", "", 2, super::from_web::readable_method),
        Export::renamed("toWeb", "", 2, super::to_web::readable_method),
        Export::renamed("wrap", "", 2, super::wrap::wrap_static),
    ],
};

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !READABLE.is_instance(this, cx)? {
        return READABLE.construct(args, cx).map(JsValue::from);
    }
    let stream = this.to_object(cx)?;
    init_readable(&stream, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// What the constructor does: `super(options)` of a native class.
pub(crate) fn init_readable(stream: &JsObject, options: &JsValue, cx: &mut Context) -> JsResult<Readable> {
    shapes::default_events(stream, shapes::Kind::Readable, cx)?;
    let given = options.as_object();
    let (state, object) = ReadableState::create(given.as_ref(), false, cx)?;
    stream.set(js_string!("_readableState"), object, true, cx)?;
    hooks::finish(stream, options, &[hooks::READ, hooks::DESTROY, hooks::CONSTRUCT], cx)?;
    Ok(state)
}

/// The readable side of a stream whose `_construct` is done.
pub(super) fn on_constructed(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    if state.has(r::NEED_READABLE) {
        maybe_read_more(stream, state, cx);
    }
    Ok(())
}

/// `readable.push(chunk, encoding)`
pub(super) fn push_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    push_value(&stream, args.get_or_undefined(0), args.get_or_undefined(1), cx).map(JsValue::from)
}

pub(super) fn push_value(stream: &JsObject, chunk: &JsValue, encoding: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let state = readable_or_throw(stream, cx)?;
    if chunk.is_null() {
        state.clear(r::READING);
        on_eof(stream, &state, cx)?;
        return Ok(false);
    }
    if state.object_mode() {
        return push_object(stream, &state, chunk.clone(), encoding, cx);
    }
    let mut encoding = encoding.clone();
    let mut chunk = chunk.clone();
    if let Some(text) = chunk.as_string() {
        if !encoding.to_boolean() {
            encoding = state.default_encoding();
        }
        if !state.encoding().strict_equals(&encoding) {
            chunk = buffer_from(&text, &encoding, cx)?;
            encoding = js_string!().into();
        }
    } else if is_buffer(&chunk, cx)? {
        encoding = js_string!().into();
    } else if let Some(view) = buffer_of_view(&chunk, cx)? {
        chunk = view;
        encoding = js_string!().into();
    } else if !chunk.is_undefined() {
        let error = errors::invalid_arg_type("chunk", "string|Buffer|TypedArray|DataView", &chunk, cx);
        let error = error_value(error, cx)?;
        error_or_destroy(stream, error, false, cx)?;
        return Ok(false);
    }
    push_bytes_or_text(stream, &state, Chunk::Value(chunk), encoding.to_boolean(), cx)
}

/// `push` for native sources; `None` ends the stream. Whether more is wanted.
pub(crate) fn push(stream: &JsObject, chunk: Option<Chunk>, cx: &mut Context) -> JsResult<bool> {
    let Some(chunk) = chunk else { return push_value(stream, &JsValue::null(), &JsValue::undefined(), cx) };
    let state = readable_or_throw(stream, cx)?;
    match chunk {
        Chunk::Value(value) => push_value(stream, &value, &JsValue::undefined(), cx),
        chunk if state.object_mode() => {
            let value = chunk.into_value(cx)?;
            push_object(stream, &state, value, &JsValue::undefined(), cx)
        }
        chunk => push_bytes_or_text(stream, &state, chunk, false, cx),
    }
}

fn push_bytes_or_text(stream: &JsObject, state: &Readable, chunk: Chunk, decoded: bool, cx: &mut Context) -> JsResult<bool> {
    if chunk.len() == 0 {
        state.clear(r::READING);
        maybe_read_more(stream, state, cx);
        return Ok(can_push_more(state));
    }
    if is_late(stream, state, cx)? {
        return Ok(false);
    }
    state.clear(r::READING);
    let mut chunk = chunk;
    if !decoded && let Some(decoder) = state.decoder() {
        let value = chunk.into_value(cx)?;
        chunk = Chunk::Value(events::method(&decoder, "write", &[value], cx)?);
        if chunk.len() == 0 {
            maybe_read_more(stream, state, cx);
            return Ok(can_push_more(state));
        }
    }
    add_chunk(stream, state, chunk, false, cx)?;
    Ok(can_push_more(state))
}

fn push_object(stream: &JsObject, state: &Readable, chunk: JsValue, encoding: &JsValue, cx: &mut Context) -> JsResult<bool> {
    if is_late(stream, state, cx)? {
        return Ok(false);
    }
    state.clear(r::READING);
    let mut chunk = chunk;
    if !encoding.to_boolean()
        && let Some(decoder) = state.decoder()
    {
        chunk = events::method(&decoder, "write", &[chunk], cx)?;
    }
    add_chunk(stream, state, Chunk::Value(chunk), false, cx)?;
    Ok(can_push_more(state))
}

/// Whether a chunk comes too late: after the end, which is an error, or at a stream that was destroyed.
fn is_late(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<bool> {
    if state.has(r::ENDED) {
        let error = errors::stream_push_after_eof(cx);
        let error = error_value(error, cx)?;
        error_or_destroy(stream, error, false, cx)?;
        return Ok(true);
    }
    Ok(state.has(r::DESTROYED | r::ERRORED))
}

/// A string in an encoding that a script gave, as a Buffer.
pub(super) fn buffer_from(text: &boa_engine::JsString, encoding: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let encoding = match known_encoding(encoding) {
        Some(encoding) => encoding,
        None if encoding.is_string() => return Err(super::readable_state::unknown_encoding(encoding, cx)),
        None => buffer::Encoding::Utf8,
    };
    buffer::from_string(text, encoding, cx).map(JsValue::from)
}

/// `readable.unshift(chunk, encoding)`
fn unshift_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let state = readable_or_throw(&stream, cx)?;
    let (mut chunk, mut encoding) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    if chunk.is_null() {
        state.clear(r::READING);
        on_eof(&stream, &state, cx)?;
        return Ok(false.into());
    }
    if !state.object_mode() {
        if let Some(text) = chunk.as_string() {
            if !encoding.to_boolean() {
                encoding = state.default_encoding();
            }
            let own = state.encoding();
            if !own.strict_equals(&encoding) {
                chunk = buffer_from(&text, &encoding, cx)?;
                if own.to_boolean() {
                    // Buffered strings are in the encoding of the state.
                    let bytes = buffer::bytes_of(&chunk).unwrap_or_default();
                    chunk = buffer::bytes_to_string(&bytes, known_encoding(&own).unwrap_or_default(), cx)?.into();
                }
            }
        } else if let Some(view) = buffer_of_view(&chunk, cx)? {
            chunk = view;
        } else if !chunk.is_undefined() && !is_buffer(&chunk, cx)? {
            let error = errors::invalid_arg_type("chunk", "string|Buffer|TypedArray|DataView", &chunk, cx);
            let error = error_value(error, cx)?;
            error_or_destroy(&stream, error, false, cx)?;
            return Ok(false.into());
        }
        if Chunk::Value(chunk.clone()).len() == 0 {
            return Ok(can_push_more(&state).into());
        }
    }
    if state.has(r::END_EMITTED) {
        let error = errors::stream_unshift_after_end_event(cx);
        let error = error_value(error, cx)?;
        error_or_destroy(&stream, error, false, cx)?;
    } else if state.has(r::DESTROYED | r::ERRORED) {
        return Ok(false.into());
    } else {
        add_chunk(&stream, &state, Chunk::Value(chunk), true, cx)?;
    }
    Ok(can_push_more(&state).into())
}

/// Below the high water mark, and with nothing buffered at all: a mark of 0 would stall.
pub(super) fn can_push_more(state: &ReadableState) -> bool {
    let length = state.length.get();
    !state.has(r::ENDED) && ((length as f64) < state.high_water_mark.get() || length == 0)
}

fn add_chunk(stream: &JsObject, state: &Readable, chunk: Chunk, to_front: bool, cx: &mut Context) -> JsResult<()> {
    if state.bits(r::FLOWING | r::SYNC | r::DATA_LISTENING) == r::FLOWING | r::DATA_LISTENING && state.length.get() == 0 {
        forget_drain(state);
        state.add(r::DATA_EMITTED);
        emit_data(stream, state, chunk, false, cx)?;
    } else {
        state.length.set(state.length.get() + chunk.weight(state.object_mode()));
        if to_front {
            state.buffer.borrow_mut().push_front(chunk);
        } else {
            state.buffer.borrow_mut().push_back(chunk);
        }
        if state.has(r::NEED_READABLE) {
            emit_readable(stream, state, cx);
        }
    }
    maybe_read_more(stream, state, cx);
    Ok(())
}

fn forget_drain(state: &ReadableState) {
    *state.await_drain.borrow_mut() = if state.has(r::MULTI_AWAIT_DRAIN) { AwaitDrain::Many(Vec::new()) } else { AwaitDrain::Nobody };
}

/// Gives a chunk to whoever listens. The value, if it became one; with `keep` it always does.
fn emit_data(stream: &JsObject, state: &Readable, chunk: Chunk, keep: bool, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let (chunk, kept) = if keep {
        let value = chunk.into_value(cx)?;
        (Chunk::Value(value.clone()), Some(value))
    } else {
        (chunk, None)
    };
    let consumer = state.consumer.borrow().clone();
    if let Some(consumer) = consumer {
        (consumer.take)(stream, &consumer.data, Some(chunk), cx)?;
        return Ok(kept);
    }
    if let Some(pipe) = pipe::sole_listener(stream, state, cx)? {
        pipe::deliver(&pipe, chunk, cx)?;
        return Ok(kept);
    }
    let value = chunk.into_value(cx)?;
    events::emit(stream, js_string!("data"), std::slice::from_ref(&value), cx)?;
    Ok(Some(value))
}

/// `readable.isPaused()`
fn is_paused(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = readable_or_throw(&this.to_object(cx)?, cx)?;
    Ok((state.has(r::PAUSED) || state.flowing() == Some(false)).into())
}

/// `readable.setEncoding(encoding)`
fn set_encoding(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let state = readable_or_throw(&stream, cx)?;
    let decoder = new_decoder(args.get_or_undefined(0), cx)?;
    state.set_decoder(Some(decoder.clone()));
    // Where none was given, the decoder knows which it is.
    let encoding = decoder.get(js_string!("encoding"), cx)?;
    state.set_encoding(encoding);
    let chunks = std::mem::take(&mut *state.buffer.borrow_mut());
    let mut content = js_string!();
    for chunk in chunks {
        let value = chunk.into_value(cx)?;
        let text = events::method(&decoder, "write", &[value], cx)?.to_string(cx)?;
        content = js_string!(&content, &text);
    }
    state.length.set(content.len());
    if !content.is_empty() {
        state.buffer.borrow_mut().push_back(Chunk::Value(content.into()));
    }
    Ok(this.clone())
}

/// `readable.read(n)`
pub(super) fn read_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let wanted = args.get_or_undefined(0);
    let wanted = match wanted.as_number() {
        _ if wanted.is_undefined() => f64::NAN,
        Some(number) if number.fract() == 0.0 => number,
        _ => leading_integer(&wanted.to_string(cx)?.to_std_string_escaped()),
    };
    Ok(match read_some(&stream, wanted, true, cx)? {
        Read::Nothing | Read::Taken => JsValue::null(),
        Read::Value(value) => value,
        Read::Chunk(chunk) => chunk.into_value(cx)?,
    })
}

/// `Number.parseInt(text, 10)`
fn leading_integer(text: &str) -> f64 {
    let text = text.trim_start();
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let end = digits.find(|c: char| !c.is_ascii_digit()).unwrap_or(digits.len());
    let value: f64 = digits[..end].parse().unwrap_or(f64::NAN);
    if text.starts_with('-') { -value } else { value }
}

/// What a read gave.
pub(super) enum Read {
    /// `null`
    Nothing,
    /// A chunk that a listener of `'data'` saw.
    Value(JsValue),
    /// A chunk that no script has seen.
    Chunk(Chunk),
    /// A chunk that went to a native consumer or down a pipe.
    Taken,
}

/// `stream.read(n)`, through an overriding `read`; whether it gave something.
pub(super) fn call_read(stream: &JsObject, wanted: f64, cx: &mut Context) -> JsResult<bool> {
    let method = stream.get(js_string!("read"), cx)?;
    if method.as_object().is_some_and(|method| method.is_native_function(read_method)) {
        return read_some(stream, wanted, false, cx).map(|read| !matches!(read, Read::Nothing));
    }
    let args = [JsValue::from(wanted)];
    let args = if wanted.is_nan() { &[] } else { &args[..] };
    events::call(stream, &method, "stream.read", args, cx).map(|value| !value.is_null())
}

/// `stream.read()` of native code: the next chunk, if there is one now.
pub(crate) fn read_chunk(stream: &JsObject, cx: &mut Context) -> JsResult<Option<Chunk>> {
    Ok(match read_some(stream, f64::NAN, true, cx)? {
        Read::Nothing | Read::Taken => None,
        Read::Value(value) => Some(Chunk::Value(value)),
        Read::Chunk(chunk) => Some(chunk),
    })
}

/// `wanted` is NaN for "whatever there is"; with `keep` the caller gets the chunk even where a listener took it.
pub(super) fn read_some(stream: &JsObject, wanted: f64, keep: bool, cx: &mut Context) -> JsResult<Read> {
    let state = readable_or_throw(stream, cx)?;
    if wanted > state.high_water_mark.get() {
        state.high_water_mark.set(raised_mark(wanted, cx)?);
    }
    if wanted != 0.0 {
        state.clear(r::EMITTED_READABLE);
    }
    let mark = state.high_water_mark.get();
    let length = state.length.get();
    // read(0) only triggers 'readable', and there is enough for that.
    if wanted == 0.0 && state.has(r::NEED_READABLE) && ((if mark != 0.0 { length as f64 >= mark } else { length > 0 }) || state.has(r::ENDED)) {
        if length == 0 && state.has(r::ENDED) {
            end_readable(stream, &state, cx);
        } else {
            emit_readable(stream, &state, cx);
        }
        return Ok(Read::Nothing);
    }
    let mut count = how_much(wanted, &state);
    if count == 0 && state.has(r::ENDED) {
        if length == 0 {
            end_readable(stream, &state, cx);
        }
        return Ok(Read::Nothing);
    }

    // `_read` comes before anything is taken out: it may push at once what was missing.
    let low = length == 0 || ((length - count) as f64) < mark;
    let may = state.bits(r::READING | r::ENDED | r::DESTROYED | r::ERRORED | r::CONSTRUCTED) == r::CONSTRUCTED;
    if may && (state.has(r::NEED_READABLE) || low) {
        state.add(r::READING | r::SYNC);
        if length == 0 {
            state.add(r::NEED_READABLE);
        }
        if let Err(error) = call_hook(stream, &state, cx) {
            let error = caught(error, cx)?;
            error_or_destroy(stream, error, false, cx)?;
        }
        state.clear(r::SYNC);
        if !state.has(r::READING) {
            count = how_much(wanted, &state);
        }
    }

    let chunk = if count > 0 { super::from_list::take(count, &state, cx)? } else { None };
    match &chunk {
        None => {
            if state.length.get() as f64 <= state.high_water_mark.get() {
                state.add(r::NEED_READABLE);
            }
            count = 0;
        }
        Some(_) => {
            state.length.set(state.length.get().saturating_sub(count));
            forget_drain(&state);
        }
    }
    if state.length.get() == 0 {
        if !state.has(r::ENDED) {
            state.add(r::NEED_READABLE);
        }
        // Read past the end.
        if wanted != count as f64 && state.has(r::ENDED) {
            end_readable(stream, &state, cx);
        }
    }
    let Some(chunk) = chunk else { return Ok(Read::Nothing) };
    if state.has(r::ERROR_EMITTED | r::CLOSE_EMITTED) {
        return Ok(Read::Chunk(chunk));
    }
    state.add(r::DATA_EMITTED);
    // Nobody listens: the chunk need not become an object for that.
    if !state.has(r::DATA_LISTENING) && state.consumer.borrow().is_none() && !has_data_listener(stream, cx)? {
        return Ok(Read::Chunk(chunk));
    }
    Ok(match emit_data(stream, &state, chunk, keep, cx)? {
        Some(value) => Read::Value(value),
        None => Read::Taken,
    })
}

/// Whether emitting `'data'` would be noticed.
fn has_data_listener(stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(!events::emits_natively(stream, cx)? || events::listener_count(stream, js_string!("data"), cx)? > 0)
}

/// `this._read(highWaterMark)`
fn call_hook(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    let hook = stream.get(js_string!("_read"), cx)?;
    let mark = state.high_water_mark.get();
    if let Some(function) = hook.as_object() {
        if let Some(source) = native::source_of(state)
            && function.is_native_function(native::read)
        {
            return source.read(stream, mark as usize, cx);
        }
        if function.is_native_function(transform::read_method) {
            return transform::read(stream, cx);
        }
    }
    events::call(stream, &hook, "this._read", &[mark.into()], cx).map(drop)
}

/// The next power of two: a mark that grows with what is asked for, but in few steps.
fn raised_mark(wanted: f64, cx: &mut Context) -> JsResult<f64> {
    if wanted > MARK_MAX {
        return Err(errors::out_of_range("size", "<= 1GiB", &wanted.into(), cx));
    }
    Ok(f64::from((wanted as u32).next_power_of_two()))
}

/// A mark is never raised above one GiB.
const MARK_MAX: f64 = 1_073_741_824.0;

fn how_much(wanted: f64, state: &ReadableState) -> usize {
    let length = state.length.get();
    if wanted <= 0.0 || length == 0 && state.has(r::ENDED) {
        return 0;
    }
    if state.object_mode() {
        return 1;
    }
    if wanted.is_nan() {
        // In flowing mode one chunk at a time.
        if state.has(r::FLOWING) && length > 0 {
            return state.buffer.borrow().front().map_or(0, Chunk::len);
        }
        return length;
    }
    if wanted <= length as f64 {
        return wanted as usize;
    }
    if state.has(r::ENDED) { length } else { 0 }
}

fn on_eof(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    if state.has(r::ENDED) {
        return Ok(());
    }
    if let Some(decoder) = state.decoder() {
        let rest = Chunk::Value(events::method(&decoder, "end", &[], cx)?);
        if rest.len() > 0 {
            state.length.set(state.length.get() + rest.weight(state.object_mode()));
            state.buffer.borrow_mut().push_back(rest);
        }
    }
    state.add(r::ENDED);
    if state.has(r::SYNC) {
        // Within a read: what flows there must not meet the event.
        emit_readable(stream, state, cx);
        return Ok(());
    }
    state.clear(r::NEED_READABLE);
    state.add(r::EMITTED_READABLE);
    emit_readable_now(stream, state, cx)
}

fn emit_readable(stream: &JsObject, state: &Readable, cx: &mut Context) {
    state.clear(r::NEED_READABLE);
    if !state.has(r::EMITTED_READABLE) {
        state.add(r::EMITTED_READABLE);
        let (stream, state) = (stream.clone(), state.clone());
        Host::of(cx).next_tick_native(move |cx| emit_readable_now(&stream, &state, cx));
    }
}

fn emit_readable_now(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    if !state.has(r::DESTROYED | r::ERRORED) && (state.length.get() > 0 || state.has(r::ENDED)) {
        events::emit(stream, js_string!("readable"), &[], cx)?;
        state.clear(r::EMITTED_READABLE);
    }
    // Another one is due unless it flows, has ended, or has enough.
    if !state.has(r::FLOWING | r::ENDED) && state.length.get() as f64 <= state.high_water_mark.get() {
        state.add(r::NEED_READABLE);
    }
    flow(stream, state, cx)
}

/// Reads ahead in a later tick while there is room.
pub(super) fn maybe_read_more(stream: &JsObject, state: &Readable, cx: &mut Context) {
    if state.bits(r::READING_MORE | r::READING | r::CONSTRUCTED) == r::CONSTRUCTED {
        if comes_of_itself(stream, state, cx) {
            state.add(if state.length.get() == 0 { r::READING | r::NEED_READABLE } else { r::READING });
            return;
        }
        state.add(r::READING_MORE);
        let (stream, state) = (stream.clone(), state.clone());
        Host::of(cx).next_tick_native(move |cx| read_more(&stream, &state, cx));
    }
}

/// More is wanted, and comes without being asked for.
fn comes_of_itself(stream: &JsObject, state: &Readable, cx: &mut Context) -> bool {
    let Some(source) = native::source_of(state) else { return false };
    // What a getter of a script's throws here it throws again in the tick.
    !state.has(r::ENDED | r::DESTROYED | r::ERRORED) && wants_more(state) && source.comes_of_itself(stream, cx).unwrap_or(false)
}

fn wants_more(state: &ReadableState) -> bool {
    (state.length.get() as f64) < state.high_water_mark.get() || state.has(r::FLOWING) && state.length.get() == 0
}

fn read_more(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    while !state.has(r::READING | r::ENDED) && wants_more(state) {
        let before = state.length.get();
        call_read(stream, 0.0, cx)?;
        if before == state.length.get() {
            break;
        }
    }
    state.clear(r::READING_MORE);
    Ok(())
}

/// `readable.on(event, listener)`
fn on_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let result = events::add_listener_method(this, args, cx)?;
    let stream = this.to_object(cx)?;
    let Some(name) = args.get_or_undefined(0).as_string() else { return Ok(result) };
    if name == js_str!("data") {
        let state = readable_or_throw(&stream, cx)?;
        state.add(r::DATA_LISTENING);
        // For once('readable'): resume() may then do nothing.
        if events::listener_count(&stream, js_string!("readable"), cx)? > 0 {
            state.add(r::READABLE_LISTENING);
        }
        if state.flowing() != Some(false) {
            call_resume(&stream, cx)?;
        }
    } else if name == js_str!("readable") {
        let state = readable_or_throw(&stream, cx)?;
        if !state.has(r::END_EMITTED | r::READABLE_LISTENING) {
            state.add(r::READABLE_LISTENING | r::NEED_READABLE | r::HAS_FLOWING);
            state.clear(r::FLOWING | r::EMITTED_READABLE);
            if state.length.get() > 0 {
                emit_readable(&stream, &state, cx);
            } else if !state.has(r::READING) {
                Host::of(cx).next_tick_native(move |cx| call_read(&stream, 0.0, cx).map(drop));
            }
        }
    }
    Ok(result)
}

/// `readable.removeListener(event, listener)`
fn remove_listener_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let result = events::remove_listener_method(this, args, cx)?;
    let Some(name) = args.get_or_undefined(0).as_string() else { return Ok(result) };
    let stream = this.to_object(cx)?;
    if name == js_str!("readable") {
        Host::of(cx).next_tick_native(move |cx| update_readable_listening(&stream, cx));
    } else if name == js_str!("data") && events::listener_count(&stream, js_string!("data"), cx)? == 0 {
        readable_or_throw(&stream, cx)?.clear(r::DATA_LISTENING);
    }
    Ok(result)
}

/// `readable.removeAllListeners(event)`
fn remove_all_listeners_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let result = events::remove_all_listeners_method(this, args, cx)?;
    let event = args.get_or_undefined(0);
    if event.is_undefined() || event.as_string().is_some_and(|name| name == js_str!("readable")) {
        let stream = this.to_object(cx)?;
        Host::of(cx).next_tick_native(move |cx| update_readable_listening(&stream, cx));
    }
    Ok(result)
}

/// In a later tick than the removal, so that once('readable') can be set up again.
fn update_readable_listening(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = readable_or_throw(stream, cx)?;
    let listening = events::listener_count(stream, js_string!("readable"), cx)? > 0;
    state.put(r::READABLE_LISTENING, listening);
    if state.bits(r::HAS_PAUSED | r::PAUSED | r::RESUME_SCHEDULED) == r::HAS_PAUSED | r::RESUME_SCHEDULED {
        // The resume that is coming would not flow otherwise.
        state.add(r::HAS_FLOWING | r::FLOWING);
    } else if state.has(r::DATA_LISTENING) {
        call_resume(stream, cx)?;
    } else if !listening {
        state.clear(r::HAS_FLOWING | r::FLOWING);
    }
    Ok(())
}

/// `stream.resume()`, through an overriding one.
pub(super) fn call_resume(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let method = stream.get(js_string!("resume"), cx)?;
    match method.as_object() {
        Some(method) if method.is_native_function(resume_method) => resume(stream, cx),
        _ => events::call(stream, &method, "stream.resume", &[], cx).map(drop),
    }
}

/// `stream.pause()`, through an overriding one.
pub(super) fn call_pause(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let method = stream.get(js_string!("pause"), cx)?;
    match method.as_object() {
        Some(method) if method.is_native_function(pause_method) => pause(stream, cx),
        _ => events::call(stream, &method, "stream.pause", &[], cx).map(drop),
    }
}

/// `readable.resume()`
fn resume_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    resume(&this.to_object(cx)?, cx)?;
    Ok(this.clone())
}

/// The same for native code.
pub(crate) fn resume(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = readable_or_throw(stream, cx)?;
    if !state.has(r::FLOWING) {
        // It flows only where nobody listens for 'readable'.
        state.add(r::HAS_FLOWING);
        state.put(r::FLOWING, !state.has(r::READABLE_LISTENING));
        if !state.has(r::RESUME_SCHEDULED) {
            state.add(r::RESUME_SCHEDULED);
            let (stream, state) = (stream.clone(), state.clone());
            Host::of(cx).next_tick_native(move |cx| resume_now(&stream, &state, cx));
        }
    }
    state.add(r::HAS_PAUSED);
    state.clear(r::PAUSED);
    Ok(())
}

fn resume_now(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    if !state.has(r::READING) {
        call_read(stream, 0.0, cx)?;
    }
    state.clear(r::RESUME_SCHEDULED);
    events::emit(stream, js_string!("resume"), &[], cx)?;
    flow(stream, state, cx)?;
    if state.bits(r::FLOWING | r::READING) == r::FLOWING {
        call_read(stream, 0.0, cx)?;
    }
    Ok(())
}

/// `readable.pause()`
fn pause_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    pause(&this.to_object(cx)?, cx)?;
    Ok(this.clone())
}

/// The same for native code.
pub(crate) fn pause(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = readable_or_throw(stream, cx)?;
    if state.flowing() != Some(false) {
        state.add(r::HAS_FLOWING);
        state.clear(r::FLOWING);
        events::emit(stream, js_string!("pause"), &[], cx)?;
    }
    state.add(r::HAS_PAUSED | r::PAUSED);
    Ok(())
}

fn flow(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    while state.has(r::FLOWING) && call_read(stream, f64::NAN, cx)? {}
    Ok(())
}

fn end_readable(stream: &JsObject, state: &Readable, cx: &mut Context) {
    if !state.has(r::END_EMITTED) {
        state.add(r::ENDED);
        let (stream, state) = (stream.clone(), state.clone());
        Host::of(cx).next_tick_native(move |cx| end_readable_now(&stream, &state, cx));
    }
}

fn end_readable_now(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    // Not where a last unshift came in between.
    if state.has(r::ERRORED | r::CLOSE_EMITTED | r::END_EMITTED) || state.length.get() != 0 {
        return Ok(());
    }
    state.add(r::END_EMITTED);
    let consumer = state.consumer.borrow().clone();
    if let Some(consumer) = consumer {
        (consumer.take)(stream, &consumer.data, None, cx)?;
    }
    events::emit(stream, js_string!("end"), &[], cx)?;
    let half_open = stream.get(js_string!("allowHalfOpen"), cx)?;
    if half_open.as_boolean() == Some(false) && stream.get(js_string!("writable"), cx)?.to_boolean() {
        let stream = stream.clone();
        Host::of(cx).next_tick_native(move |cx| end_writable(&stream, cx));
    } else if state.has(r::AUTO_DESTROY) && super::writable::may_destroy_after_end(stream, cx)? {
        destroy::call(stream, &JsValue::undefined(), cx)?;
    }
    Ok(())
}

fn end_writable(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    if stream.get(js_string!("writable"), cx)?.to_boolean() && !stream.get(js_string!("writableEnded"), cx)?.to_boolean() && !stream.get(js_string!("destroyed"), cx)?.to_boolean() {
        events::method(stream, "end", &[], cx)?;
    }
    Ok(())
}

// Accessors.

fn is_readable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    let Some(state) = readable(&stream, cx)? else { return Ok(false.into()) };
    Ok((state.readable.get() != Some(false) && !state.has(r::DESTROYED | r::ERROR_EMITTED | r::END_EMITTED)).into())
}

fn set_readable(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = readable(&stream, cx)?
    {
        state.readable.set(Some(args.get_or_undefined(0).to_boolean()));
    }
    Ok(JsValue::undefined())
}

fn readable_aborted(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    let Some(state) = readable(&stream, cx)? else { return Ok(false.into()) };
    Ok((state.readable.get() != Some(false) && state.has(r::DESTROYED | r::ERRORED) && !state.has(r::END_EMITTED)).into())
}

fn readable_buffer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(JsValue::undefined()) };
    match readable(&stream, cx)? {
        Some(state) => buffer_array(&state, cx),
        None => Ok(JsValue::undefined()),
    }
}

fn readable_flowing(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = readable_or_throw(&this.to_object(cx)?, cx)?;
    Ok(state.flowing().map_or_else(JsValue::null, JsValue::from))
}

fn set_readable_flowing(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = readable(&stream, cx)?
    {
        let flowing = args.get_or_undefined(0);
        state.set_flowing(if flowing.is_null_or_undefined() { None } else { Some(flowing.to_boolean()) });
    }
    Ok(JsValue::undefined())
}

fn is_destroyed(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    Ok(readable(&stream, cx)?.is_some_and(|state| state.has(r::DESTROYED)).into())
}

fn set_destroyed(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = readable(&stream, cx)?
    {
        state.put(r::DESTROYED, args.get_or_undefined(0).to_boolean());
    }
    Ok(JsValue::undefined())
}
