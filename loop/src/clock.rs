//! The clocks a loop may live by.

use std::cell::Cell;

/// A monotonic clock.
pub trait Clock {
    /// Nanoseconds since some fixed moment; never goes back.
    fn now_ns(&self) -> u64;

    /// A virtual clock moves to `until_ns` (never back) and returns true; a real one does nothing and returns false.
    /// The loop calls this instead of sleeping when it has nothing to wait for but a timer.
    fn virtual_skip(&self, until_ns: u64) -> bool {
        let _ = until_ns;
        false
    }
}

/// The system's monotonic clock. On Unix it counts from the system's own origin, as `process.hrtime()` does in Node, so
/// readings of different threads and processes compare.
#[derive(Clone, Copy, Default, Debug)]
pub struct RealClock;

impl Clock for RealClock {
    #[cfg(unix)]
    fn now_ns(&self) -> u64 {
        let now = rustix::time::clock_gettime(rustix::time::ClockId::Monotonic);
        now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
    }

    #[cfg(not(unix))]
    fn now_ns(&self) -> u64 {
        static ORIGIN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        ORIGIN.get_or_init(std::time::Instant::now).elapsed().as_nanos() as u64
    }
}

/// A clock that stands still until the loop has nothing to do but wait for a timer, and then jumps to it: a day of
/// timers runs in a moment, and always the same way.
#[derive(Default, Debug)]
pub struct VirtualClock {
    now_ns: Cell<u64>,
}

impl VirtualClock {
    pub fn new(start_ns: u64) -> Self {
        VirtualClock { now_ns: Cell::new(start_ns) }
    }

    pub fn advance(&self, by_ns: u64) {
        self.now_ns.set(self.now_ns.get().saturating_add(by_ns));
    }
}

impl Clock for VirtualClock {
    fn now_ns(&self) -> u64 {
        self.now_ns.get()
    }

    fn virtual_skip(&self, until_ns: u64) -> bool {
        self.now_ns.set(self.now_ns.get().max(until_ns));
        true
    }
}
