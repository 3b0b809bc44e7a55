//! Limits on what a script uses: interruption, fuel, time, memory; and how the engine reports its work to them.
//!
//! Everything that can take long calls [`charge`] with the work it is about to do, in *units*: one unit is one turn of a loop, one call,
//! or one element visited by a built-in, some 20 to 50 nanoseconds. A charge is a subtraction in a thread-local cell; only when a slice of
//! units is used up does the thread look at what is limited ([`checkpoint`]). The same program uses the same units in every run.
//!
//! A [`Meter`] holds limits and counts. It governs the thread while its [`Guard`] lives:
//!
//! ```
//! use boa_engine::{Context, Source, limits::{Meter, Stop}};
//!
//! let meter = Meter::new();
//! meter.set_fuel(Some(1_000_000));
//! let mut context = Context::default();
//! let _governs = meter.enter();
//! let error = context.eval(Source::from_bytes("try { for (;;); } finally { globalThis.ran = true }")).unwrap_err();
//! assert_eq!(error.stop(), Some(Stop::Fuel));
//! ```
//!
//! What stops a script ([`Stop`]) is no exception of its own: it cannot be caught, and `finally` blocks do not run. It stays in force, so
//! that nothing that runs afterwards gets any further, until [`Meter::resume`].

mod bytes;

use std::{
    cell::{Cell, RefCell},
    fmt,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

pub use bytes::{CountingAllocator, bytes_in_use, counts_bytes, external_bytes, thread_bytes};

use boa_gc::{Finalize, Trace};

use crate::{EngineError, JsError, JsNativeError, JsResult, JsValue, builtins::error::Error, js_string, stack::data_property};

/// Why a script was stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Trace, Finalize)]
#[boa_gc(empty_trace)]
pub enum Stop {
    /// Somebody called [`Interrupt::interrupt`].
    Interrupted,
    /// Its time is over.
    Time,
    /// Its fuel is used up.
    Fuel,
    /// It takes more memory than its hard limit, or went on allocating above the soft one.
    Memory,
    /// The host ends it: `process.exit`.
    Exit,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Interrupted => "interrupted",
            Self::Time => "time limit reached",
            Self::Fuel => "fuel used up",
            Self::Memory => "memory limit reached",
            Self::Exit => "ended by the host",
        })
    }
}

impl std::error::Error for Stop {}

impl From<Stop> for JsError {
    fn from(stop: Stop) -> Self {
        EngineError::Stopped(stop).into()
    }
}

impl JsError {
    /// Why the script was stopped, where this is no exception but the end.
    #[must_use]
    pub fn stop(&self) -> Option<Stop> {
        match self.as_engine() {
            Some(EngineError::Stopped(stop)) => Some(*stop),
            _ => None,
        }
    }
}

/// Stops the script of a meter, from any thread.
#[derive(Debug, Clone)]
pub struct Interrupt(Arc<AtomicBool>);

