//! Limits of a runtime, and what became of it.
//!
//! ```no_run
//! use std::time::Duration;
//! use coil::{Limit, Outcome, Runtime};
//!
//! let mut runtime = Runtime::builder().time_limit(Duration::from_millis(100)).fuel(10_000_000).build()?;
//! assert!(runtime.eval("for (;;);").is_err());
//! match runtime.outcome() {
//!     Outcome::Stopped { limit: Limit::Time | Limit::Fuel, usage } => println!("stopped after {} units", usage.fuel),
//!     other => println!("{other:?}"),
//! }
//! # Ok::<(), coil::Error>(())
//! ```
//!
//! The mechanism and its guarantees: `docs/internals/limits.md`.

use std::{any::Any, fmt, time::Duration};

use boa_engine::{
    Context,
    limits::{Interrupt, Meter, Stop, counts_bytes},
};
use coil_engine::{Host, heap};
use coil_loop::Remote;

use crate::Error;

/// What ended a runtime.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Its [`InterruptHandle`] was used.
    Interrupted,
    /// `time_limit`
    Time,
    /// `fuel`
    Fuel,
    /// `memory_limit`
    Memory,
}

impl Limit {
    pub(crate) fn of(stop: Stop) -> Option<Self> {
        match stop {
            Stop::Interrupted => Some(Self::Interrupted),
            Stop::Time => Some(Self::Time),
            Stop::Fuel => Some(Self::Fuel),
            Stop::Memory => Some(Self::Memory),
            Stop::Exit => None,
        }
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupted => "interrupted",
            Self::Time => "time limit reached",
            Self::Fuel => "fuel used up",
            Self::Memory => "memory limit reached",
        })
    }
}

/// What a runtime has used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Units of work.
    pub fuel: u64,
    /// Time since it was built.
    pub time: Duration,
    /// The most bytes that were in use; 0 where the allocator does not count.
    pub memory_peak: u64,
}

/// What became of a runtime.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// No limit and no bug ended it; the code is there once the program has ended.
    Running {
        /// What `process.exit` or an uncaught error said.
        exit_code: Option<i32>,
        /// So far.
        usage: Usage,
    },
    /// A limit ended it.
    Stopped {
        /// Which one.
        limit: Limit,
        /// What was used by then.
        usage: Usage,
    },
    /// A bug in coil: the runtime runs nothing any more.
    Broken {
        /// What to report.
        message: String,
    },
}

/// The exit status after a bug in coil: EX_SOFTWARE.
pub const BROKEN_STATUS: i32 = 70;

#[derive(Default)]
pub(crate) struct Limits {
    pub(crate) time: Option<Duration>,
    pub(crate) fuel: Option<u64>,
    pub(crate) memory: Option<u64>,
}

impl Limits {
    pub(crate) fn set(&self, meter: &Meter, host: &Host) -> Result<(), Error> {
        meter.set_fuel(self.fuel);
        meter.set_time(self.time);
        if let Some(time) = self.time {
            // The meter looks at the clock while scripts run, this timer while they wait.
            let event_loop = host.event_loop();
            let ms = u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
            let timer = event_loop.timer(ms, Box::new(|cx: &mut Context| drop(Host::of(cx).stop(Stop::Time))));
            event_loop.timer_ref(timer, false);
        }
        if let Some(bytes) = self.memory {
            if !counts_bytes() {
                return Err(Error::plain("a memory limit needs boa_engine::limits::CountingAllocator as the program's allocator"));
            }
            meter.set_memory(bytes, heap::hard_limit(bytes));
        }
        Ok(())
    }
}

/// Stops a runtime from any thread.
#[derive(Clone)]
pub struct InterruptHandle {
    interrupt: Interrupt,
    remote: Remote<Context>,
}

impl InterruptHandle {
    pub(crate) fn new(meter: &Meter, host: &Host) -> Self {
        Self { interrupt: meter.interrupt_handle(), remote: host.event_loop().remote() }
    }

    /// The script stops within a millisecond or so, and the loop with it.
    pub fn interrupt(&self) {
        self.interrupt.interrupt();
        self.remote.post(|cx: &mut Context| drop(Host::of(cx).stop(Stop::Interrupted)));
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().map(|text| (*text).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned());
    said.unwrap_or_else(|| "a panic without a message".to_owned())
}
