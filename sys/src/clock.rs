//! The clock: real, or one that stands until it is moved.

use std::sync::atomic::{AtomicU64, Ordering};

use rustix::time::{ClockId, clock_gettime};

/// Where time comes from. `Sys` holds one; the loop and the engine take theirs from it, so a run on a [`VirtualClock`] is
/// reproducible.
pub trait Clock: Send + Sync {
    /// Nanoseconds since 1970, as set by whoever keeps this machine's time.
    fn wall_ns(&self) -> i128;
    /// Nanoseconds since some point in the past; never goes back. `process.hrtime`.
    fn monotonic_ns(&self) -> u64;

    /// Milliseconds since 1970. `Date.now()`.
    fn wall_ms(&self) -> i64 {
        i64::try_from(self.wall_ns().div_euclid(1_000_000)).unwrap_or(i64::MAX)
    }

    /// Does it move by itself? A loop on one that does not may jump to its next timer instead of waiting.
    fn is_virtual(&self) -> bool {
        false
    }

    /// Moves a virtual clock on; a real one takes no notice.
    fn advance(&self, _ns: u64) {}
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealClock;

impl Clock for RealClock {
    fn wall_ns(&self) -> i128 {
        let now = clock_gettime(ClockId::Realtime);
        i128::from(now.tv_sec) * 1_000_000_000 + i128::from(now.tv_nsec)
    }

    #[expect(clippy::cast_sign_loss, reason = "the monotonic clock starts at zero and only grows")]
    fn monotonic_ns(&self) -> u64 {
        let now = clock_gettime(ClockId::Monotonic);
        now.tv_sec as u64 * 1_000_000_000 + now.tv_nsec as u64
    }
}

/// A clock that stands still until [`advance`](Clock::advance) moves it.
///
/// ```
/// use coil_sys::{Clock, VirtualClock};
///
/// let clock = VirtualClock::at_wall_ms(1_700_000_000_000);
/// clock.advance(2_000_000);
/// assert_eq!(clock.wall_ms(), 1_700_000_000_002);
/// assert_eq!(clock.monotonic_ns(), 2_000_000);
/// ```
#[derive(Debug, Default)]
pub struct VirtualClock {
    start_wall_ns: i128,
    passed_ns: AtomicU64,
}

impl VirtualClock {
    /// One that shows this time of day, in milliseconds since 1970.
    pub fn at_wall_ms(wall_ms: i64) -> VirtualClock {
        VirtualClock { start_wall_ns: i128::from(wall_ms) * 1_000_000, passed_ns: AtomicU64::new(0) }
    }
}

impl Clock for VirtualClock {
    fn wall_ns(&self) -> i128 {
        self.start_wall_ns + i128::from(self.monotonic_ns())
    }

    fn monotonic_ns(&self) -> u64 {
        self.passed_ns.load(Ordering::Acquire)
    }

    fn is_virtual(&self) -> bool {
        true
    }

    fn advance(&self, ns: u64) {
        self.passed_ns.fetch_add(ns, Ordering::AcqRel);
    }
}
