//! Bytes between an embedder and JavaScript: buffers and views made from Rust, and the bytes behind any view.

use std::sync::atomic::Ordering;

use crate::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsSymbol, JsValue, limits,
    builtins::{
        array_buffer::{ArrayBuffer, BufferObject, SharedArrayBuffer},
        dataview::DataView,
        typed_array::{BuiltinTypedArray, ContentType, TypedArray, TypedArrayKind},
    },
    object::builtins::{AlignedVec, JsArrayBuffer, JsUint8Array},
};

/// A block of `len` zeros that [`JsArrayBuffer::from_byte_block`] adopts without a copy.
#[must_use]
pub fn zeroed(len: usize) -> AlignedVec<u8> {
    if len == 0 {
        return AlignedVec::new(ALIGNMENT);
    }
    let layout = std::alloc::Layout::from_size_align(len, ALIGNMENT).expect("a length below isize::MAX");
    // SAFETY: the layout is not empty; the vector frees the block with the same alignment and its capacity, which is `len`.
    unsafe {
        let block = std::alloc::alloc_zeroed(layout);
        if block.is_null() {
            std::alloc::handle_alloc_error(layout);
        }
        AlignedVec::from_raw_parts(block, ALIGNMENT, len, len)
    }
}

/// A block of `len` zeros with room for `capacity` bytes; the system makes the zeros when they are touched.
///
/// # Errors
///
/// `RangeError: Array buffer allocation failed` where the limits or the system refuse it.
pub fn try_zeroed(len: usize, capacity: usize) -> JsResult<AlignedVec<u8>> {
    let capacity = capacity.max(len);
    if capacity == 0 {
        return Ok(AlignedVec::new(ALIGNMENT));
    }
    room(capacity as u64)?;
    let layout = std::alloc::Layout::from_size_align(capacity, ALIGNMENT).map_err(|_| refused())?;
    // SAFETY: the layout is not empty; the vector frees the block with the same alignment and its capacity.
    unsafe {
        let block = std::alloc::alloc_zeroed(layout);
        if block.is_null() {
            return Err(refused());
        }
        Ok(AlignedVec::from_raw_parts(block, ALIGNMENT, len, capacity))
    }
}

/// Fills the elements `start..end` of a typed array: the first by the engine's rules, the others as copies of its bytes. Nothing, and
/// `false`, where the memory is shared or elements are few.
pub(crate) fn fill(array: &JsObject, start: u64, end: u64, element_size: u64, value: &JsValue, context: &mut Context) -> JsResult<bool> {
    if end.saturating_sub(start) < FEW_ELEMENTS || ByteRange::of(array).is_none_or(|range| range.is_shared()) {
        return Ok(false);
    }
    array.set(start, value.clone(), true, context)?;
    limits::charge_bytes((end - start) * element_size)?;
    let (from, to, size) = ((start * element_size) as usize, (end * element_size) as usize, element_size as usize);
    let Some(range) = ByteRange::of(array) else {
        return Ok(false);
    };
    Ok(range.write(|bytes| {
        let Some(bytes) = bytes.get_mut(from..to) else {
            return false;
        };
        let mut filled = size;
        while filled < bytes.len() {
            let more = filled.min(bytes.len() - filled);
            bytes.copy_within(..more, filled);
            filled += more;
        }
        true
    }))
}

/// Fewer are set one by one.
const FEW_ELEMENTS: u64 = 8;

/// Asks the limits for a buffer of so many bytes.
fn room(bytes: u64) -> JsResult<()> {
    limits::reserve(bytes).map_err(|error| if error.stop().is_some() { error } else { refused() })
}

/// The element of a typed array; `None` where `object` is none or has no such element.
#[inline]
pub(crate) fn element(object: &JsObject, index: u32) -> Option<JsValue> {
    let array = object.downcast_ref::<TypedArray>()?;
    let buffer = array.viewed_array_buffer().as_buffer();
    let bytes = buffer.bytes(Ordering::Relaxed)?;
    let index = array.validate_index_u64(index.into(), bytes.len())?;
    let place = index * array.kind().element_size() + array.byte_offset();
    // SAFETY: the elements of a typed array are aligned, and this one lies within the buffer.
    Some(unsafe { bytes.subslice(place as usize..).get_value(array.kind(), Ordering::Relaxed) }.into())
}

