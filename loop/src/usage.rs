//! How busy a loop is, for other threads to read.

use std::sync::atomic::{AtomicU64, Ordering};

/// The times of a loop that another thread may ask for. All are of the loop's clock; 0 stands for none.
#[derive(Default, Debug)]
pub struct Usage {
    start_ns: AtomicU64,
    /// Of the sleeps that are over.
    idle_ns: AtomicU64,
    asleep_since_ns: AtomicU64,
}

impl Usage {
    /// When the first turn began.
    pub fn start_ns(&self) -> Option<u64> {
        Some(self.start_ns.load(Ordering::Relaxed)).filter(|start| *start != 0)
    }

    /// Time spent asleep until `now_ns`, the sleep that may go on included.
    pub fn idle_ns(&self, now_ns: u64) -> u64 {
        let since = self.asleep_since_ns.load(Ordering::Relaxed);
        let lasting = if since == 0 { 0 } else { now_ns.saturating_sub(since) };
        self.idle_ns.load(Ordering::Relaxed) + lasting
    }

    pub(crate) fn begin(&self, now_ns: u64) {
        if self.start_ns().is_none() {
            self.start_ns.store(now_ns, Ordering::Relaxed);
        }
    }

    pub(crate) fn fall_asleep(&self, now_ns: u64) {
        self.asleep_since_ns.store(now_ns, Ordering::Relaxed);
    }

    pub(crate) fn awake(&self, slept_ns: u64) {
        self.asleep_since_ns.store(0, Ordering::Relaxed);
        self.idle_ns.fetch_add(slept_ns, Ordering::Relaxed);
    }
}
