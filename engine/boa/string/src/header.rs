//! What the memory of every string begins with, and what depends on a string's kind.
//!
//! The published crate keeps a table of five functions in each string and calls through it to clone, to drop and to read: 64 bytes before
//! the first unit. Here a string begins with its length, its counter and its kind, 16 bytes; cloning and reading compare the kind
//! and are inlined.

use std::{
    alloc::{Layout, dealloc},
    ptr::NonNull,
};

use crate::{
    JsStr, JsString, JsStringKind, StaticString,
    appended::AppendedString,
    r#type::{Latin1, StringType, Utf16},
    vtable::{SequenceString, SliceString},
};

/// The first field of every kind of string.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct Header {
    /// In units.
    pub(crate) len: usize,
    /// How many `JsString`s point here. Static strings do not count, and lie in memory that is not written.
    count: u32,
    pub(crate) kind: JsStringKind,
}

/// A counter that has come here stays here: the string is never freed.
const COUNT_MAX: u32 = u32::MAX;

impl Header {
    /// That of a string with one owner.
    pub(crate) const fn new(kind: JsStringKind, len: usize) -> Self {
        Self { len, count: 1, kind }
    }
}

/// How the kinds begin that know where their text lies: static ones, slices, appended ones.
#[repr(C)]
struct View {
    header: Header,
    text: JsStr<'static>,
}

static_assertions::const_assert!(std::mem::offset_of!(StaticString, str) == std::mem::offset_of!(View, text));
static_assertions::const_assert!(std::mem::offset_of!(SliceString, inner) == std::mem::offset_of!(View, text));
static_assertions::const_assert!(std::mem::offset_of!(AppendedString, text) == std::mem::offset_of!(View, text));
static_assertions::const_assert!(size_of::<Header>() == 16);

impl JsString {
    #[inline]
    pub(crate) fn header(&self) -> &Header {
        // SAFETY: every kind begins with a header, and the string lives as long as `self`. Nobody has an exclusive reference to it.
        unsafe { self.ptr.as_ref() }
    }

    #[inline]
    pub(crate) fn text(&self) -> JsStr<'_> {
        let Header { len, kind, .. } = *self.header();
        // SAFETY: the kind says what the memory is. So many units lie behind the header of a sequence.
        unsafe {
            match kind {
                JsStringKind::Latin1Sequence => JsStr::latin1(std::slice::from_raw_parts(self.ptr.add(1).cast().as_ptr(), len)),
                JsStringKind::Utf16Sequence => JsStr::utf16(std::slice::from_raw_parts(self.ptr.add(1).cast().as_ptr(), len)),
                JsStringKind::Static | JsStringKind::Slice | JsStringKind::Appended => self.ptr.cast::<View>().as_ref().text,
            }
        }
    }

    /// How many strings share this memory. Nothing for a static string.
    pub(crate) fn count(&self) -> Option<usize> {
        let Header { count, kind, .. } = *self.header();
        (kind != JsStringKind::Static).then_some(count as usize)
    }
}

impl Clone for JsString {
    #[inline]
    fn clone(&self) -> Self {
        let header = self.ptr.as_ptr();
        // SAFETY: the memory of what is not static may be written, and strings stay on one thread.
        unsafe {
            if (*header).kind != JsStringKind::Static && (*header).count != COUNT_MAX {
                (*header).count += 1;
            }
        }
        Self { ptr: self.ptr }
    }
}

impl Drop for JsString {
    #[inline]
    fn drop(&mut self) {
        let header = self.ptr.as_ptr();
        // SAFETY: as for `clone`. Whoever takes the counter to nothing is the last owner.
        unsafe {
            if (*header).kind == JsStringKind::Static || (*header).count == COUNT_MAX {
                return;
            }
            (*header).count -= 1;
            if (*header).count == 0 {
                free(self.ptr);
            }
        }
    }
}

/// # Safety
///
/// Nobody uses the string any more.
#[inline(never)]
unsafe fn free(string: NonNull<Header>) {
    // SAFETY: the kind says how the memory was asked for.
    unsafe {
        let Header { len, kind, .. } = string.read();
        match kind {
            JsStringKind::Latin1Sequence => free_sequence::<Latin1>(string, len),
            JsStringKind::Utf16Sequence => free_sequence::<Utf16>(string, len),
            JsStringKind::Slice => drop(Box::from_raw(string.cast::<SliceString>().as_ptr())),
            JsStringKind::Appended => drop(Box::from_raw(string.cast::<AppendedString>().as_ptr())),
            JsStringKind::Static => {}
        }
    }
}

/// # Safety
///
/// The string is a sequence of `len` units of this width, and nobody uses it any more.
unsafe fn free_sequence<T: StringType>(string: NonNull<Header>, len: usize) {
    // SAFETY: the layout was valid when the memory was asked for.
    unsafe {
        let units = Layout::array::<T::Byte>(len).unwrap_unchecked();
        let layout = Layout::new::<Header>().extend(units).unwrap_unchecked().0.pad_to_align();
        dealloc(string.as_ptr().cast(), layout);
    }
}

static_assertions::const_assert!(size_of::<SequenceString<Latin1>>() == size_of::<Header>() && align_of::<SequenceString<Latin1>>() == align_of::<Header>());
static_assertions::const_assert!(size_of::<SequenceString<Utf16>>() == size_of::<Header>() && align_of::<SequenceString<Utf16>>() == align_of::<Header>());