/// Stores a number in a typed array; `false`, and nothing done, where `object` is none, has no such element, or `value` is no number.
#[inline]
pub(crate) fn set_element(object: &JsObject, index: u32, value: &JsValue, context: &mut Context) -> JsResult<bool> {
    let Some(kind) = object.downcast_ref::<TypedArray>().map(|array| array.kind()) else { return Ok(false) };
    if !value.is_number() || kind.content_type() == ContentType::BigInt {
        return Ok(false);
    }
    let value = kind.get_element(value, context)?;
    let Some(array) = object.downcast_ref::<TypedArray>() else { return Ok(false) };
    let mut buffer = array.viewed_array_buffer().as_buffer_mut();
    let Some(mut bytes) = buffer.bytes(Ordering::Relaxed) else { return Ok(false) };
    let Some(index) = array.validate_index_u64(index.into(), bytes.len()) else { return Ok(false) };
    let place = index * kind.element_size() + array.byte_offset();
    // SAFETY: the elements of a typed array are aligned, and this one lies within the buffer.
    unsafe { bytes.subslice_mut(place as usize..).set_value(value, Ordering::Relaxed) };
    Ok(true)
}

impl BuiltinTypedArray {
    /// The length of a typed array, 0 where its buffer is gone or too small; `None` where `object` is none.
    #[inline]
    pub(crate) fn length_of(object: &JsObject) -> Option<JsValue> {
        let array = object.downcast_ref::<TypedArray>()?;
        let buffer = array.viewed_array_buffer().as_buffer();
        let bytes = buffer.bytes(Ordering::Relaxed).map(|bytes| bytes.len());
        Some(bytes.filter(|length| !array.is_out_of_bounds(*length)).map_or(0, |length| array.array_length(length)).into())
    }
}

#[cold]
pub(crate) fn refused() -> JsError {
    JsNativeError::range().with_message("Array buffer allocation failed").into()
}

/// A block with these bytes: one copy.
#[must_use]
pub fn copied(bytes: &[u8]) -> AlignedVec<u8> {
    let mut block = AlignedVec::with_capacity(ALIGNMENT, bytes.len());
    block.extend_from_slice(bytes);
    block
}

/// What Boa aligns every buffer to.
const ALIGNMENT: usize = 64;

impl JsArrayBuffer {
    /// A buffer that adopts the block; `HostHooks::max_buffer_size` is asked as for every other buffer.
    ///
    /// # Errors
    ///
    /// A `RangeError` where the block is larger than the host allows.
    pub fn adopt(block: AlignedVec<u8>, context: &mut Context) -> JsResult<Self> {
        if block.len() as u64 > context.host_hooks().max_buffer_size(context) {
            return Err(JsNativeError::range().with_message("Array buffer allocation failed").into());
        }
        let prototype = context.intrinsics().constructors().array_buffer().prototype();
        Ok(JsObject::new(context.root_shape(), prototype, ArrayBuffer::from_data(block, JsValue::undefined())).into())
    }
}

impl JsArrayBuffer {
    /// As [`JsArrayBuffer::adopt`], but nothing can detach the buffer: one that many views share.
    ///
    /// # Errors
    ///
    /// A `RangeError` where the block is larger than the host allows.
    pub fn adopt_permanently(block: AlignedVec<u8>, context: &mut Context) -> JsResult<Self> {
        let buffer = Self::adopt(block, context)?;
        // Whoever detaches must name this key, which is nowhere else.
        buffer.borrow_mut().data_mut().detach_key = JsSymbol::new(None).map_or_else(|| JsValue::from(f64::NAN), JsValue::from);
        Ok(buffer)
    }

