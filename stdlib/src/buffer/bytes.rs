//! The bytes behind JavaScript objects, and new buffers: what the rest of the library uses of `buffer`.
//!
//! Reading and changing happens in place, inside a closure that gets no context: a borrow of the bytes cannot meet JavaScript.
//!
//! ```ignore
//! let greeting = buffer::from_vec(b"hello".to_vec(), cx)?;                     // a Buffer
//! let sum = buffer::with_bytes(&value, |bytes| bytes.iter().map(|b| u64::from(*b)).sum::<u64>());
//! let text = buffer::bytes_to_string(&bytes, Encoding::Hex, cx)?;
//! ```

use std::cell::{Cell, OnceCell, RefCell};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::typed_array::TypedArrayKind,
    bytes::{self, ByteRange},
    limits,
    object::builtins::{AlignedVec, JsArrayBuffer, JsTypedArray},
};
use coil_engine::{Host, context::BUFFER_BYTES_MAX, errors};

use super::{
    BUFFER,
    encoding::{self, Encoding},
};

/// A Buffer of these bytes, in memory of its own: `buffer.buffer` holds nothing else, and it can be transferred.
///
/// One copy is made, for the engine aligns its memory; [`from_block`] makes none.
///
/// # Errors
///
/// A RangeError above [`BUFFER_BYTES_MAX`].
pub fn from_vec(bytes: Vec<u8>, cx: &mut Context) -> JsResult<JsObject> {
    if bytes.len() < POOL_SIZE / 2 { from_block(bytes::copied(&bytes), cx) } else { from_slice(&bytes, cx) }
}

/// A Buffer with a copy of these bytes: small ones lie in the pool.
///
/// # Errors
///
/// A RangeError above [`BUFFER_BYTES_MAX`].
pub fn from_slice(bytes: &[u8], cx: &mut Context) -> JsResult<JsObject> {
    if bytes.len() < POOL_SIZE / 2 {
        return with_pool(bytes.len(), cx, |place| {
            place.copy_from_slice(bytes);
            bytes.len()
        });
    }
    from_block(bytes::copied(bytes), cx)
}

/// A Buffer that adopts a block made by [`zeroed`]: no copy.
///
/// # Errors
///
/// A RangeError above [`BUFFER_BYTES_MAX`].
pub fn from_block(block: AlignedVec<u8>, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = prototype(cx)?;
    bytes::uint8_array(block, Some(&prototype), cx)
}

/// A block of zeros for [`from_block`].
///
/// # Errors
///
/// Node's RangeError above [`BUFFER_BYTES_MAX`], or where the system has no memory left.
pub fn zeroed(len: usize) -> JsResult<AlignedVec<u8>> {
    if len as u64 > BUFFER_BYTES_MAX {
        return Err(errors::plain(errors::Base::Range, "Array buffer allocation failed"));
    }
    bytes::try_zeroed(len, len)
}

/// Whether so many bytes are to be had: asked before native work that allocates them for a number that a script gave.
///
/// # Errors
///
/// A RangeError where the memory limit or the system refuses them.
pub fn room_for(len: usize) -> JsResult<()> {
    let refused = || errors::plain(errors::Base::Range, "Array buffer allocation failed");
    limits::reserve(len as u64).map_err(|error| if error.stop().is_some() { error } else { refused() })?;
    if len < ROOM_TRIED_MIN {
        return Ok(());
    }
    Vec::<u8>::new().try_reserve_exact(len).map_err(|_| refused())
}

/// Fewer bytes are always there.
const ROOM_TRIED_MIN: usize = 1 << 20;

/// A Buffer over a part of an ArrayBuffer.
///
/// # Errors
///
/// A RangeError where the part lies outside.
pub fn over(buffer: &JsArrayBuffer, byte_offset: usize, length: usize, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = prototype(cx)?;
    bytes::typed_array(TypedArrayKind::Uint8, buffer, byte_offset, length, Some(&prototype), cx)
}

/// A Buffer with the text's bytes.
///
/// # Errors
///
/// A RangeError above [`BUFFER_BYTES_MAX`].
pub fn from_string(text: &JsString, encoding: Encoding, cx: &mut Context) -> JsResult<JsObject> {
    let text = text.as_str();
    // What surely fits is written into the pool at once, the rest is measured first.
    if text.len() >= POOL_SIZE / 2
        && let Some(bytes) = encoding::same_bytes(text, encoding)
    {
        room_for(bytes.len())?;
        return from_block(bytes::copied(bytes), cx);
    }
    let len = if text.len() * 4 < POOL_SIZE / 2 { text.len() * 4 } else { encoding::byte_length(text, encoding) };
    if len < POOL_SIZE / 2 {
        return with_pool(len, cx, |place| encoding::encode_into(text, encoding, place));
    }
    let mut block = zeroed(len)?;
    let written = encoding::encode_into(text, encoding, &mut block);
    block.truncate(written);
    from_block(block, cx)
}

/// Reads the bytes of an ArrayBuffer, a SharedArrayBuffer or a view; `None` for any other value.
pub fn with_bytes<R>(value: &JsValue, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
    Some(range_of(value)?.read(read))
}

/// Changes the bytes of an ArrayBuffer, a SharedArrayBuffer or a view; `None` for any other value.
pub fn with_bytes_mut<R>(value: &JsValue, change: impl FnOnce(&mut [u8]) -> R) -> Option<R> {
    Some(range_of(value)?.write(change))
}

/// A copy of the bytes of an ArrayBuffer, a SharedArrayBuffer or a view.
pub fn bytes_of(value: &JsValue) -> Option<Vec<u8>> {
    Some(range_of(value)?.to_vec())
}

