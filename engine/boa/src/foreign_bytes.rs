//! The bytes of an `ArrayBuffer`: its own, or those of somebody else, such as the linear memory of a WebAssembly instance.
//!
//! A buffer over foreign bytes reads and writes them where they lie: whoever owns them sees what JavaScript wrote, and JavaScript what
//! the owner did. The owner lets go of the buffer before the bytes move; only the owner can, since its object is the buffer's detach key.

use std::{
    ops::{Deref, DerefMut},
    ptr::NonNull,
    slice,
};

use crate::{
    Context, JsNativeError, JsObject, JsResult, JsValue,
    builtins::array_buffer::{AlignedVec, ArrayBuffer},
    object::builtins::JsArrayBuffer,
};

/// What lies behind a buffer that is not detached.
#[derive(Debug)]
pub(crate) enum Block {
    /// The buffer's own.
    Own(AlignedVec<u8>),
    /// Somebody else's.
    Foreign(Foreign),
}

/// A range of memory that its owner keeps in place: see [`JsArrayBuffer::over`].
#[derive(Debug)]
pub(crate) struct Foreign {
    start: NonNull<u8>,
    len: usize,
}

impl Block {
    /// The vector, where the bytes are the buffer's own.
    pub(crate) fn own_mut(&mut self) -> Option<&mut AlignedVec<u8>> {
        match self {
            Self::Own(bytes) => Some(bytes),
            Self::Foreign(_) => None,
        }
    }

    /// The bytes as a vector: moved out, or a copy of foreign ones.
    pub(crate) fn into_own(self) -> AlignedVec<u8> {
        match self {
            Self::Own(bytes) => bytes,
            Self::Foreign(_) => crate::bytes::copied(&self),
        }
    }
}

impl From<AlignedVec<u8>> for Block {
    fn from(bytes: AlignedVec<u8>) -> Self {
        Self::Own(bytes)
    }
}

/// A copy is never foreign: two buffers over the same bytes would be two exclusive borrows of them.
impl Clone for Block {
    fn clone(&self) -> Self {
        Self::Own(crate::bytes::copied(self))
    }
}

impl Deref for Block {
    type Target = [u8];

    #[inline]
    fn deref(&self) -> &[u8] {
        match self {
            Self::Own(bytes) => bytes,
            // SAFETY: `JsArrayBuffer::over` was promised that the range is valid until the buffer is detached, and that nobody else
            // touches it while the buffer's data is borrowed.
            Self::Foreign(foreign) => unsafe { slice::from_raw_parts(foreign.start.as_ptr(), foreign.len) },
        }
    }
}

impl DerefMut for Block {
    #[inline]
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Self::Own(bytes) => bytes,
            // SAFETY: as above; the exclusive borrow of the block is that of the range, since no other block has it.
            Self::Foreign(foreign) => unsafe { slice::from_raw_parts_mut(foreign.start.as_ptr(), foreign.len) },
        }
    }
}

impl JsArrayBuffer {
    /// A buffer over bytes that `owner` owns. JavaScript cannot detach, transfer or resize it. `owner` lives as long as the buffer.
    ///
    /// # Errors
    ///
    /// A `RangeError` where the bytes are not aligned as the elements of typed arrays are.
    ///
    /// # Safety
    ///
    /// Until [`JsArrayBuffer::let_go`] is called or `owner` is collected, the `len` bytes from `start` on must be there for reading and
    /// writing, no other buffer may be over them, and they may be touched, moved or freed only while no data of this buffer is borrowed
    /// ([`JsArrayBuffer::data`] and the like). Natives do not hold such a borrow when they call JavaScript.
    pub unsafe fn over(start: *mut u8, len: usize, owner: JsObject, context: &mut Context) -> JsResult<Self> {
        let start = if len == 0 { NonNull::<u64>::dangling().cast() } else { NonNull::new(start).ok_or_else(unaligned)? };
        if !start.cast::<u64>().is_aligned() {
            return Err(unaligned());
        }
        let prototype = context.intrinsics().constructors().array_buffer().prototype();
        let data = ArrayBuffer::from_block(Block::Foreign(Foreign { start, len }), JsValue::from(owner));
        Ok(JsObject::new(context.root_shape(), prototype, data).into())
    }

    /// Lets a buffer over foreign bytes go on with as many bytes elsewhere: a copy of them that `owner` has now.
    ///
    /// # Safety
    ///
    /// As [`JsArrayBuffer::over`]. `len` is the buffer's length.
    pub unsafe fn move_over(&self, start: *mut u8, len: usize, owner: JsObject) {
        let mut buffer = self.borrow_mut();
        match NonNull::new(start) {
            Some(start) if start.cast::<u64>().is_aligned() => buffer.data_mut().move_over(Block::Foreign(Foreign { start, len }), owner.into()),
            _ => buffer.data_mut().let_go(),
        }
    }

    /// Detaches a buffer over foreign bytes; any other one stays as it is.
    pub fn let_go(&self) {
        self.borrow_mut().data_mut().let_go();
    }
}

fn unaligned() -> crate::JsError {
    JsNativeError::range().with_message("Array buffer allocation failed").into()
}
