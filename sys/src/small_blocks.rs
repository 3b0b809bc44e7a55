//! Small blocks of memory, kept by size: what one thread frees it gives out again without asking anybody.
//!
//! The interpreter lives on small blocks (objects, their values, strings, environments), most of which die young; the collector frees
//! them by the thousand in no order. A general allocator sorts and merges what it gets back. Here a freed block goes on the list of its
//! size, 16 bytes finer than the next one, and comes off it at the next allocation. Blocks have no header. A thread that frees more than
//! it takes passes full batches to a common shelf, where the others look before they ask the system; so does a thread that ends.
//!
//! The system is asked for slabs, of which a list is filled a piece at a time: its allocator extends the memory of a thread that is not
//! the first by a system call for each few kilobytes. What nobody has touched of a slab costs no memory.
//!
//! Memory of small blocks is not given back to the system.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::{Cell, UnsafeCell},
    ptr,
    sync::Mutex,
};

/// The largest block that is kept here.
const LARGEST: usize = 512;
/// Blocks are aligned to this and their sizes are multiples of it.
const GRAIN: usize = 16;
const CLASSES: usize = LARGEST / GRAIN;
/// What a list is filled with at a time, about.
const CHUNK: usize = 8192;
/// What is asked of the system at a time.
const SLAB: usize = 256 << 10;

/// A free block: the next one of its list and, where it is the first of a batch on the shelf, the next batch.
struct Free {
    next: *mut Free,
    batch: *mut Free,
}

/// The blocks of one size that a thread has at hand.
#[derive(Clone, Copy)]
struct Hand {
    list: *mut Free,
    count: usize,
    /// Memory that was never given out.
    fresh: *mut u8,
    end: *mut u8,
}

struct Cache(UnsafeCell<[Hand; CLASSES]>);

/// What is left of a thread's slab.
#[derive(Clone, Copy)]
struct Slab {
    fresh: *mut u8,
    end: *mut u8,
}

/// The rest of a slab whose thread has ended, written at its start.
struct Rest {
    next: *mut Rest,
    end: *mut u8,
}

/// The rests of slabs that belong to nobody.
struct Rests(*mut Rest);

// SAFETY: a rest belongs to nobody; who takes it has it alone.
unsafe impl Send for Rests {}

static RESTS: Mutex<Rests> = Mutex::new(Rests(ptr::null_mut()));

thread_local! {
    static CACHE: Cache = const { Cache(UnsafeCell::new([Hand { list: ptr::null_mut(), count: 0, fresh: ptr::null_mut(), end: ptr::null_mut() }; CLASSES])) };
    static CURRENT: Cell<Slab> = const { Cell::new(Slab { fresh: ptr::null_mut(), end: ptr::null_mut() }) };
    static IS_WATCHED: Cell<bool> = const { Cell::new(false) };
    static AT_EXIT: AtExit = const { AtExit };
}

/// Batches of one size that threads had too many of.
struct Shelf(*mut Free);

// SAFETY: blocks on the shelf belong to nobody; who takes them has them alone.
unsafe impl Send for Shelf {}

static SHELVES: [Mutex<Shelf>; CLASSES] = [const { Mutex::new(Shelf(ptr::null_mut())) }; CLASSES];

/// Passes on what a thread has at hand when it ends.
struct AtExit;

impl Drop for AtExit {
    fn drop(&mut self) {
        for class in 0..CLASSES {
            // SAFETY: nobody else looks at this thread's blocks.
            let hand = CACHE.with(|cache| unsafe { &mut (*cache.0.get())[class] });
            // What was never given out goes along: threads may come and go by the thousand.
            while hand.fresh != hand.end {
                let free = hand.fresh.cast::<Free>();
                // SAFETY: what is fresh is ours and a multiple of the size.
                unsafe {
                    free.write(Free { next: hand.list, batch: ptr::null_mut() });
                    hand.fresh = hand.fresh.add(size(class));
                }
                hand.list = free;
            }
            let list = std::mem::replace(&mut hand.list, ptr::null_mut());
            hand.count = 0;
            shelve(class, list);
        }
        let slab = CURRENT.replace(Slab { fresh: ptr::null_mut(), end: ptr::null_mut() });
        if slab.end as usize - slab.fresh as usize >= CHUNK {
            let rest = slab.fresh.cast::<Rest>();
            let mut rests = RESTS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            // SAFETY: what is left of the slab is this thread's, aligned, and large enough.
            unsafe { rest.write(Rest { next: rests.0, end: slab.end }) };
            rests.0 = rest;
        }
    }
}

