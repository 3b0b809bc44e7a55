//! What comes into a readable stream: `push` and `unshift`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::errors;

use super::read::{emit_readable, emit_readable_now, maybe_read_more};
use crate::{
    buffer, events,
    stream::{
        chunk::{Chunk, buffer_of_view, is_buffer},
        destroy::{error_or_destroy, error_value},
        flags::r,
        pipe,
        readable_state::{AwaitDrain, Readable, ReadableState, known_encoding, readable_or_throw},
    },
};

/// `readable.push(chunk, encoding)`
pub(crate) fn push_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    push_value(&stream, args.get_or_undefined(0), args.get_or_undefined(1), cx).map(JsValue::from)
}

pub(crate) fn push_value(stream: &JsObject, chunk: &JsValue, encoding: &JsValue, cx: &mut Context) -> JsResult<bool> {
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
pub(crate) fn buffer_from(text: &boa_engine::JsString, encoding: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let encoding = match known_encoding(encoding) {
        Some(encoding) => encoding,
        None if encoding.is_string() => return Err(crate::stream::readable_state::unknown_encoding(encoding, cx)),
        None => buffer::Encoding::Utf8,
    };
    buffer::from_string(text, encoding, cx).map(JsValue::from)
}

/// `readable.unshift(chunk, encoding)`
pub(super) fn unshift_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
pub(crate) fn can_push_more(state: &ReadableState) -> bool {
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

pub(super) fn forget_drain(state: &ReadableState) {
    if let Some(seldom) = state.seldom_made() {
        *seldom.await_drain.borrow_mut() = if state.has(r::MULTI_AWAIT_DRAIN) { AwaitDrain::Many(Vec::new()) } else { AwaitDrain::Nobody };
    }
}

/// Gives a chunk to whoever listens. The value, if it became one; with `keep` it always does.
pub(super) fn emit_data(stream: &JsObject, state: &Readable, chunk: Chunk, keep: bool, cx: &mut Context) -> JsResult<Option<JsValue>> {
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
