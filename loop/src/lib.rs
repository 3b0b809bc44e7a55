//! coil's event loop: timers, immediates, a reactor, a worker pool, signals. It knows no JavaScript and no files.
//!
//! ```text
//!        ┌──────────────────────────┐
//!   run ─►  timers (first turn only) │
//!        └────────────┬─────────────┘
//!        ┌────────────▼─────────────┐
//!    ┌──►│ pending                  │   what was put off to this turn
//!    │   ├──────────────────────────┤
//!    │   │ poll: sleep, then        │   sources, other threads, finished works, signals
//!    │   ├──────────────────────────┤
//!    │   │ check                    │   immediates
//!    │   ├──────────────────────────┤
//!    │   │ closing                  │   last words of closed handles
//!    │   ├──────────────────────────┤
//!    └───┤ timers                   │   due ones, by deadline, then by age
//!  alive └────────────┬─────────────┘
//!                     ▼ nothing alive, or stopped
//! ```
//!
//! Two nouns. A *handle* is long-lived and waits in the reactor: a [`Source`]. An *op* is one request, on the pool:
//! [`EventLoop::offload`]. The loop is generic over `C`, what its callbacks get; its own tests run with a vector of names.
//!
//! ```
//! use coil_loop::{EventLoop, Options};
//!
//! let event_loop = EventLoop::<Vec<&str>>::new(Options::default())?;
//! event_loop.timer(5, Box::new(|names| names.push("timer")));
//! event_loop.immediate(Box::new(|names| names.push("immediate")));
//! event_loop.offload("sum", || (1..=10).sum::<u32>(), |sum, names| {
//!     assert_eq!(sum.done(), Some(55));
//!     names.push("work");
//! });
//! let mut names = Vec::new();
//! event_loop.run(&mut names);
//! assert_eq!(names.len(), 3);
//! # std::io::Result::Ok(())
//! ```
//!
//! Read `event_loop.rs` first: it is the whole of a turn. `requests.rs` is what may be asked of a loop; the other files
//! are what these two use.

#![deny(unsafe_code)]

mod arena;
mod clock;
mod deferred;
mod event_loop;
mod immediates;
mod inbox;
mod liveness;
mod observer;
mod poller;
mod pool;
mod queue;
mod reactor;
mod requests;
#[cfg(unix)]
mod signals;
mod timers;
mod usage;

pub use clock::{Clock, RealClock, VirtualClock};
pub use event_loop::{EventLoop, Metrics, Mode, Options};
pub use inbox::Remote;
pub use liveness::{Active, Hold};
pub use observer::{Event, Item, Kind, Observer, Phase, What};
pub use poller::{Interest, Ready};
pub use polling::AsSource;
pub use pool::Outcome;
pub use reactor::Source;
pub use requests::{ImmediateId, SignalId, TimerId, Token, WorkId};
#[cfg(unix)]
pub use signals::SignalFlag;
pub use usage::Usage;

/// What the loop calls, once.
pub type Callback<C> = Box<dyn FnOnce(&mut C)>;