    /// Whether `detach`, `transfer` and the like can take the bytes away.
    #[must_use]
    pub fn is_detachable(&self) -> bool {
        self.borrow().data().detach_key.is_undefined()
    }
}

/// The constructor of a kind of typed arrays.
#[must_use]
pub fn typed_array_constructor(kind: TypedArrayKind, context: &Context) -> JsObject {
    kind.standard_constructor()(context.intrinsics().constructors()).constructor()
}

/// A typed array of `kind` over `length` elements of the buffer from `byte_offset` on, with this prototype (Node's Buffer) or that of
/// the kind.
///
/// # Errors
///
/// A `RangeError` where the elements lie outside of the buffer or are not aligned to their size.
pub fn typed_array(
    kind: TypedArrayKind,
    buffer: &JsArrayBuffer,
    byte_offset: usize,
    length: usize,
    prototype: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let size = kind.element_size() as usize;
    let byte_length = length.saturating_mul(size);
    if byte_offset % size != 0 || byte_offset.saturating_add(byte_length) > buffer.byte_length() {
        return Err(JsNativeError::range().with_message("Invalid typed array length").into());
    }
    let prototype = match prototype {
        Some(prototype) => prototype.clone(),
        None => kind.standard_constructor()(context.intrinsics().constructors()).prototype(),
    };
    let data = TypedArray::new(
        BufferObject::Buffer(buffer.clone().into()),
        kind,
        byte_offset as u64,
        Some(byte_length as u64),
        Some(length as u64),
    );
    Ok(JsObject::from_proto_and_data_with_shared_shape(context.root_shape(), prototype, data).upcast())
}

/// A `Uint8Array` (or a class derived from it, by its prototype) over a buffer of its own.
///
/// # Errors
///
/// A `RangeError` where the block is larger than the host allows.
pub fn uint8_array(block: AlignedVec<u8>, prototype: Option<&JsObject>, context: &mut Context) -> JsResult<JsObject> {
    let length = block.len();
    let buffer = JsArrayBuffer::adopt(block, context)?;
    typed_array(TypedArrayKind::Uint8, &buffer, 0, length, prototype, context)
}

/// Where the bytes of a view or buffer lie.
#[derive(Debug, Clone)]
pub struct ByteRange {
    buffer: BufferObject,
    /// The first byte's place in the buffer.
    pub byte_offset: usize,
    /// How many bytes.
    pub byte_length: usize,
}

impl ByteRange {
    /// The range of a typed array, `DataView`, `ArrayBuffer` or `SharedArrayBuffer`; `None` for any other object. A view that has
    /// lost its buffer, or that a shrunk buffer left outside, has no bytes.
    #[must_use]
    pub fn of(object: &JsObject) -> Option<Self> {
        let (buffer, range) = if let Some(view) = object.downcast_ref::<TypedArray>() {
            let buffer = view.viewed_array_buffer().clone();
            let length = byte_length(&buffer);
            (buffer, length.map(|length| (view.byte_offset(), view.byte_length(length))))
        } else if let Some(view) = object.downcast_ref::<DataView>() {
            let buffer = view.viewed_array_buffer.clone();
            let length = byte_length(&buffer).filter(|length| view.byte_offset + view.byte_length.unwrap_or(0) <= *length as u64);
            (buffer, length.map(|length| (view.byte_offset, view.byte_length.unwrap_or(length as u64 - view.byte_offset))))
        } else if let Ok(buffer) = object.clone().downcast::<ArrayBuffer>() {
            let buffer = BufferObject::Buffer(buffer);
            let length = byte_length(&buffer);
            (buffer, length.map(|length| (0, length as u64)))
        } else if let Ok(buffer) = object.clone().downcast::<SharedArrayBuffer>() {
            let buffer = BufferObject::SharedBuffer(buffer);
            let length = byte_length(&buffer);
            (buffer, length.map(|length| (0, length as u64)))
        } else {
            return None;
        };
        let (byte_offset, byte_length) = range.unwrap_or_default();
        Some(Self { buffer, byte_offset: byte_offset as usize, byte_length: byte_length as usize })
    }