impl Interrupt {
    /// The script stops at its next look at the meter, usually within a millisecond.
    pub fn interrupt(&self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Limits, and what has been used of them.
#[derive(Debug, Clone)]
pub struct Meter(Rc<State>);

#[derive(Debug)]
struct State {
    interrupted: Arc<AtomicBool>,
    /// Units used up to the last checkpoint.
    used: Cell<u64>,
    fuel: Cell<Option<u64>>,
    deadline: Cell<Option<Instant>>,
    memory_soft: Cell<u64>,
    memory_hard: Cell<u64>,
    /// What [`thread_bytes`] may come to.
    thread_limit: Cell<i64>,
    collect_at: Cell<u64>,
    memory_peak: Cell<u64>,
    collections: Cell<u64>,
    refused: Cell<u32>,
    stopped: Cell<Option<Stop>>,
}

impl Default for Meter {
    fn default() -> Self {
        Self::new()
    }
}

impl Meter {
    /// A meter without limits.
    #[must_use]
    pub fn new() -> Self {
        Self(Rc::new(State {
            interrupted: Arc::default(),
            used: Cell::new(0),
            fuel: Cell::new(None),
            deadline: Cell::new(None),
            memory_soft: Cell::new(u64::MAX),
            memory_hard: Cell::new(u64::MAX),
            thread_limit: Cell::new(i64::MAX),
            collect_at: Cell::new(COLLECT_FIRST_BYTES),
            memory_peak: Cell::new(0),
            collections: Cell::new(0),
            refused: Cell::new(0),
            stopped: Cell::new(None),
        }))
    }

    /// The meter that governs this thread.
    #[must_use]
    pub fn current() -> Self {
        CURRENT.with(|current| current.borrow_mut().get_or_insert_with(Self::new).clone())
    }

    /// Lets this meter govern the thread until the guard is dropped. Meters nest.
    #[must_use]
    pub fn enter(&self) -> Guard {
        settle(&Self::current());
        let outer = CURRENT.with(|current| current.borrow_mut().replace(self.clone()));
        deal(self);
        Guard { outer }
    }

    /// The handle to stop the script with, for other threads.
    #[must_use]
    pub fn interrupt_handle(&self) -> Interrupt {
        Interrupt(self.0.interrupted.clone())
    }

    /// How many more units the script may use; `None` for as many as it likes. Calling it again fills up.
    pub fn set_fuel(&self, units: Option<u64>) {
        self.settled();
        self.0.fuel.set(units.map(|units| self.0.used.get().saturating_add(units)));
        if self.0.stopped.get() == Some(Stop::Fuel) {
            self.0.stopped.set(None);
        }
        self.dealt();
    }

    /// Units that are left; `None` without a limit.
    #[must_use]
    pub fn fuel_left(&self) -> Option<u64> {
        self.settled();
        let left = self.0.fuel.get().map(|fuel| fuel.saturating_sub(self.0.used.get()));
        self.dealt();
        left
    }

    /// Units used so far, with or without a limit.
    #[must_use]
    pub fn used(&self) -> u64 {
        self.settled();
        let used = self.0.used.get();
        self.dealt();
        used
    }

    /// The script stops when this time is over, counted from now; `None` lets it run.
    pub fn set_time(&self, time: Option<Duration>) {
        self.0.deadline.set(time.and_then(|time| Instant::now().checked_add(time)));
        if self.0.stopped.get() == Some(Stop::Time) {
            self.0.stopped.set(None);
        }
        self.settled();
        self.dealt();
    }

    /// Time that is left; `None` without a limit.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        self.0.deadline.get().map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Bytes the heap may take. Above `soft` garbage is collected; where that does not help, an allocation throws a `RangeError`. Above
    /// `hard`, or when the script goes on and on above `soft`, it is stopped.
    ///
    /// Only where the program's allocator is a [`CountingAllocator`], see [`counts_bytes`].
    pub fn set_memory(&self, soft: u64, hard: u64) {
        self.0.memory_soft.set(soft);
        self.0.memory_hard.set(hard.max(soft));
        self.0.refused.set(0);
        if self.0.stopped.get() == Some(Stop::Memory) {
            self.0.stopped.set(None);
        }
        self.settled();
        self.dealt();
    }

    /// Bytes that this thread may take from now on, for one of several runtimes of a process. Above them garbage is collected; where
    /// that leaves less than a sixteenth of them, the script is stopped.
    pub fn set_thread_memory(&self, bytes: u64) {
        self.0.thread_limit.set(thread_bytes().saturating_add_unsigned(bytes));
        self.settled();
        self.dealt();
    }

    /// The soft limit; `u64::MAX` without one.
    #[must_use]
    pub fn memory_limit(&self) -> u64 {
        self.0.memory_soft.get()
    }

    /// The most bytes that a checkpoint has seen in use.
    #[must_use]
    pub fn memory_peak(&self) -> u64 {
        self.0.memory_peak.get().max(bytes_in_use())
    }

    /// How often bytes, not objects, made the collector run.
    #[must_use]
    pub fn collections(&self) -> u64 {
        self.0.collections.get()
    }

    /// Why the script was stopped.
    #[must_use]
    pub fn stopped(&self) -> Option<Stop> {
        self.0.stopped.get()
    }

    /// Stops the script from the inside; gives the error to return. The first reason counts.
    pub fn stop(&self, stop: Stop) -> JsError {
        let stop = self.0.stopped.get().unwrap_or(stop);
        self.0.stopped.set(Some(stop));
        self.settled();
        self.dealt();
        stop.into()
    }

    /// Lets scripts run again after a stop.
    pub fn resume(&self) {
        self.0.interrupted.store(false, Ordering::Relaxed);
        self.0.stopped.set(None);
        self.0.refused.set(0);
        self.settled();
        self.dealt();
    }

    fn governs(&self) -> bool {
        CURRENT.with(|current| current.borrow().as_ref().is_some_and(|current| Rc::ptr_eq(&current.0, &self.0)))
    }

    fn settled(&self) {
        if self.governs() {
            settle(self);
        }
    }

    fn dealt(&self) {
        if self.governs() {
            deal(self);
        }
    }
}

/// Ends a meter's rule over the thread.
#[derive(Debug)]
#[must_use = "the meter governs only as long as its guard lives"]
pub struct Guard {
    outer: Option<Meter>,
}

impl Drop for Guard {
    fn drop(&mut self) {
        settle(&Meter::current());
        CURRENT.with(|current| *current.borrow_mut() = self.outer.take());
        deal(&Meter::current());
    }
}

thread_local! {
    /// Units left of the slice that was dealt.
    static LEFT: Cell<i64> = const { Cell::new(0) };
    static DEALT: Cell<i64> = const { Cell::new(0) };
    static CURRENT: RefCell<Option<Meter>> = const { RefCell::new(None) };
    /// Native calls until the next look at what ends a script from outside.
    static NATIVES: Cell<u32> = const { Cell::new(0) };
}

/// Units between two looks at the limits: about half a millisecond.
const SLICE: i64 = 1 << 14;
/// Garbage below this is not worth a collection.
const COLLECT_FIRST_BYTES: u64 = 64 << 20;
/// How much more than what survived a collection makes the next one.
const COLLECT_STEP_BYTES: u64 = 32 << 20;
/// How often an allocation above the soft limit is refused before the script is stopped: it does not react.
const REFUSED_MAX: u32 = 64;
/// What a script is told that takes too much.
pub(crate) const OUT_OF_MEMORY: &str = "Out of memory: the heap's limit is reached";
/// Whether a value that was thrown is the `RangeError` of an allocation above the soft limit. No code runs.
pub fn is_out_of_memory(thrown: &JsValue) -> bool {
    thrown.as_object().is_some_and(|error| {
        error.is::<Error>()
            && data_property(&error, &js_string!("message").into()).is_some_and(|message| message.as_string().is_some_and(|message| message == OUT_OF_MEMORY))
    })
}

/// What a nanosecond of estimated work is in units.
const NS_PER_UNIT: u64 = 32;

/// Reports work that is about to be done.
///
/// # Errors
///
/// The script is to stop ([`JsError::stop`]), or memory is short (`RangeError`).
#[inline(always)]
pub fn charge(units: u64) -> JsResult<()> {
    let left = LEFT.with(|left| {
        // The bound keeps the difference in range.
        let rest = left.get() - units.min(CHARGE_MAX) as i64;
        left.set(rest);
        rest
    });
    if left < 0 { checkpoint(0) } else { Ok(()) }
}

/// A native function has returned. What it did may have taken long without being charged (a file was read, a key was made), so that
/// interrupts and the clock are looked at after a few of them, whatever they were charged for.
#[inline(always)]
pub(crate) fn after_native() -> JsResult<()> {
    let left = NATIVES.get();
    if left > 0 {
        NATIVES.set(left - 1);
        return Ok(());
    }
    look_outside()
}

/// Natives between two looks: the look costs some 30 nanoseconds.
const NATIVES_MAX: u32 = 15;

#[cold]
#[inline(never)]
fn look_outside() -> JsResult<()> {
    NATIVES.set(NATIVES_MAX);
    let governing = CURRENT.with(|current| current.borrow().clone());
    let Some(meter) = governing.filter(|meter| meter.0.stopped.get().is_none()) else { return Ok(()) };
    meter.0.ended_from_outside().map_or(Ok(()), |stop| Err(meter.stop(stop)))
}

/// No charge counts for more.
const CHARGE_MAX: u64 = 1 << 48;

/// Reports that so many bytes are about to be written.
///
/// # Errors
///
/// As [`charge`].
#[inline]
pub fn charge_bytes(bytes: u64) -> JsResult<()> {
    charge(bytes / BYTES_PER_UNIT)
}

/// What a copy of memory does while a loop turns once.
const BYTES_PER_UNIT: u64 = 256;

/// Reports that so many bytes are about to be allocated. Fails before memory is asked for that is not there.
///
/// # Errors
///
/// As [`charge`]; a `RangeError` where the bytes would go beyond the limit.
#[inline]
pub fn reserve(bytes: u64) -> JsResult<()> {
    charge_bytes(bytes)?;
    if bytes >= LARGE_BYTES { checkpoint(bytes) } else { Ok(()) }
}

/// Makes room for more arguments, keys or the like, about to be read one by one.
///
/// # Errors
///
/// As [`reserve`]; a `RangeError` where the system has no memory.
pub(crate) fn grow<T>(list: &mut Vec<T>) -> JsResult<()> {
    let more = list.len().max(16);
    charge(more as u64)?;
    reserve((more * size_of::<T>()) as u64)?;
    list.try_reserve_exact(more).map_err(|_| JsNativeError::range().with_message("Invalid array length").into())
}

/// V8's longest list of arguments or keys.
pub(crate) const LIST_MAX: u64 = (1 << 27) - 3;

/// Allocations from this size on are held against the limits one by one.
const LARGE_BYTES: u64 = 1 << 20;

/// Reports work of which an estimate is known and that cannot be stopped in between.
///
/// # Errors
///
/// As [`charge`]; also where the time limit would be over before the work is done.
pub fn charge_ns(estimate_ns: u64) -> JsResult<()> {
    if estimate_ns > LONG_NS {
        let state = Meter::current();
        if state.time_left().is_some_and(|left| left < Duration::from_nanos(estimate_ns)) {
            return Err(state.stop(Stop::Time));
        }
    }
    charge(estimate_ns / NS_PER_UNIT)
}

/// Work that is looked at before it begins.
const LONG_NS: u64 = 2_000_000;

/// Adds what was used of the slice to the meter's count.
fn settle(meter: &Meter) {
    let used = DEALT.get().saturating_sub(LEFT.get()).max(0) as u64;
    meter.0.used.set(meter.0.used.get().saturating_add(used));
    DEALT.set(0);
    LEFT.set(0);
}

/// Deals the next slice.
fn deal(meter: &Meter) {
    let slice = match (meter.0.stopped.get(), meter.0.fuel.get()) {
        // Every charge is to fail.
        (Some(_), _) => 0,
        (None, Some(fuel)) => SLICE.min(i64::try_from(fuel.saturating_sub(meter.0.used.get())).unwrap_or(SLICE)),
        (None, None) => SLICE,
    };
    DEALT.set(slice);
    LEFT.set(slice);
}

/// Looks at everything that is limited; `bytes` are about to be allocated.
#[cold]
#[inline(never)]
fn checkpoint(bytes: u64) -> JsResult<()> {
    let meter = Meter::current();
    settle(&meter);
    let outcome = meter.0.look(bytes);
    deal(&meter);
    outcome
}

impl State {
    fn look(&self, bytes: u64) -> JsResult<()> {
        if self.stopped.get().is_none() {
            self.stopped.set(self.reason());
        }
        if let Some(stop) = self.stopped.get() {
            return Err(stop.into());
        }
        self.look_at_memory(bytes)
    }

    fn reason(&self) -> Option<Stop> {
        if self.fuel.get().is_some_and(|fuel| self.used.get() > fuel) {
            return Some(Stop::Fuel);
        }
        self.ended_from_outside()
    }

    fn ended_from_outside(&self) -> Option<Stop> {
        if self.interrupted.load(Ordering::Relaxed) {
            return Some(Stop::Interrupted);
        }
        self.deadline.get().filter(|deadline| Instant::now() >= *deadline).map(|_| Stop::Time)
    }

    fn look_at_thread(&self, bytes: u64) -> JsResult<()> {
        let limit = self.thread_limit.get();
        if thread_bytes().saturating_add_unsigned(bytes) <= limit {
            return Ok(());
        }
        boa_gc::force_collect();
        self.collections.set(self.collections.get() + 1);
        if thread_bytes().saturating_add_unsigned(bytes) <= limit - limit / 16 {
            return Ok(());
        }
        self.stopped.set(Some(Stop::Memory));
        Err(Stop::Memory.into())
    }

    fn look_at_memory(&self, bytes: u64) -> JsResult<()> {
        let mut wanted = bytes_in_use().saturating_add(bytes);
        self.memory_peak.set(self.memory_peak.get().max(wanted - bytes));
        if wanted > self.collect_at.get() {
            boa_gc::force_collect();
            self.collections.set(self.collections.get() + 1);
            let lives = bytes_in_use();
            let next = lives.saturating_add((lives / 2).max(COLLECT_STEP_BYTES));
            // Near the limit the collector runs more often, but not at every look.
            let soft = self.memory_soft.get();
            self.collect_at.set(if next > soft { soft.max(lives.saturating_add(lives / 16)) } else { next });
            wanted = lives.saturating_add(bytes);
        }
        self.look_at_thread(bytes)?;
        if wanted <= self.memory_soft.get() {
            self.refused.set(0);
            return Ok(());
        }
        self.refused.set(self.refused.get() + 1);
        // What is only asked for can be refused; what has been taken may go when the script is told. It is told once.
        let is_beyond = wanted - bytes > self.memory_hard.get();
        if is_beyond && self.refused.get() > 1 || self.refused.get() > REFUSED_MAX {
            self.stopped.set(Some(Stop::Memory));
            return Err(Stop::Memory.into());
        }
        Err(JsNativeError::range().with_message(OUT_OF_MEMORY).into())
    }
}
