//! What memory JavaScript takes, for `process.memoryUsage` and `v8.getHeapStatistics`, and the limits on it.
//!
//! The collector counts its own boxes only; strings, elements and array buffers live outside them. So the figures are those of the
//! program's allocator (`boa_engine::limits::CountingAllocator`), which coil's executable uses; a program without it reads zeros.

use boa_engine::limits::{self, Meter};
use coil_sys::Sys;

/// Bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statistics {
    /// Set aside for the heap.
    pub total: u64,
    /// In use by objects, strings and what Rust keeps for them.
    pub used: u64,
    /// Held by array buffers.
    pub external: u64,
    /// The most that has been in use.
    pub peak: u64,
    /// What the heap may grow to; `u64::MAX` where nothing says so.
    pub limit: u64,
    /// Collections that bytes, not objects, made necessary.
    pub collections: u64,
}

/// The heap of this program, and the limits of this thread.
pub fn statistics() -> Statistics {
    let meter = Meter::current();
    let (all, external) = (limits::bytes_in_use(), limits::external_bytes());
    let used = all.saturating_sub(external);
    Statistics { total: used.next_multiple_of(PAGE_BYTES), used, external, peak: meter.memory_peak(), limit: meter.memory_limit(), collections: meter.collections() }
}

/// V8 takes memory from the system in pages of this size.
const PAGE_BYTES: u64 = 256 << 10;

/// Collects garbage now.
pub fn collect() {
    boa_gc::force_collect();
}

/// What the heap may take where nothing was said: half of the memory there is, as far as the process may use it, and no more than 12 GiB.
pub fn default_limit(sys: &Sys) -> u64 {
    let total = sys.os().totalmem();
    let machine = match sys.os().constrained_memory() {
        0 => total,
        constrained => constrained.min(total),
    };
    // Growing a large block takes room for the old and the new one, and address space is used for more than the heap.
    let address_space = sys.process().address_space_limit().map_or(u64::MAX, |limit| limit / 3);
    (machine / 2).min(address_space).min(DEFAULT_LIMIT_MAX)
}

/// Three times what V8 takes on a large machine, since buffers count here.
const DEFAULT_LIMIT_MAX: u64 = 12 << 30;

/// How far above the soft limit the hard one is: room for a program to tell what happened.
pub fn hard_limit(soft: u64) -> u64 {
    soft.saturating_add((soft / 8).max(HARD_ABOVE_BYTES))
}

const HARD_ABOVE_BYTES: u64 = 16 << 20;
