//! Taking data out of a readable's buffer.

use boa_engine::{Context, JsArgs, JsResult, JsValue, js_string};

use super::{
    chunk::Chunk,
    exposed::state_of,
    flags::r,
    readable_state::{Readable, ReadableState},
};
use crate::buffer;

/// The next chunk in object mode, else `count` bytes or UTF-16 units of what is buffered; `None` where nothing is.
pub(super) fn take(count: usize, state: &ReadableState, cx: &mut Context) -> JsResult<Option<Chunk>> {
    let length = state.length.get();
    if length == 0 {
        return Ok(None);
    }
    if state.object_mode() {
        return Ok(Some(pop(state).unwrap_or(Chunk::Value(JsValue::undefined()))));
    }
    let text = state.has(r::DECODER);
    if count == 0 || count >= length {
        let mut chunks = std::mem::take(&mut *state.buffer.borrow_mut());
        return match chunks.len() {
            0 if !text => Ok(Some(Vec::new().into())),
            1 => Ok(chunks.pop_front()),
            _ => join(chunks.into_iter().collect(), length, text, cx).map(Some),
        };
    }
    let first = state.buffer.borrow().front().map_or(0, Chunk::len);
    if count == first {
        return Ok(pop(state));
    }
    if count < first {
        let Some(chunk) = pop(state) else { return Ok(None) };
        let (head, tail) = chunk.split(count, cx)?;
        state.buffer.borrow_mut().push_front(tail);
        return Ok(Some(head));
    }
    let mut parts = Vec::new();
    let mut missing = count;
    while missing > 0 {
        let Some(chunk) = pop(state) else { break };
        let len = chunk.len();
        if len <= missing {
            missing -= len;
            parts.push(chunk);
        } else {
            let (head, tail) = chunk.split(missing, cx)?;
            state.buffer.borrow_mut().push_front(tail);
            parts.push(head);
            missing = 0;
        }
    }
    join(parts, count, text, cx).map(Some)
}

fn pop(state: &ReadableState) -> Option<Chunk> {
    state.buffer.borrow_mut().pop_front()
}

/// One chunk of many.
fn join(parts: Vec<Chunk>, length: usize, text: bool, cx: &mut Context) -> JsResult<Chunk> {
    if text {
        let mut whole = js_string!();
        for part in parts {
            let part = part.into_value(cx)?.to_string(cx)?;
            whole = js_string!(&whole, &part);
        }
        return Ok(Chunk::Value(whole.into()));
    }
    let mut block = buffer::zeroed(length)?;
    let mut at = 0;
    for part in parts {
        part.with_bytes(|bytes| {
            let end = (at + bytes.len()).min(length);
            block[at..end].copy_from_slice(&bytes[..end - at]);
            at = end;
        });
    }
    Ok(block.into())
}

/// `Readable._fromList(n, state)`: for tests of Node.
pub(super) fn method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state: Option<Readable> = args.get_or_undefined(1).as_object().and_then(|object| state_of(&object));
    let Some(state) = state else { return Ok(JsValue::null()) };
    let count = args.get_or_undefined(0).to_length(cx)? as usize;
    match take(count, &state, cx)? {
        Some(chunk) => chunk.into_value(cx),
        None => Ok(JsValue::null()),
    }
}
