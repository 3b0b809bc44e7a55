//! What packages that work with a stream's insides reach for: `_handle.writeSync`, `_outBuffer` and `_writeState`. `pngjs` is the
//! best known of them.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsUint32Array, property::PropertyDescriptor};
use coil_engine::errors;

use super::{
    codec::Failure,
    engine::{self, Handle},
};
use crate::{buffer, stream};

/// `handle.writeSync(flushFlag, in, in_off, in_len, out, out_off, out_len)`: one step of the codec. What is left of `out_len` and of
/// `in_len` stands in `_writeState` after that, in this order; a failure destroys the stream.
pub(super) fn write_sync(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(handle) = this.as_object().and_then(|object| object.downcast::<Handle>().ok()) else { return Err(errors::plain(errors::Base::Type, "Illegal invocation")) };
    let flush = args.get_or_undefined(0).to_i32(cx)?;
    let input = args.get_or_undefined(1).clone();
    let input_range = Range::read(args, 2, cx)?;
    let output = args.get_or_undefined(4).clone();
    let output_range = Range::read(args, 5, cx)?;
    let input = if input.is_null() {
        Vec::new()
    } else {
        buffer::with_bytes(&input, |bytes| input_range.of(bytes).map(<[u8]>::to_vec)).flatten().ok_or_else(|| errors::internal_assertion("Invalid range", cx))?
    };
    let Some(mut codec) = handle.borrow().data().codec.borrow_mut().take() else { return Err(errors::internal_assertion("zlib binding closed", cx)) };
    let step = buffer::with_bytes_mut(&output, |bytes| output_range.of_mut(bytes).map(|room| codec.step(&input, room, flush))).flatten();
    {
        let handle = handle.borrow();
        *handle.data().codec.borrow_mut() = Some(codec);
    }
    match step {
        None => Err(errors::internal_assertion("Invalid range", cx)),
        Some(Ok(step)) => {
            let left = [output_range.len - step.written, input.len() - step.read].map(|len| u32::try_from(len).unwrap_or(u32::MAX));
            handle.borrow().data().left.set(left);
            show_left(&handle, cx)?;
            Ok(JsValue::undefined())
        }
        Some(Err(failure)) => fail(&handle, &failure, cx),
    }
}

/// Bytes `from..from + len` of a view.
struct Range {
    from: usize,
    len: usize,
}

impl Range {
    fn read(args: &[JsValue], at: usize, cx: &mut Context) -> JsResult<Self> {
        Ok(Self { from: args.get_or_undefined(at).to_u32(cx)? as usize, len: args.get_or_undefined(at + 1).to_u32(cx)? as usize })
    }

    fn of<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        bytes.get(self.from..self.from.checked_add(self.len)?)
    }

    fn of_mut<'a>(&self, bytes: &'a mut [u8]) -> Option<&'a mut [u8]> {
        bytes.get_mut(self.from..self.from.checked_add(self.len)?)
    }
}

fn fail(handle: &JsObject<Handle>, failure: &Failure, cx: &mut Context) -> JsResult<JsValue> {
    let error = engine::error_of(failure, cx)?;
    let owner = handle.borrow().data().owner.borrow().clone();
    if let Some(owner) = owner {
        stream::destroy_with(&owner, &error.into(), cx)?;
    }
    Ok(JsValue::undefined())
}

/// Writes what is left into `_writeState`, if a script has seen that.
fn show_left(handle: &JsObject<Handle>, cx: &mut Context) -> JsResult<()> {
    let (state, left) = {
        let handle = handle.borrow();
        let state = handle.data().write_state.borrow().clone();
        (state, handle.data().left.get())
    };
    if let Some(state) = state {
        for (at, left) in left.into_iter().enumerate() {
            state.set(at, left, false, cx)?;
        }
    }
    Ok(())
}

/// `stream._writeState`: a Uint32Array of two, made when it is first asked for.
pub(super) fn write_state(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(handle) = engine::handle_of(&this.to_object(cx)?, cx)? else { return Ok(JsValue::undefined()) };
    let made = handle.borrow().data().write_state.borrow().clone();
    if let Some(state) = made {
        return Ok(state.into());
    }
    let left = handle.borrow().data().left.get();
    let state = JsObject::from(JsUint32Array::from_iter(left, cx)?);
    *handle.borrow().data().write_state.borrow_mut() = Some(state.clone());
    Ok(state.into())
}

/// `stream._outBuffer`: `_chunkSize` bytes, made when they are first asked for. Nothing here writes to them.
pub(super) fn out_buffer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let len = stream.get(js_string!("_chunkSize"), cx)?.to_length(cx)?;
    if engine::handle_of(&stream, cx)?.is_none() || len > CHUNK_LEN_MAX {
        return Ok(JsValue::null());
    }
    let bytes = buffer::alloc_unsafe(len as usize, cx)?;
    set_out_buffer(this, &[bytes.clone().into()], cx)?;
    Ok(bytes.into())
}

pub(super) fn set_out_buffer(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = PropertyDescriptor::builder().value(args.get_or_undefined(0).clone()).writable(true).enumerable(true).configurable(true);
    this.to_object(cx)?.define_property_or_throw(js_string!("_outBuffer"), value, cx)?;
    Ok(JsValue::undefined())
}

/// A larger `_chunkSize` was put there by a script: the option is checked against the length of a buffer.
const CHUNK_LEN_MAX: u64 = 1 << 32;