/// Where the bytes of an ArrayBuffer, a SharedArrayBuffer or a view lie.
pub fn range_of(value: &JsValue) -> Option<ByteRange> {
    ByteRange::of(&value.as_object()?)
}

/// Whether `value` is a Uint8Array, Buffers included.
pub fn is_uint8_array(value: &JsValue) -> bool {
    kind_of(value) == Some(TypedArrayKind::Uint8)
}

/// Whether `value` is a typed array or a DataView.
pub fn is_view(value: &JsValue) -> bool {
    value.as_object().is_some_and(|object| ByteRange::of(&object).is_some() && !is_any_array_buffer(value))
}

/// Whether `value` is an ArrayBuffer or a SharedArrayBuffer.
pub fn is_any_array_buffer(value: &JsValue) -> bool {
    let Some(object) = value.as_object() else { return false };
    object.is::<boa_engine::builtins::array_buffer::ArrayBuffer>() || object.is::<boa_engine::builtins::array_buffer::SharedArrayBuffer>()
}

/// Which typed array `value` is.
pub fn kind_of(value: &JsValue) -> Option<TypedArrayKind> {
    JsTypedArray::from_object(value.as_object()?).ok()?.kind()
}

/// How many bytes one element takes.
pub const fn element_size(kind: TypedArrayKind) -> usize {
    match kind {
        TypedArrayKind::Int8 | TypedArrayKind::Uint8 | TypedArrayKind::Uint8Clamped => 1,
        TypedArrayKind::Int16 | TypedArrayKind::Uint16 | TypedArrayKind::Float16 => 2,
        TypedArrayKind::Int32 | TypedArrayKind::Uint32 | TypedArrayKind::Float32 => 4,
        TypedArrayKind::BigInt64 | TypedArrayKind::BigUint64 | TypedArrayKind::Float64 => 8,
    }
}

/// The bytes of a string: [`encoding::encode`].
pub fn string_to_bytes(text: &JsString, encoding: Encoding) -> Vec<u8> {
    encoding::encode(text.as_str(), encoding)
}

/// The string of bytes.
///
/// # Errors
///
/// ERR_STRING_TOO_LONG above [`STRING_LENGTH_MAX`].
pub fn bytes_to_string(bytes: &[u8], encoding: Encoding, cx: &mut Context) -> JsResult<JsString> {
    let bounded = encoding::decoded_length_max(bytes.len(), encoding) <= STRING_LENGTH_MAX;
    // Only UTF-8 gives fewer characters than its bound.
    if bounded || encoding == Encoding::Utf8 {
        let text = encoding::decode(bytes, encoding);
        if text.len() <= STRING_LENGTH_MAX {
            return Ok(text);
        }
    }
    Err(errors::string_too_long(STRING_LENGTH_MAX, cx))
}

/// `Buffer.prototype`.
pub fn prototype(cx: &mut Context) -> JsResult<JsObject> {
    let state = Host::of(cx).state::<State>();
    if let Some(found) = state.prototype.get() {
        return Ok(found.clone());
    }
    let prototype = BUFFER.prototype(cx)?;
    // A recursive first use fills the cell with the same object.
    Ok(state.prototype.get_or_init(|| prototype).clone())
}

/// A Buffer of at most `len` bytes cut from the pool: `fill` writes into its place and says how many it used.
///
/// `len` is below half of the pool.
fn with_pool(len: usize, cx: &mut Context, fill: impl FnOnce(&mut [u8]) -> usize) -> JsResult<JsObject> {
    let state = Host::of(cx).state::<State>();
    let free = state.pool.borrow().as_ref().map_or(0, |pool| pool.byte_length().saturating_sub(state.pool_used.get()));
    let fits = free >= len.max(1);
    if !fits {
        let pool = JsArrayBuffer::adopt_permanently(bytes::zeroed(POOL_SIZE), cx)?;
        *state.pool.borrow_mut() = Some(pool);
        state.pool_used.set(0);
    }
    let Some(pool) = state.pool.borrow().clone() else { return from_block(zeroed(len)?, cx) };
    let start = state.pool_used.get();
    let used = {
        let mut data = pool.data_mut();
        match data.as_deref_mut().and_then(|data| data.get_mut(start..start + len)) {
            Some(place) => fill(place),
            None => 0,
        }
    };
    // The next one starts at a multiple of eight, as in Node.
    state.pool_used.set((start + used).next_multiple_of(8));
    let prototype = prototype(cx)?;
    bytes::typed_array(TypedArrayKind::Uint8, &pool, start, used, Some(&prototype), cx)
}

/// `Buffer.allocUnsafe(len)`: small ones are cut from the pool, which is not wiped.
///
/// # Errors
///
/// A RangeError above [`BUFFER_BYTES_MAX`].
pub fn alloc_unsafe(len: usize, cx: &mut Context) -> JsResult<JsObject> {
    if len > 0 && len < POOL_SIZE / 2 { with_pool(len, cx, |_| len) } else { from_block(zeroed(len)?, cx) }
}

/// `buffer.constants.MAX_STRING_LENGTH`
pub const STRING_LENGTH_MAX: usize = (1 << 29) - 24;
/// `Buffer.poolSize`
pub(super) const POOL_SIZE: usize = 8192;

/// What `buffer` keeps per host.
#[derive(Default)]
struct State {
    prototype: OnceCell<JsObject>,
    pool: RefCell<Option<JsArrayBuffer>>,
    pool_used: Cell<usize>,
}
