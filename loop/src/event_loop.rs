//! The loop itself: one turn, top to bottom; when it sleeps; and its state. What may be asked of it is in `requests.rs`.

use crate::deferred::{Closing, Pending};
use crate::immediates::Immediates;
use crate::inbox::{Inbox, Message};
use crate::liveness::Liveness;
use crate::pool::{Pool, Stamp};
use crate::reactor::{Found, Reactor};
#[cfg(unix)]
use crate::signals::Signals;
use crate::timers::Timers;
use crate::{Clock, Event, Item, Kind, Observer, Phase, RealClock, Usage, What};
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

/// An event loop, for one thread. Every method takes `&self` and callbacks may call any of them, through an `Rc` of the
/// loop that they captured.
///
/// A callback that unwinds leaves the loop usable: it has run, everything else is still queued.
pub struct EventLoop<C: 'static> {
    clock: Rc<dyn Clock>,
    clock_is_virtual: bool,
    pub(crate) observer: Option<Rc<dyn Observer>>,
    now_ms: Cell<u64>,
    stopped: Cell<bool>,
    /// Whether the next turn begins with timers: the first of a run does.
    first: Cell<bool>,
    pub(crate) live: Rc<Liveness>,
    pub(crate) timers: RefCell<Timers<C>>,
    pub(crate) immediates: RefCell<Immediates<C>>,
    pub(crate) pending: Pending<C>,
    pub(crate) closing: Closing<C>,
    pub(crate) reactor: Reactor<C>,
    pub(crate) inbox: Inbox<C>,
    pub(crate) pool: RefCell<Pool<C>>,
    #[cfg(unix)]
    pub(crate) signals: Signals<C>,
    /// The events of the last poll phase, kept for its allocation.
    found: RefCell<Found>,
    metrics: Cell<Metrics>,
    usage: Arc<Usage>,
}

/// How a loop is made.
pub struct Options {
    /// How many works of the pool may run at once.
    pub pool_size: usize,
    pub clock: Rc<dyn Clock>,
    pub observer: Option<Rc<dyn Observer>>,
}

impl Default for Options {
    /// Four workers, as libuv has; the real clock; nobody watching.
    fn default() -> Self {
        Options { pool_size: 4, clock: Rc::new(RealClock), observer: None }
    }
}

/// How long a turn may sleep, and whether it begins a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// As long as there is nothing to do. The first turn of a run begins with timers.
    Default,
    /// As `Default`, but never beginning with timers, as UV_RUN_ONCE.
    Once,
    /// Not at all.
    NoWait,
}

/// What the loop has done so far.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Metrics {
    /// When the first turn began, by the loop's clock.
    pub start_ns: Option<u64>,
    /// Turns.
    pub loop_count: u64,
    /// Events taken from the system, messages of other threads and finished works included.
    pub events: u64,
    /// Those of them that were there already when the loop came to look without sleeping.
    pub events_waiting: u64,
    /// Time spent asleep.
    pub idle_ns: u64,
}

