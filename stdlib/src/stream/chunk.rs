//! What travels through a stream: a JavaScript value, or bytes that no script has seen yet.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, object::builtins::AlignedVec};
use boa_gc::{Finalize, Trace};

use crate::buffer;

/// One piece of data. Bytes become a Buffer when a script gets to see them, and not before.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(crate) enum Chunk {
    /// A Buffer, a string, or in object mode anything.
    Value(JsValue),
    /// Bytes from a native source.
    Bytes(#[unsafe_ignore_trace] Bytes),
}

/// Owned bytes.
pub(crate) enum Bytes {
    /// As the system gave them: one copy when they become a Buffer.
    Vec(Vec<u8>),
    /// In a block made by [`buffer::zeroed`]: they become a Buffer as they are.
    Block(AlignedVec<u8>),
}

impl From<Vec<u8>> for Chunk {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Bytes::Vec(bytes))
    }
}

impl From<AlignedVec<u8>> for Chunk {
    fn from(bytes: AlignedVec<u8>) -> Self {
        Self::Bytes(Bytes::Block(bytes))
    }
}

impl From<JsValue> for Chunk {
    fn from(value: JsValue) -> Self {
        Self::Value(value)
    }
}

impl From<JsObject> for Chunk {
    fn from(value: JsObject) -> Self {
        Self::Value(value.into())
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Vec(bytes) => bytes,
            Self::Block(bytes) => bytes,
        }
    }
}

impl Chunk {
    /// What `chunk.length` is: bytes of a Buffer, UTF-16 units of a string.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Bytes(bytes) => bytes.len(),
            Self::Value(value) => match value.as_string() {
                Some(text) => text.len(),
                None => buffer::range_of(value).map_or(0, |range| range.byte_length),
            },
        }
    }

    /// What the chunk adds to a state's `length`.
    pub(crate) fn weight(&self, object_mode: bool) -> usize {
        if object_mode { 1 } else { self.len() }
    }

    /// Reads the bytes in place; `None` for what has none, such as a string.
    pub(crate) fn with_bytes<R>(&self, read: impl FnOnce(&[u8]) -> R) -> Option<R> {
        match self {
            Self::Bytes(bytes) => Some(read(bytes)),
            Self::Value(value) => buffer::with_bytes(value, read),
        }
    }

    /// The bytes, moved out where they are owned.
    pub(crate) fn into_vec(self) -> Vec<u8> {
        match self {
            Self::Bytes(Bytes::Vec(bytes)) => bytes,
            Self::Bytes(Bytes::Block(bytes)) => bytes.to_vec(),
            Self::Value(value) => buffer::bytes_of(&value).unwrap_or_default(),
        }
    }

    /// The value that a script gets.
    pub(crate) fn into_value(self, cx: &mut Context) -> JsResult<JsValue> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Bytes(Bytes::Vec(bytes)) => buffer::from_slice(&bytes, cx).map(JsValue::from),
            Self::Bytes(Bytes::Block(bytes)) => buffer::from_block(bytes, cx).map(JsValue::from),
        }
    }

    /// `chunk.slice(0, at)` and `chunk.slice(at)`: views on the same memory.
    pub(super) fn split(self, at: usize, cx: &mut Context) -> JsResult<(Self, Self)> {
        let value = self.into_value(cx)?;
        if let Some(text) = value.as_string() {
            return Ok((Self::Value(part(&text, 0, at).into()), Self::Value(part(&text, at, text.len()).into())));
        }
        let Some(range) = buffer::range_of(&value) else { return Ok((value.into(), JsValue::undefined().into())) };
        let at = at.min(range.byte_length);
        match range.array_buffer() {
            Some(memory) => {
                let head = buffer::over(&memory, range.byte_offset, at, cx)?;
                let tail = buffer::over(&memory, range.byte_offset + at, range.byte_length - at, cx)?;
                Ok((head.into(), tail.into()))
            }
            None => {
                let mut head = range.to_vec();
                let tail = head.split_off(at);
                Ok((head.into(), tail.into()))
            }
        }
    }
}

fn part(text: &JsString, start: usize, end: usize) -> JsString {
    text.get(start..end.min(text.len())).unwrap_or_default()
}

/// A view that is no Buffer yet, as a Buffer on the same memory; `None` for what is no view.
pub(super) fn buffer_of_view(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsValue>> {
    if !buffer::is_view(value) {
        return Ok(None);
    }
    let Some(range) = buffer::range_of(value) else { return Ok(None) };
    let made = match range.array_buffer() {
        Some(memory) => buffer::over(&memory, range.byte_offset, range.byte_length, cx)?,
        None => buffer::from_slice(&range.to_vec(), cx)?,
    };
    Ok(Some(made.into()))
}

/// `value instanceof Buffer`
pub(super) fn is_buffer(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    let buffer_prototype = buffer::prototype(cx)?;
    let mut next = object.prototype();
    while let Some(prototype) = next {
        if JsObject::equals(&prototype, &buffer_prototype) {
            return Ok(true);
        }
        next = prototype.prototype();
    }
    Ok(false)
}
