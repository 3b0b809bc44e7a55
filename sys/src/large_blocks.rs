//! Large blocks of memory, those of array buffers: pages of their own, of which some are kept to be given out again.
//!
//! Pages cost nothing until they are touched, then one interruption each; the system's allocator fills an aligned block with zeros by
//! hand, and a buffer of a gigabyte would cost a gigabyte before anyone writes to it. A program that makes buffers of a megabyte one
//! after the other pays more for fresh pages than for what it does with them: so freed blocks below [`HUGE`] are kept, up to [`KEPT_MAX`]
//! in all. From there on the system is asked for huge pages, where it has them.

use std::{alloc::Layout, ptr, sync::Mutex};

/// Bytes from which a block is worth pages of its own.
pub(crate) const LARGE: usize = 256 << 10;
/// Bytes from which a block is not kept.
const HUGE: usize = 4 << 20;
/// How many bytes are kept at most.
const KEPT_MAX: usize = 32 << 20;
/// What the system's allocator aligns to by itself.
const PLAIN_ALIGN: usize = 16;
/// A page is at least this large everywhere.
const PAGE_ALIGN: usize = 4096;
/// Blocks are of this many bytes times a whole number, so that one can stand in for another of about its size.
const GRAIN: usize = 64 << 10;

/// Whether a block consists of pages: told by its layout alone, which comes back when the block is freed.
pub(crate) const fn is_large(layout: Layout) -> bool {
    cfg!(unix) && layout.size() >= LARGE && layout.align() > PLAIN_ALIGN && layout.align() <= PAGE_ALIGN
}

/// A block of that many bytes, with anything in it; null where there is none.
pub(crate) fn alloc(size: usize) -> *mut u8 {
    let Some(size) = size.checked_next_multiple_of(GRAIN) else { return ptr::null_mut() };
    take(size).unwrap_or_else(|| map(size))
}

/// As [`alloc`], filled with zeros.
pub(crate) fn alloc_zeroed(size: usize) -> *mut u8 {
    let Some(size) = size.checked_next_multiple_of(GRAIN) else { return ptr::null_mut() };
    match take(size) {
        Some(block) => {
            // SAFETY: the block has that size and is nobody's.
            unsafe { block.write_bytes(0, size) };
            block
        }
        None => map(size),
    }
}

/// # Safety
///
/// The block came from [`alloc`] or [`alloc_zeroed`] with the same size, and nobody uses it any more.
pub(crate) unsafe fn dealloc(block: *mut u8, size: usize) {
    let size = size.next_multiple_of(GRAIN);
    if size >= HUGE {
        // SAFETY: the caller gives the block back.
        unsafe { unmap(block, size) };
        return;
    }
    let mut kept = KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    while let Some(Block { start, size }) = kept.overflow(size) {
        // SAFETY: nobody has what is not kept any more.
        unsafe { unmap(start, size) };
    }
    kept.push(Block { start: block, size });
}

fn take(size: usize) -> Option<*mut u8> {
    if size >= HUGE {
        return None;
    }
    KEPT.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take(size)
}

#[derive(Clone, Copy)]
struct Block {
    start: *mut u8,
    size: usize,
}

/// Free blocks in the order in which they were freed.
struct Kept {
    blocks: [Block; Self::COUNT],
    count: usize,
    bytes: usize,
}

// SAFETY: kept blocks belong to nobody; who takes one has it alone.
unsafe impl Send for Kept {}

static KEPT: Mutex<Kept> = Mutex::new(Kept { blocks: [Block { start: ptr::null_mut(), size: 0 }; Kept::COUNT], count: 0, bytes: 0 });

impl Kept {
    const COUNT: usize = KEPT_MAX / LARGE;

    /// The youngest block of exactly this size: its pages are the likeliest to be in the processor's cache.
    fn take(&mut self, size: usize) -> Option<*mut u8> {
        let place = self.blocks[..self.count].iter().rposition(|block| block.size == size)?;
        let block = self.blocks[place];
        self.remove(place);
        Some(block.start)
    }

    /// Takes out the oldest block where there is no room for another of `size`.
    fn overflow(&mut self, size: usize) -> Option<Block> {
        if self.count < Self::COUNT && self.bytes + size <= KEPT_MAX {
            return None;
        }
        let oldest = self.blocks[0];
        self.remove(0);
        Some(oldest)
    }

    fn push(&mut self, block: Block) {
        self.blocks[self.count] = block;
        self.count += 1;
        self.bytes += block.size;
    }

    fn remove(&mut self, place: usize) {
        self.bytes -= self.blocks[place].size;
        self.blocks.copy_within(place + 1..self.count, place);
        self.count -= 1;
    }
}

#[cfg(unix)]
fn map(size: usize) -> *mut u8 {
    // SAFETY: a new private mapping at an address of the system's choice touches no memory that is in use.
    let block = unsafe { libc::mmap(ptr::null_mut(), size, libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS, -1, 0) };
    if block == libc::MAP_FAILED {
        return ptr::null_mut();
    }
    #[cfg(target_os = "linux")]
    if size >= HUGE {
        // SAFETY: the mapping was just made; this is advice, and may be refused.
        unsafe { libc::madvise(block, size, libc::MADV_HUGEPAGE) };
    }
    block.cast()
}

#[cfg(unix)]
unsafe fn unmap(block: *mut u8, size: usize) {
    // SAFETY: the caller gives back a mapping of `map`, of the size it was made with.
    unsafe { libc::munmap(block.cast(), size) };
}

#[cfg(not(unix))]
fn map(_size: usize) -> *mut u8 {
    ptr::null_mut()
}

#[cfg(not(unix))]
unsafe fn unmap(_block: *mut u8, _size: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block that was never mapped, for what only counts.
    fn block(number: usize, size: usize) -> Block {
        Block { start: ptr::without_provenance_mut(number), size }
    }

    #[test]
    fn what_is_kept_has_an_end_and_the_oldest_goes_first() {
        let mut kept = Kept { blocks: [block(0, 0); Kept::COUNT], count: 0, bytes: 0 };
        let mut gone = Vec::new();
        for number in 1..=36 {
            gone.extend(std::iter::from_fn(|| kept.overflow(1 << 20)).map(|block| block.start.addr()));
            kept.push(block(number, 1 << 20));
        }
        assert_eq!((gone, kept.bytes), (vec![1, 2, 3, 4], KEPT_MAX));
        assert_eq!(kept.take(1 << 20).map(|start| start.addr()), Some(36));
        assert_eq!(kept.take(2 << 20), None);
        assert_eq!((kept.count, kept.bytes), (31, 31 << 20));
    }

    #[cfg(unix)]
    #[test]
    fn a_block_that_was_used_comes_back_with_zeros() {
        let size = LARGE + 12_345;
        // SAFETY: each block is written within its size and given back once.
        unsafe {
            for _ in 0..3 {
                let block = alloc_zeroed(size);
                assert!((0..size).step_by(997).all(|place| block.add(place).read() == 0));
                block.write_bytes(7, size);
                dealloc(block, size);
            }
        }
    }
}