/// The class of a layout that is kept here.
#[inline]
pub(crate) const fn class(layout: Layout) -> Option<usize> {
    let size = layout.size();
    if size > LARGEST || layout.align() > GRAIN || size == 0 { None } else { Some((size - 1) / GRAIN) }
}

const fn size(class: usize) -> usize {
    (class + 1) * GRAIN
}

/// How many blocks make a batch.
const fn batch(class: usize) -> usize {
    CHUNK / size(class)
}

#[inline]
pub(crate) fn alloc(class: usize) -> *mut u8 {
    CACHE.with(|cache| {
        // SAFETY: the reference ends before anything here calls out, and other threads have other caches.
        let hand = unsafe { &mut (*cache.0.get())[class] };
        let first = hand.list;
        if !first.is_null() {
            // SAFETY: blocks on the list are free and hold their `Free`.
            hand.list = unsafe { (*first).next };
            hand.count -= 1;
            return first.cast();
        }
        if hand.fresh != hand.end {
            let block = hand.fresh;
            // SAFETY: what is fresh is a multiple of the size.
            hand.fresh = unsafe { block.add(size(class)) };
            return block;
        }
        refill(cache, class)
    })
}

/// # Safety
///
/// The block came from [`alloc`] of the same class, and nobody uses it any more.
#[inline]
pub(crate) unsafe fn dealloc(block: *mut u8, class: usize) {
    CACHE.with(|cache| {
        // SAFETY: as in `alloc`.
        let hand = unsafe { &mut (*cache.0.get())[class] };
        let free = block.cast::<Free>();
        // SAFETY: the block is ours now, large enough and aligned.
        unsafe { free.write(Free { next: hand.list, batch: ptr::null_mut() }) };
        hand.list = free;
        hand.count += 1;
        if hand.count >= 2 * batch(class) {
            pass_on(hand, class);
        }
    });
}

/// Moves one batch from the hand to the shelf.
#[cold]
fn pass_on(hand: &mut Hand, class: usize) {
    let first = hand.list;
    let mut last = first;
    for _ in 1..batch(class) {
        // SAFETY: the list is longer than a batch.
        last = unsafe { (*last).next };
    }
    // SAFETY: `last` is a free block of this thread.
    unsafe {
        hand.list = (*last).next;
        (*last).next = ptr::null_mut();
    }
    hand.count -= batch(class);
    shelve(class, first);
}

fn shelve(class: usize, first: *mut Free) {
    if first.is_null() {
        return;
    }
    let mut shelf = SHELVES[class].lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    // SAFETY: the batch is ours.
    unsafe { (*first).batch = shelf.0 };
    shelf.0 = first;
}

/// Takes a batch from the shelf or memory from the system, and a block of it. Null where there is none.
#[cold]
fn refill(cache: &Cache, class: usize) -> *mut u8 {
    if watch() {
        // Registering may have allocated.
        return alloc(class);
    }
    let first = {
        let mut shelf = SHELVES[class].lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let first = shelf.0;
        if !first.is_null() {
            // SAFETY: blocks on the shelf are free.
            shelf.0 = unsafe { (*first).batch };
        }
        first
    };
    if !first.is_null() {
        let mut count = 0;
        let mut block = first;
        while !block.is_null() {
            count += 1;
            // SAFETY: a batch is a list of free blocks.
            block = unsafe { (*block).next };
        }
        // SAFETY: as in `alloc`.
        let hand = unsafe { &mut (*cache.0.get())[class] };
        // SAFETY: the first block is given out, the others are at hand.
        hand.list = unsafe { (*first).next };
        hand.count = count - 1;
        return first.cast();
    }
    let bytes = batch(class) * size(class);
    let chunk = cut(bytes);
    if chunk.is_null() {
        return chunk;
    }
    // SAFETY: as in `alloc`; the chunk is a multiple of the size.
    unsafe {
        let hand = &mut (*cache.0.get())[class];
        hand.fresh = chunk.add(size(class));
        hand.end = chunk.add(bytes);
    }
    chunk
}