    /// Whether a view's length follows that of its resizable buffer.
    #[must_use]
    pub fn tracks_length(view: &JsObject) -> bool {
        let array = view.downcast_ref::<TypedArray>().map(|view| view.is_auto_length());
        array.or_else(|| view.downcast_ref::<DataView>().map(|view| view.byte_length.is_none())).unwrap_or(false)
    }

    /// The `ArrayBuffer` or `SharedArrayBuffer`.
    #[must_use]
    pub fn buffer(&self) -> JsObject {
        self.buffer.clone().into()
    }

    /// The `ArrayBuffer`; `None` for shared memory.
    #[must_use]
    pub fn array_buffer(&self) -> Option<JsArrayBuffer> {
        match &self.buffer {
            BufferObject::Buffer(buffer) => Some(buffer.clone().into()),
            BufferObject::SharedBuffer(_) => None,
        }
    }

    /// Whether the memory is shared with other threads.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        matches!(self.buffer, BufferObject::SharedBuffer(_))
    }

    /// Reads the bytes in place (a copy of them for shared memory). Bytes that the buffer has lost since are not there.
    pub fn read<R>(&self, read: impl FnOnce(&[u8]) -> R) -> R {
        match &self.buffer {
            BufferObject::Buffer(buffer) => {
                let buffer = buffer.borrow();
                let bytes = buffer.data().bytes().unwrap_or_default();
                read(&bytes[self.clamped(bytes.len())])
            }
            BufferObject::SharedBuffer(buffer) => {
                let buffer = buffer.borrow();
                let bytes = buffer.data().bytes(Ordering::SeqCst);
                let copy: Vec<u8> = bytes[self.clamped(bytes.len())].iter().map(|byte| byte.load(Ordering::Relaxed)).collect();
                read(&copy)
            }
        }
    }

    /// Changes the bytes in place (a copy that is written back for shared memory).
    pub fn write<R>(&self, write: impl FnOnce(&mut [u8]) -> R) -> R {
        match &self.buffer {
            BufferObject::Buffer(buffer) => {
                let mut buffer = buffer.borrow_mut();
                let bytes = buffer.data_mut().bytes_mut().unwrap_or_default();
                let range = self.clamped(bytes.len());
                write(&mut bytes[range])
            }
            BufferObject::SharedBuffer(buffer) => {
                let buffer = buffer.borrow();
                let bytes = buffer.data().bytes(Ordering::SeqCst);
                let bytes = &bytes[self.clamped(bytes.len())];
                let mut copy: Vec<u8> = bytes.iter().map(|byte| byte.load(Ordering::Relaxed)).collect();
                let result = write(&mut copy);
                for (byte, new) in bytes.iter().zip(copy) {
                    byte.store(new, Ordering::Relaxed);
                }
                result
            }
        }
    }

    /// A copy of the bytes.
    #[must_use]
    pub fn to_vec(&self) -> Vec<u8> {
        self.read(<[u8]>::to_vec)
    }

    fn clamped(&self, len: usize) -> std::ops::Range<usize> {
        let start = self.byte_offset.min(len);
        start..start + self.byte_length.min(len - start)
    }
}

fn byte_length(buffer: &BufferObject) -> Option<usize> {
    match buffer {
        BufferObject::Buffer(buffer) => buffer.borrow().data().bytes().map(<[u8]>::len),
        BufferObject::SharedBuffer(buffer) => Some(buffer.borrow().data().len(Ordering::SeqCst)),
    }
}

impl JsUint8Array {
    /// A `Uint8Array` of these bytes: one copy.
    ///
    /// # Errors
    ///
    /// A `RangeError` where there are more bytes than the host allows.
    pub fn from_bytes(bytes: &[u8], context: &mut Context) -> JsResult<Self> {
        Self::from_object(uint8_array(copied(bytes), None, context)?)
    }
}
