//! The program's allocator: small blocks are kept by size, large aligned ones are pages of their own, the rest is the system's.
//!
//! See [`small_blocks`](crate::small_blocks) and [`large_blocks`](crate::large_blocks). The memory of array buffers is aligned to 64
//! bytes, and nearly nothing else is: this tells large buffers from vectors that may grow where they are.
//!
//! ```
//! use std::alloc::{GlobalAlloc, Layout};
//!
//! let layout = Layout::from_size_align(1 << 30, 64).expect("64 is a power of two");
//! // SAFETY: the layout is not empty, and the block is given back with the same one.
//! unsafe {
//!     let block = coil_sys::Pages.alloc_zeroed(layout);
//!     assert_eq!(*block, 0);
//!     coil_sys::Pages.dealloc(block, layout);
//! }
//! ```

use std::alloc::{GlobalAlloc, Layout, System};

use crate::{large_blocks, small_blocks};

/// The allocator: a program names it with `#[global_allocator]`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Pages;

// SAFETY: where blocks come from is decided by the layout, with which they are freed too;
// nothing here unwinds.
unsafe impl GlobalAlloc for Pages {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if let Some(class) = small_blocks::class(layout) {
            return small_blocks::alloc(class);
        }
        if large_blocks::is_large(layout) {
            return large_blocks::alloc(layout.size());
        }
        // SAFETY: the caller's promises are ours.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if let Some(class) = small_blocks::class(layout) {
            let block = small_blocks::alloc(class);
            if !block.is_null() {
                // SAFETY: the block has room for the layout.
                unsafe { block.write_bytes(0, layout.size()) };
            }
            return block;
        }
        if large_blocks::is_large(layout) {
            return large_blocks::alloc_zeroed(layout.size());
        }
        // SAFETY: the caller's promises are ours.
        unsafe { System.alloc_zeroed(layout) }
    }

    #[inline]
    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        if let Some(class) = small_blocks::class(layout) {
            // SAFETY: the layout tells where the block came from.
            unsafe { small_blocks::dealloc(block, class) };
            return;
        }
        // SAFETY: the caller's promises are ours; the layout tells where the block came from.
        unsafe {
            if large_blocks::is_large(layout) {
                large_blocks::dealloc(block, layout.size());
            } else {
                System.dealloc(block, layout);
            }
        }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller promises a size that is not zero and not too large for the alignment.
        let wanted = unsafe { Layout::from_size_align_unchecked(size, layout.align()) };
        let (from, to) = (small_blocks::class(layout), small_blocks::class(wanted));
        if from.is_some() && from == to {
            return block;
        }
        if from.is_none() && to.is_none() && !large_blocks::is_large(layout) && !large_blocks::is_large(wanted) {
            // SAFETY: the caller's promises are ours.
            return unsafe { System.realloc(block, layout, size) };
        }
        // SAFETY: the new block is apart from the old one and holds what is copied.
        unsafe {
            let moved = self.alloc(wanted);
            if !moved.is_null() {
                std::ptr::copy_nonoverlapping(block, moved, layout.size().min(size));
                self.dealloc(block, layout);
            }
            moved
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_keep_their_content_when_they_grow_and_shrink() {
        let layout = |size| Layout::from_size_align(size, 64).expect("a sound layout");
        // SAFETY: each block is written within its size and freed with its own layout.
        unsafe {
            let small = Pages.alloc_zeroed(layout(100));
            small.write(7);
            let large = Pages.realloc(small, layout(100), large_blocks::LARGE * 3);
            assert_eq!((large.read(), large.add(100).align_offset(4)), (7, 0));
            let larger = Pages.realloc(large, layout(large_blocks::LARGE * 3), large_blocks::LARGE * 5);
            assert_eq!((larger.read(), larger.add(large_blocks::LARGE * 4).read()), (7, 0));
            let small = Pages.realloc(larger, layout(large_blocks::LARGE * 5), 100);
            assert_eq!(small.read(), 7);
            Pages.dealloc(small, layout(100));
        }
    }

    #[test]
    fn what_cannot_be_had_is_null() {
        let layout = Layout::from_size_align(isize::MAX as usize - 4096, 64).expect("a sound layout");
        // SAFETY: the layout is not empty.
        assert!(unsafe { Pages.alloc_zeroed(layout) }.is_null());
    }
}