/// A piece of this thread's slab, or of another where that is used up; null where the system has none. What was left of the old one, less
/// than a chunk, is lost.
fn cut(bytes: usize) -> *mut u8 {
    let mut slab = CURRENT.get();
    if (slab.end as usize - slab.fresh as usize) < bytes {
        slab = another_slab();
        if slab.fresh.is_null() {
            return slab.fresh;
        }
    }
    let piece = slab.fresh;
    // SAFETY: the slab has that much left.
    slab.fresh = unsafe { piece.add(bytes) };
    CURRENT.set(slab);
    piece
}

fn another_slab() -> Slab {
    {
        let mut rests = RESTS.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let rest = rests.0;
        if !rest.is_null() {
            // SAFETY: rests of the list are of use to nobody, and the lock is held.
            let Rest { next, end } = unsafe { rest.read() };
            rests.0 = next;
            return Slab { fresh: rest.cast(), end };
        }
    }
    // SAFETY: neither the size nor the alignment is zero.
    let fresh = unsafe { System.alloc(Layout::from_size_align_unchecked(SLAB, GRAIN)) };
    // SAFETY: the end of the block, where there is one.
    Slab { fresh, end: if fresh.is_null() { fresh } else { unsafe { fresh.add(SLAB) } } }
}

/// Sees to it that this thread's blocks are passed on when it ends: whether that had still to be done.
fn watch() -> bool {
    if IS_WATCHED.replace(true) {
        return false;
    }
    let _ = AT_EXIT.try_with(|_| ());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_freed_block_is_given_out_again() {
        let class = class(Layout::new::<[u64; 5]>()).expect("small");
        assert_eq!(size(class), 48);
        let block = alloc(class);
        // SAFETY: the block is of that class.
        unsafe { dealloc(block, class) };
        assert_eq!(alloc(class), block);
    }

    #[test]
    fn blocks_are_apart_and_aligned() {
        let class = class(Layout::from_size_align(33, 16).expect("sound")).expect("small");
        let mut blocks: Vec<usize> = (0..1000).map(|_| alloc(class) as usize).collect();
        assert!(blocks.iter().all(|block| block % GRAIN == 0));
        blocks.sort_unstable();
        assert!(blocks.windows(2).all(|pair| pair[1] - pair[0] >= 48));
    }

    #[test]
    fn what_one_thread_frees_another_gets() {
        let class = CLASSES - 2;
        let blocks: Vec<usize> = (0..100 * batch(class)).map(|_| alloc(class) as usize).collect();
        let freed = blocks.clone();
        std::thread::spawn(move || {
            for block in freed {
                // SAFETY: the blocks are of that class, and the other thread uses none.
                unsafe { dealloc(block as *mut u8, class) };
            }
        })
        .join()
        .expect("the thread ends well");
        // What is left of the first chunk may come first.
        let again: std::collections::HashSet<usize> = (0..100 * batch(class)).map(|_| alloc(class) as usize).collect();
        assert!(blocks.iter().filter(|block| again.contains(block)).count() >= 98 * batch(class));
    }

    #[test]
    fn large_and_strangely_aligned_layouts_are_not_kept() {
        assert_eq!(class(Layout::from_size_align(513, 8).expect("sound")), None);
        assert_eq!(class(Layout::from_size_align(64, 64).expect("sound")), None);
        assert_eq!(class(Layout::from_size_align(512, 16).expect("sound")), Some(CLASSES - 1));
        assert_eq!(class(Layout::from_size_align(1, 1).expect("sound")), Some(0));
    }
}
