//! Strings with room behind them: `s += x` in a loop copies `x`, not `s`.
//!
//! What a concatenation makes lies in a block that it shares with the strings it was made from. While nothing else was written behind a
//! string, more can be, and the longer string is another view of the same block. What was written is never changed.

use std::{
    alloc::{Layout, alloc, dealloc},
    cell::Cell,
    ptr::NonNull,
    rc::Rc,
};

use crate::{JsStr, JsStrVariant, JsString, JsStringKind, header::Header};

/// A view of a block from its beginning.
#[repr(C)]
pub(crate) struct AppendedString {
    header: Header,
    /// Valid as long as the block is.
    pub(crate) text: JsStr<'static>,
    block: Rc<Block>,
}

/// Memory for units of one width.
struct Block {
    start: NonNull<u8>,
    layout: Layout,
    /// How many bytes were written; those behind them are not initialised.
    used: Cell<usize>,
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: `start` was allocated with this layout.
        unsafe { dealloc(self.start.as_ptr(), self.layout) };
    }
}

impl Block {
    fn new(bytes: usize) -> Option<Rc<Self>> {
        let layout = Layout::from_size_align(bytes.max(1), align_of::<u16>()).ok()?;
        // SAFETY: the layout is not empty.
        let start = NonNull::new(unsafe { alloc(layout) })?;
        Some(Rc::new(Self { start, layout, used: Cell::new(0) }))
    }

    /// Writes `text` behind what is there. There must be room for it.
    fn write(&self, text: JsStr<'_>, is_wide: bool) {
        let used = self.used.get();
        let bytes = text.len() << usize::from(is_wide);
        assert!(bytes <= self.layout.size() - used, "the caller saw to the room");
        // SAFETY: the bytes up to `used + bytes` lie in the block, nobody looks at those from `used` on, and text that lies in this
        // block lies before `used`. The block is aligned for units, and `used` is even where they are wide.
        unsafe {
            let end = self.start.as_ptr().add(used);
            match text.variant() {
                JsStrVariant::Latin1(units) if !is_wide => end.copy_from_nonoverlapping(units.as_ptr(), units.len()),
                JsStrVariant::Latin1(units) => {
                    let end = end.cast::<u16>();
                    for (index, unit) in units.iter().enumerate() {
                        end.add(index).write(u16::from(*unit));
                    }
                }
                JsStrVariant::Utf16(units) => {
                    assert!(is_wide, "the caller saw to the width");
                    end.cast::<u16>().copy_from_nonoverlapping(units.as_ptr(), units.len());
                }
            }
        }
        self.used.set(used + bytes);
    }

    /// The string that ends where the writing did.
    fn string(self: Rc<Self>, is_wide: bool) -> JsString {
        let bytes = self.used.get();
        // SAFETY: so many bytes were written, they are not written again, and the string keeps the block.
        let text = unsafe {
            if is_wide {
                JsStr::utf16(std::slice::from_raw_parts(self.start.as_ptr().cast::<u16>(), bytes / 2))
            } else {
                JsStr::latin1(std::slice::from_raw_parts(self.start.as_ptr(), bytes))
            }
        };
        let string = Box::new(AppendedString {
            header: Header::new(JsStringKind::Appended, text.len()),
            text,
            block: self,
        });
        // SAFETY: the pointer is to a string of the kind that its header says.
        unsafe { JsString::from_ptr(NonNull::from(Box::leak(string)).cast()) }
    }
}

impl JsString {
    fn appended(&self) -> Option<&AppendedString> {
        if self.kind() != JsStringKind::Appended {
            return None;
        }
        // SAFETY: the kind says so.
        Some(unsafe { self.ptr.cast::<AppendedString>().as_ref() })
    }

    /// Whether this string came of [`append`](Self::append) or [`append_in_place`](Self::append_in_place).
    #[must_use]
    pub fn is_appended(&self) -> bool {
        self.kind() == JsStringKind::Appended
    }

    /// This string and `more` behind it, where there is room for it.
    #[must_use]
    pub fn append_in_place(&self, more: JsStr<'_>) -> Option<Self> {
        let this = self.appended()?;
        let is_wide = !this.text.is_latin1();
        let bytes = self.len() << usize::from(is_wide);
        let room = this.block.layout.size() - this.block.used.get();
        if bytes != this.block.used.get() || more.len() << usize::from(is_wide) > room || (!is_wide && !more.is_latin1()) {
            return None;
        }
        this.block.write(more, is_wide);
        Some(Rc::clone(&this.block).string(is_wide))
    }

    /// This string and `more` behind it, in a block with room for `capacity` units. `None` where there is no memory for it.
    #[must_use]
    pub fn append(&self, more: JsStr<'_>, capacity: usize) -> Option<Self> {
        let is_wide = !(self.as_str().is_latin1() && more.is_latin1());
        let units = capacity.max(self.len().checked_add(more.len())?);
        let block = Block::new(units.checked_mul(1 + usize::from(is_wide))?)?;
        block.write(self.as_str(), is_wide);
        block.write(more, is_wide);
        Some(block.string(is_wide))
    }
}