// One turn.
impl<C: 'static> EventLoop<C> {
    pub fn new(options: Options) -> io::Result<Rc<Self>> {
        let Options { pool_size, clock, observer } = options;
        let reactor = Reactor::new()?;
        let event_loop = EventLoop {
            clock_is_virtual: clock.virtual_skip(clock.now_ns()),
            now_ms: Cell::new(0),
            stopped: Cell::new(false),
            first: Cell::new(true),
            live: Rc::default(),
            timers: RefCell::new(Timers::new()),
            immediates: RefCell::new(Immediates::new()),
            pending: Pending::default(),
            closing: Closing::default(),
            inbox: Inbox::new(reactor.poller().waker(), observer.is_some()),
            reactor,
            pool: RefCell::new(Pool::new(pool_size)),
            #[cfg(unix)]
            signals: Signals::new(),
            found: RefCell::default(),
            metrics: Cell::default(),
            usage: Arc::default(),
            clock,
            observer,
        };
        event_loop.update_now();
        Ok(Rc::new(event_loop))
    }

    /// Turns until nothing that is ref'd is alive, or until stopped.
    pub fn run(&self, cx: &mut C) {
        self.run_with(cx, |_| {});
    }

    /// The same; `between` runs after every turn that another one follows.
    pub fn run_with(&self, cx: &mut C, mut between: impl FnMut(&mut C)) {
        self.first.set(true);
        while self.turn(Mode::Default, cx) {
            between(cx);
        }
    }

    /// Counts as running from now on, as the first turn does: for a program that is one from the start.
    pub fn begin(&self) {
        if self.metrics.get().start_ns.is_none() {
            let now_ns = self.clock.now_ns();
            self.count(|metrics| metrics.start_ns = Some(now_ns));
            self.usage.begin(now_ns);
        }
    }

    /// One turn. Returns whether there is reason for another.
    pub fn turn(&self, mode: Mode, cx: &mut C) -> bool {
        if self.goes_on() {
            self.begin();
            self.count(|metrics| metrics.loop_count += 1);
            let turn = self.metrics.get().loop_count;
            self.tell(|| What::TurnBegin { turn });
            // Since libuv 1.45 timers run after poll, check and closing, and once before the first turn: that is what
            // makes `setTimeout(0)` and `setImmediate` race in a main script, and never in an I/O callback.
            if mode == Mode::Default && self.first.replace(false) {
                self.update_now();
                self.phase(Phase::Timers, || self.run_timers(cx));
            }
            let rested = self.pending.is_empty() && self.immediates.borrow().reffed() == 0;
            self.phase(Phase::Pending, || self.run_pending(cx));
            let may_sleep = mode == Mode::Default || mode == Mode::Once && rested;
            self.phase(Phase::Poll, || self.run_poll(may_sleep, cx));
            self.phase(Phase::Check, || self.run_immediates(cx));
            self.phase(Phase::Closing, || self.run_closing(cx));
            self.update_now();
            self.phase(Phase::Timers, || self.run_timers(cx));
            self.tell(|| What::TurnEnd { turn });
        } else {
            self.update_now();
        }
        let goes_on = self.goes_on();
        self.first.set(!goes_on);
        goes_on
    }

    fn goes_on(&self) -> bool {
        !self.stopped.get() && self.alive()
    }

    /// Runs a phase, unless the loop was stopped. Each looks for that after every callback too, and leaves the rest for
    /// when the loop is resumed.
    fn phase(&self, phase: Phase, run: impl FnOnce()) {
        if self.stopped.get() {
            return;
        }
        self.tell(|| What::PhaseBegin(phase));
        run();
        self.tell(|| What::PhaseEnd(phase));
    }

    /// Runs what was due when the pass began and was made before it began.
    fn run_timers(&self, cx: &mut C) {
        let (now_ms, before) = (self.now_ms.get(), self.timers.borrow().next_seq());
        while !self.stopped.get() {
            let due = self.timers.borrow_mut().pop_due(now_ms, before);
            let Some(timer) = due else { break };
            self.live.change(timer.reffed, false);
            self.call(Kind::Timer.item(timer.seq), timer.callback, cx);
        }
    }

    /// Runs what was pending when the phase began.
    fn run_pending(&self, cx: &mut C) {
        for _ in 0..self.pending.len() {
            if self.stopped.get() {
                break;
            }
            let Some((id, callback)) = self.pending.pop_first() else {
                break;
            };
            self.call(Kind::Pending.item(id), callback, cx);
        }
    }

    /// Sleeps if it may, then tells sources, runs what other threads sent, and signals' watchers last.
    fn run_poll(&self, may_sleep: bool, cx: &mut C) {
        let mut found = self.found.take();
        self.wait(if may_sleep { self.sleep() } else { Sleep::Not }, &mut found);
        for (key, ready) in found.sources.drain(..) {
            if self.stopped.get() {
                break;
            }
            let Some((source, ready)) = self.reactor.wanted(key, ready) else {
                continue;
            };
            let item = Item { label: source.label(), ..Kind::Source.item(key.seq) };
            self.call(item, |cx: &mut C| source.ready(ready, cx), cx);
        }
        self.run_inbox(cx);
        #[cfg(unix)]
        if std::mem::take(&mut found.signals) {
            self.run_signals(cx);
        }
        self.found.replace(found);
        // What became pending by an event is run with it, a few rounds deep, as in libuv.
        for _ in 0..PENDING_ROUNDS {
            if self.pending.is_empty() || self.stopped.get() {
                break;
            }
            self.run_pending(cx);
        }
    }

    /// Runs what other threads had sent when this began.
    fn run_inbox(&self, cx: &mut C) {
        for _ in 0..self.inbox.len() {
            if self.stopped.get() {
                break;
            }
            match self.inbox.take() {
                None => break,
                Some(Message::Post { call, posted }) => {
                    self.count(|metrics| metrics.events += 1);
                    let item = Kind::Remote.item(self.metrics.get().events);
                    if let Some(posted) = posted {
                        self.tell_past(posted, What::Enqueue { item, delay_ms: None });
                    }
                    self.call(item, call, cx);
                }
                Some(Message::Finished { work, stamp }) => {
                    self.count(|metrics| metrics.events += 1);
                    let finished = self.pool.borrow_mut().finish(work);
                    let Some(finished) = finished else { continue };
                    self.live.change(true, false);
                    let item = Item { label: finished.label, ..Kind::Work.item(work.seq) };
                    if let Some(Stamp { worker, begin, end }) = stamp {
                        self.tell_past(begin, What::SlotBegin { worker, item });
                        self.tell_past(end, What::SlotEnd { worker, item });
                    }
                    self.call(item, finished.then, cx);
                }
            }
        }
    }

    #[cfg(unix)]
    fn run_signals(&self, cx: &mut C) {
        // Read one at a time, so that what is left when a callback stops the loop or unwinds is told later.
        for _ in 0..SIGNALS_MAX {
            if self.stopped.get() {
                break;
            }
            let Some(watchers) = self.signals.take_caught() else {
                break;
            };
            for key in watchers {
                let Some(callback) = self.signals.callback(key) else {
                    continue;
                };
                // Busy if it turns the loop itself: then it knows already.
                let Ok(mut callback) = callback.try_borrow_mut() else {
                    continue;
                };
                self.call(Kind::Signal.item(key.seq), |cx: &mut C| callback(cx), cx);
            }
        }
    }

    /// Runs the immediates that were queued when the phase began.
    fn run_immediates(&self, cx: &mut C) {
        let before = self.immediates.borrow().next_seq();
        while !self.stopped.get() {
            let next = self.immediates.borrow_mut().pop(before);
            let Some(immediate) = next else { break };
            self.live.change(immediate.reffed, false);
            self.call(Kind::Immediate.item(immediate.seq), immediate.callback, cx);
        }
    }

    /// Runs what was closing when the phase began, the last closed first, as in libuv.
    fn run_closing(&self, cx: &mut C) {
        self.closing.begin_batch();
        while !self.stopped.get() {
            let Some((id, callback)) = self.closing.pop_last() else {
                break;
            };
            self.call(Kind::Closing.item(id), callback, cx);
        }
    }

    fn call(&self, item: Item, callback: impl FnOnce(&mut C), cx: &mut C) {
        self.tell(|| What::CallBegin(item));
        callback(cx);
        self.tell(|| What::CallEnd(item));
    }
}

