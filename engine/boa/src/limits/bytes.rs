//! Counting what the program's allocator has given out.
//!
//! Strings, elements of arrays, maps and array buffers live outside the collector's own boxes, and it does not count them. So the count
//! is taken where all memory comes from. Each thread counts for itself and adds to the common figure every [`FLUSH_BYTES`].

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::Cell,
    sync::atomic::{AtomicI64, Ordering},
};

/// The system's allocator (or another one), counting bytes in use.
///
/// ```no_run
/// #[global_allocator]
/// static ALLOCATOR: boa_engine::limits::CountingAllocator = boa_engine::limits::CountingAllocator::new();
/// ```
#[derive(Debug)]
pub struct CountingAllocator<A = System>(A);

impl CountingAllocator {
    /// On top of the system's allocator.
    #[must_use]
    pub const fn new() -> Self {
        Self(System)
    }
}

impl<A> CountingAllocator<A> {
    /// On top of another allocator.
    pub const fn over(allocator: A) -> Self {
        Self(allocator)
    }
}

static TOTAL: AtomicI64 = AtomicI64::new(0);
static EXTERNAL: AtomicI64 = AtomicI64::new(0);

thread_local! {
    static PENDING: Cell<i64> = const { Cell::new(0) };
    /// What this thread has added to the common figure.
    static FLUSHED: Cell<i64> = const { Cell::new(0) };
}

/// The common figure is exact to so many bytes per thread.
const FLUSH_BYTES: i64 = 1 << 16;
/// Blocks of array buffers are aligned so; nothing else of any size is.
const BUFFER_ALIGN: usize = 64;

/// Bytes that are allocated and not freed, of all threads.
#[must_use]
pub fn bytes_in_use() -> u64 {
    let pending = PENDING.try_with(Cell::get).unwrap_or(0);
    u64::try_from(TOTAL.load(Ordering::Relaxed) + pending).unwrap_or(0)
}

/// Bytes that this thread has allocated, less those that it has freed: fewer than none where it frees what others allocate.
#[must_use]
pub fn thread_bytes() -> i64 {
    let flushed = FLUSHED.try_with(Cell::get).unwrap_or(0);
    flushed + PENDING.try_with(Cell::get).unwrap_or(0)
}

/// Of the bytes in use, those of array buffers.
#[must_use]
pub fn external_bytes() -> u64 {
    u64::try_from(EXTERNAL.load(Ordering::Relaxed)).unwrap_or(0)
}

/// Whether the program's allocator counts.
#[must_use]
pub fn counts_bytes() -> bool {
    bytes_in_use() > 0
}

#[inline]
fn note(layout: Layout, bytes: i64) {
    if layout.align() == BUFFER_ALIGN {
        EXTERNAL.fetch_add(bytes, Ordering::Relaxed);
    }
    let noted = PENDING.try_with(|pending| {
        let sum = pending.get() + bytes;
        if -FLUSH_BYTES < sum && sum < FLUSH_BYTES {
            pending.set(sum);
        } else {
            pending.set(0);
            TOTAL.fetch_add(sum, Ordering::Relaxed);
            let _ = FLUSHED.try_with(|flushed| flushed.set(flushed.get() + sum));
        }
    });
    if noted.is_err() {
        TOTAL.fetch_add(bytes, Ordering::Relaxed);
    }
}

// SAFETY: every call goes to the allocator below unchanged; counting neither allocates nor unwinds (the cell has no destructor).
unsafe impl<A: GlobalAlloc> GlobalAlloc for CountingAllocator<A> {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are ours.
        let block = unsafe { self.0.alloc(layout) };
        if !block.is_null() {
            note(layout, layout.size() as i64);
        }
        block
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller's promises are ours.
        let block = unsafe { self.0.alloc_zeroed(layout) };
        if !block.is_null() {
            note(layout, layout.size() as i64);
        }
        block
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promises are ours.
        unsafe { self.0.dealloc(block, layout) };
        note(layout, -(layout.size() as i64));
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller's promises are ours.
        let moved = unsafe { self.0.realloc(block, layout, size) };
        if !moved.is_null() {
            note(layout, size as i64 - layout.size() as i64);
        }
        moved
    }
}
