//! What goes out of a readable stream: `read`, `'readable'`, and the end.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, errors};

use super::{
    flow::flow,
    push::{emit_data, forget_drain},
};
use crate::{
    events,
    stream::{
        chunk::Chunk,
        destroy::{self, caught, error_or_destroy},
        flags::r,
        native,
        readable_state::{Readable, ReadableState, readable_or_throw},
        transform,
    },
};

/// `readable.read(n)`
pub(crate) fn read_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
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
pub(crate) enum Read {
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
pub(crate) fn call_read(stream: &JsObject, wanted: f64, cx: &mut Context) -> JsResult<bool> {
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
pub(crate) fn read_some(stream: &JsObject, wanted: f64, keep: bool, cx: &mut Context) -> JsResult<Read> {
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

    let chunk = if count > 0 { crate::stream::from_list::take(count, &state, cx)? } else { None };
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

pub(super) fn emit_readable(stream: &JsObject, state: &Readable, cx: &mut Context) {
    state.clear(r::NEED_READABLE);
    if !state.has(r::EMITTED_READABLE) {
        state.add(r::EMITTED_READABLE);
        let (stream, state) = (stream.clone(), state.clone());
        Host::of(cx).next_tick_native(move |cx| emit_readable_now(&stream, &state, cx));
    }
}

pub(super) fn emit_readable_now(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
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
pub(crate) fn maybe_read_more(stream: &JsObject, state: &Readable, cx: &mut Context) {
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
    } else if state.has(r::AUTO_DESTROY) && crate::stream::writable::may_destroy_after_end(stream, cx)? {
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