/// How many times what is pending is run after poll before the loop goes on, so that it cannot be kept from going on.
const PENDING_ROUNDS: usize = 8;
/// How many signals are told in one turn, so that a storm of them lets the rest of the loop live.
#[cfg(unix)]
const SIGNALS_MAX: usize = 256;

// Sleeping.
impl<C: 'static> EventLoop<C> {
    /// Every reason not to sleep, and until when to sleep if there is none.
    fn sleep(&self) -> Sleep {
        if self.live.refs() == 0 || self.immediates.borrow().reffed() > 0 || !self.pending.is_empty() || !self.closing.is_empty() || !self.inbox.is_empty() {
            return Sleep::Not;
        }
        match self.timers.borrow().next_deadline_ms() {
            Some(deadline_ms) => Sleep::Until { deadline_ms },
            None => Sleep::Forever,
        }
    }

    /// Asks the system what is ready, asleep until something is or the sleep is over.
    fn wait(&self, sleep: Sleep, found: &mut Found) {
        if sleep == Sleep::Not {
            return self.look(found);
        }
        let asleep_ns = self.read_clock();
        let timeout_ms = match sleep {
            Sleep::Not => Some(0),
            Sleep::Until { deadline_ms } if deadline_ms <= self.now_ms.get() => {
                return self.look(found);
            }
            // Virtual time stands still while a worker works, or a run would depend on how fast it is.
            Sleep::Until { .. } if self.clock_is_virtual && self.pool.borrow().outstanding() > 0 => None,
            Sleep::Until { deadline_ms } if self.clock_is_virtual => {
                return self.skip_to(deadline_ms, found);
            }
            Sleep::Until { deadline_ms } => Some(deadline_ms - self.now_ms.get()),
            Sleep::Forever => None,
        };
        if !self.inbox.fall_asleep() {
            self.inbox.awake();
            return self.look(found);
        }
        self.usage.fall_asleep(asleep_ns);
        self.ask_system(timeout_ms, found);
        self.inbox.awake();
        let idle_ns = self.read_clock().saturating_sub(asleep_ns);
        self.usage.awake(idle_ns);
        self.count(|metrics| {
            metrics.idle_ns += idle_ns;
            metrics.events += found.len();
        });
    }

    /// Asks the system what is ready now. If it watches nothing for us, it need not be asked.
    fn look(&self, found: &mut Found) {
        if self.reactor.is_watching() {
            self.ask_system(Some(0), found);
            self.update_now();
        }
        self.count(|metrics| {
            metrics.events += found.len();
            metrics.events_waiting += found.len() + self.inbox.len() as u64;
        });
    }

    /// The sleep of a virtual clock: if nothing is ready, the timer's time has come.
    fn skip_to(&self, deadline_ms: u64, found: &mut Found) {
        self.look(found);
        if found.len() == 0 && self.inbox.is_empty() {
            let to_ns = deadline_ms.saturating_mul(NS_PER_MS);
            self.clock.virtual_skip(to_ns);
            self.tell(|| What::Skip { to_ns });
            self.update_now();
        }
    }

    fn ask_system(&self, timeout_ms: Option<u64>, found: &mut Found) {
        self.tell(|| What::WaitBegin { timeout_ms });
        self.reactor.wait(timeout_ms, found).expect("a wait fails only if the poller's own descriptor is broken");
        self.tell(|| What::WaitEnd { events: found.len() as usize });
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Sleep {
    Not,
    Until { deadline_ms: u64 },
    Forever,
}

const NS_PER_MS: u64 = 1_000_000;

// The state of the loop, and time.
impl<C: 'static> EventLoop<C> {
    /// Whether anything ref'd, pending or closing is left.
    pub fn alive(&self) -> bool {
        self.live.refs() > 0 || !self.pending.is_empty() || !self.closing.is_empty()
    }

    /// Has no further callback run, not even in this phase, until `resume`. Nothing queued is lost.
    pub fn stop(&self) {
        self.stopped.set(true);
    }

    pub fn stopped(&self) -> bool {
        self.stopped.get()
    }

    pub fn resume(&self) {
        self.stopped.set(false);
    }

    /// The loop's time: read at the beginning of a turn, after sleeping, before timers, and when a timer is made.
    pub fn now_ms(&self) -> u64 {
        self.now_ms.get()
    }

    pub fn update_now(&self) {
        self.read_clock();
    }

    /// The clock's time, to the nanosecond.
    pub fn now_ns(&self) -> u64 {
        self.clock.now_ns()
    }

    pub fn metrics(&self) -> Metrics {
        self.metrics.get()
    }

    /// How busy the loop is, for another thread.
    pub fn usage(&self) -> Arc<Usage> {
        self.usage.clone()
    }

    pub fn observer(&self) -> Option<Rc<dyn Observer>> {
        self.observer.clone()
    }

    fn read_clock(&self) -> u64 {
        let now_ns = self.clock.now_ns();
        self.now_ms.set(now_ns / NS_PER_MS);
        now_ns
    }

    fn count(&self, change: impl FnOnce(&mut Metrics)) {
        let mut metrics = self.metrics.get();
        change(&mut metrics);
        self.metrics.set(metrics);
    }

    pub(crate) fn tell(&self, what: impl FnOnce() -> What) {
        if let Some(observer) = &self.observer {
            observer.event(Event { at_ns: self.clock.now_ns(), what: what() });
        }
    }

    /// Tells of what happened on another thread.
    fn tell_past(&self, when: Instant, what: What) {
        let ago_ns = u64::try_from(when.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if let Some(observer) = &self.observer {
            observer.event(Event { at_ns: self.clock.now_ns().saturating_sub(ago_ns), what });
        }
    }
}
