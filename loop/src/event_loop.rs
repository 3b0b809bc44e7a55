//! The loop itself: one turn, top to bottom, and what may be asked of it.

use crate::arena::Key;
use crate::deferred::{Closing, Pending};
use crate::immediates::Immediates;
use crate::inbox::{Inbox, Message};
use crate::liveness::Liveness;
use crate::poller::Fd;
use crate::pool::{Pool, Stamp};
use crate::reactor::{Counted, Found, Reactor};
#[cfg(unix)]
use crate::signals::Signals;
use crate::timers::Timers;
use crate::{
    Active, AsSource, Callback, Clock, Event, Hold, Interest, Item, Kind, Observer, Outcome, Phase, RealClock, Remote,
    Source, What,
};
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;
use std::time::Instant;

/// An event loop, for one thread. Every method takes `&self` and callbacks may call any of them, through an `Rc` of the
/// loop that they captured.
///
/// A callback that unwinds leaves the loop usable: it has run, everything else is still queued.
pub struct EventLoop<C: 'static> {
    clock: Rc<dyn Clock>,
    clock_is_virtual: bool,
    observer: Option<Rc<dyn Observer>>,
    now_ms: Cell<u64>,
    stopped: Cell<bool>,
    /// Whether the next turn begins with timers: the first of a run does.
    first: Cell<bool>,
    live: Rc<Liveness>,
    timers: RefCell<Timers<C>>,
    immediates: RefCell<Immediates<C>>,
    pending: Pending<C>,
    closing: Closing<C>,
    reactor: Reactor<C>,
    inbox: Inbox<C>,
    pool: RefCell<Pool<C>>,
    #[cfg(unix)]
    signals: Signals<C>,
    /// The events of the last poll phase, kept for its allocation.
    found: RefCell<Found>,
    metrics: Cell<Metrics>,
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

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name(Key);

        impl $name {
            /// The number by which an [`Observer`] knows it. Never used twice for one kind in one loop.
            pub fn as_u64(self) -> u64 {
                self.0.seq
            }
        }
    )*};
}

ids! {
    /// Names a timer. One that has fired or was cancelled names nothing any more, and is never used again.
    TimerId,
    /// Names an immediate, as long as it is queued.
    ImmediateId,
    /// Names an offloaded work, until its `then` is called.
    WorkId,
    /// Names a watched signal.
    SignalId,
    /// Names a registration in the reactor.
    Token
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
            clock,
            observer,
        };
        event_loop.update_now();
        Ok(Rc::new(event_loop))
    }

    /// Turns until nothing that is ref'd is alive, or until stopped.
    pub fn run(&self, cx: &mut C) {
        self.first.set(true);
        while self.turn(Mode::Default, cx) {}
    }

    /// One turn. Returns whether there is reason for another.
    pub fn turn(&self, mode: Mode, cx: &mut C) -> bool {
        if self.goes_on() {
            self.count(|metrics| {
                metrics.loop_count += 1;
                metrics.start_ns.get_or_insert_with(|| self.clock.now_ns());
            });
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

    /// Every phase but poll looks after each callback whether the loop was stopped, and leaves the rest for when it is
    /// resumed.
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
            let Some((key, timer)) = due else { break };
            self.live.change(timer.reffed, false);
            self.call(Kind::Timer.item(key.seq), timer.callback, cx);
        }
    }

    /// Runs what was pending when the phase began.
    fn run_pending(&self, cx: &mut C) {
        for _ in 0..self.pending.len() {
            if self.stopped.get() {
                break;
            }
            let Some((id, callback)) = self.pending.pop_first() else { break };
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
            let Some((source, ready)) = self.reactor.wanted(key, ready) else { continue };
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
        for key in self.signals.take_caught() {
            if self.stopped.get() {
                break;
            }
            let Some(callback) = self.signals.callback(key) else { continue };
            // Busy if it runs the loop itself: then it knows already.
            let Ok(mut callback) = callback.try_borrow_mut() else { continue };
            self.call(Kind::Signal.item(key.seq), |cx: &mut C| callback(cx), cx);
        }
    }

    /// Runs the immediates that were queued when the phase began.
    fn run_immediates(&self, cx: &mut C) {
        let before = self.immediates.borrow().next_seq();
        while !self.stopped.get() {
            let next = self.immediates.borrow_mut().pop(before);
            let Some((key, immediate)) = next else { break };
            self.live.change(immediate.reffed, false);
            self.call(Kind::Immediate.item(key.seq), immediate.callback, cx);
        }
    }

    /// Runs what was closing when the phase began, the last closed first, as in libuv.
    fn run_closing(&self, cx: &mut C) {
        self.closing.begin_batch();
        while !self.stopped.get() {
            let Some((id, callback)) = self.closing.pop_last() else { break };
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

// Sleeping.
impl<C: 'static> EventLoop<C> {
    /// Every reason not to sleep, and how long to sleep if there is none.
    fn sleep(&self) -> Sleep {
        if self.live.refs() == 0
            || self.immediates.borrow().reffed() > 0
            || !self.pending.is_empty()
            || !self.closing.is_empty()
            || !self.inbox.is_empty()
        {
            return Sleep::Not;
        }
        let Some(deadline_ms) = self.timers.borrow().next_deadline_ms() else { return Sleep::Forever };
        self.update_now();
        if deadline_ms <= self.now_ms.get() { Sleep::Not } else { Sleep::Until { deadline_ms } }
    }

    /// Asks the system what is ready, asleep until something is or the sleep is over.
    fn wait(&self, sleep: Sleep, found: &mut Found) {
        let timeout_ms = match sleep {
            Sleep::Not => return self.look(found),
            Sleep::Until { deadline_ms } if self.clock_is_virtual => match self.pool.borrow().outstanding() {
                0 => return self.skip_to(deadline_ms, found),
                // Virtual time stands still while a worker works, or a run would depend on how fast it is.
                _ => None,
            },
            Sleep::Until { deadline_ms } => Some(deadline_ms - self.now_ms.get()),
            Sleep::Forever => None,
        };
        if self.inbox.fall_asleep() {
            let asleep_ns = self.clock.now_ns();
            self.ask_system(timeout_ms, found);
            let idle_ns = self.clock.now_ns().saturating_sub(asleep_ns);
            self.count(|metrics| metrics.idle_ns += idle_ns);
        }
        self.inbox.awake();
        self.update_now();
        self.count(|metrics| metrics.events += found.len());
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
        self.now_ms.set(self.clock.now_ns() / NS_PER_MS);
    }

    /// The clock's time, to the nanosecond.
    pub fn now_ns(&self) -> u64 {
        self.clock.now_ns()
    }

    pub fn metrics(&self) -> Metrics {
        self.metrics.get()
    }

    pub fn observer(&self) -> Option<Rc<dyn Observer>> {
        self.observer.clone()
    }

    /// What keeps the loop alive, one entry for each thing, sorted by kind.
    pub fn active(&self) -> Vec<Active> {
        let of = |kind: Kind, count: usize| std::iter::repeat_n(Active { kind, label: kind.name() }, count);
        let mut active = Vec::new();
        active.extend(of(Kind::Timer, self.timers.borrow().reffed()));
        active.extend(of(Kind::Immediate, self.immediates.borrow().reffed()));
        active.extend(of(Kind::Pending, self.pending.len()));
        active.extend(of(Kind::Closing, self.closing.len()));
        active.extend(self.reactor.labels().into_iter().map(|label| Active { kind: Kind::Source, label }));
        active.extend(self.pool.borrow().labels().map(|label| Active { kind: Kind::Work, label }));
        #[cfg(unix)]
        active.extend(of(Kind::Signal, self.signals.reffed()));
        active.extend(self.live.holds());
        active
    }

    /// Forgets everything without running it: callbacks are dropped, sources and signals are let go, works that no
    /// worker has taken up are not done. For the end of a loop whose callbacks hold it, which would keep each other.
    pub fn clear(&self) {
        let timers = self.timers.borrow_mut().take_all();
        let immediates = self.immediates.borrow_mut().take_all();
        let works = self.pool.borrow_mut().take_all();
        let reffed = timers.iter().filter(|timer| timer.reffed).count()
            + immediates.iter().filter(|immediate| immediate.reffed).count()
            + works.len();
        self.live.release(reffed);
        drop((timers, immediates, works));
        drop((self.pending.take_all(), self.closing.take_all()));
        for key in self.reactor.keys() {
            // It is let go either way.
            let _ = self.deregister(Token(key));
        }
        #[cfg(unix)]
        for key in self.signals.keys() {
            self.signal_remove(SignalId(key));
        }
    }

    fn count(&self, change: impl FnOnce(&mut Metrics)) {
        let mut metrics = self.metrics.get();
        change(&mut metrics);
        self.metrics.set(metrics);
    }

    fn tell(&self, what: impl FnOnce() -> What) {
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

// Timers.
impl<C: 'static> EventLoop<C> {
    /// Calls `callback` once, when at least `delay_ms` have passed from now; from the clock's now, as in Node, not from
    /// when the phase began. Timers fire by deadline, then by age; one made in a callback never fires in the same pass.
    pub fn timer(&self, delay_ms: u64, callback: Callback<C>) -> TimerId {
        self.update_now();
        let deadline_ms = self.now_ms.get().saturating_add(delay_ms);
        let key = self.timers.borrow_mut().add(deadline_ms, callback);
        self.live.change(false, true);
        self.tell(|| What::Enqueue { item: Kind::Timer.item(key.seq), delay_ms: Some(delay_ms) });
        TimerId(key)
    }

    /// Returns whether there was still something to cancel, even if it was due in this very pass.
    pub fn timer_cancel(&self, id: TimerId) -> bool {
        let timer = self.timers.borrow_mut().remove(id.0);
        let Some(timer) = timer else { return false };
        self.live.change(timer.reffed, false);
        self.tell(|| What::Cancel(Kind::Timer.item(id.as_u64())));
        true
    }

    pub fn timer_ref(&self, id: TimerId, reffed: bool) {
        if let Some(was) = self.timers.borrow_mut().set_ref(id.0, reffed) {
            self.live.change(was, reffed);
        }
    }

    pub fn timer_has_ref(&self, id: TimerId) -> bool {
        self.timers.borrow().get(id.0).is_some_and(|timer| timer.reffed)
    }

    /// Whether it is still to fire.
    pub fn timer_active(&self, id: TimerId) -> bool {
        self.timers.borrow().get(id.0).is_some()
    }
}

// Immediates, and what is put off.
impl<C: 'static> EventLoop<C> {
    /// Calls `callback` in the next check phase: this turn's, unless that has begun.
    pub fn immediate(&self, callback: Callback<C>) -> ImmediateId {
        let key = self.immediates.borrow_mut().push(callback);
        self.live.change(false, true);
        self.tell(|| What::Enqueue { item: Kind::Immediate.item(key.seq), delay_ms: None });
        ImmediateId(key)
    }

    /// Returns whether there was still something to cancel.
    pub fn immediate_cancel(&self, id: ImmediateId) -> bool {
        let immediate = self.immediates.borrow_mut().remove(id.0);
        let Some(immediate) = immediate else { return false };
        self.live.change(immediate.reffed, false);
        self.tell(|| What::Cancel(Kind::Immediate.item(id.as_u64())));
        true
    }

    /// One that is not ref'd neither keeps the loop alive nor from sleeping, as in Node.
    pub fn immediate_ref(&self, id: ImmediateId, reffed: bool) {
        if let Some(was) = self.immediates.borrow_mut().set_ref(id.0, reffed) {
            self.live.change(was, reffed);
        }
    }

    pub fn immediate_has_ref(&self, id: ImmediateId) -> bool {
        self.immediates.borrow().has_ref(id.0)
    }

    /// Calls `callback` in the next pending phase: of the next turn, or right after this turn's poll if it is made there.
    /// For results that are known at once but must not be told at once. Keeps the loop alive.
    pub fn pending(&self, callback: Callback<C>) {
        let id = self.pending.push(callback);
        self.tell(|| What::Enqueue { item: Kind::Pending.item(id), delay_ms: None });
    }

    /// Calls `callback` in the next closing phase, the last closed first. Keeps the loop alive.
    pub fn closing(&self, callback: Callback<C>) {
        let id = self.closing.push(callback);
        self.tell(|| What::Enqueue { item: Kind::Closing.item(id), delay_ms: None });
    }

    /// Keeps the loop alive until dropped.
    pub fn hold(&self) -> Hold {
        self.hold_as(Kind::Hold.name())
    }

    /// A hold that is listed under a name of its own.
    pub fn hold_as(&self, label: &'static str) -> Hold {
        Hold::new(self.live.clone(), label)
    }
}

// The reactor.
impl<C: 'static> EventLoop<C> {
    /// Watches a descriptor (on Windows, a socket) and tells `source` what it is ready for, level-triggered.
    ///
    /// The descriptor must be deregistered before it is closed. Like in libuv, a registration keeps the loop alive while
    /// it is ref'd *and* interested in something.
    ///
    /// The error is the system's: EEXIST if it is watched already, EPERM for a regular file.
    pub fn register(&self, fd: &impl AsSource, interest: Interest, source: Rc<dyn Source<C>>) -> io::Result<Token> {
        let (key, counted) = self.reactor.register(Fd::of(fd), interest, source)?;
        self.recount(counted);
        Ok(Token(key))
    }

    /// Changes what is watched for; what it is no longer interested in is not told even if it is known already. If
    /// nothing changes the system is not called.
    pub fn interest(&self, token: Token, interest: Interest) -> io::Result<()> {
        let counted = self.reactor.interest(token.0, interest)?;
        self.recount(counted);
        Ok(())
    }

    /// Ends a registration, also with an error. Nothing is told to its source any more.
    pub fn deregister(&self, token: Token) -> io::Result<()> {
        let (registration, result) = self.reactor.deregister(token.0);
        if let Some(registration) = registration {
            self.live.change(registration.counts(), false);
        }
        result
    }

    pub fn token_ref(&self, token: Token, reffed: bool) {
        if let Some(counted) = self.reactor.set_ref(token.0, reffed) {
            self.recount(counted);
        }
    }

    pub fn token_has_ref(&self, token: Token) -> bool {
        self.reactor.has_ref(token.0)
    }

    fn recount(&self, Counted { was, is }: Counted) {
        self.live.change(was, is);
    }
}

// Other threads, and signals.
impl<C: 'static> EventLoop<C> {
    pub fn remote(&self) -> Remote<C> {
        self.inbox.remote()
    }

    /// Runs `work` on a worker, then `then` here in a poll phase. Keeps the loop alive until then.
    ///
    /// A work that panics lets its worker live; the panic goes on here, in place of `then`, as a callback's own would.
    ///
    /// At most `Options::pool_size` works run at once, in the order of offloading; the rest wait. `label` names it in
    /// traces.
    pub fn offload<T: Send + 'static>(
        &self,
        label: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(Outcome<T>, &mut C) + 'static,
    ) -> WorkId {
        let key = self.pool.borrow_mut().offload(label, work, then, &self.inbox, self.observer.is_some());
        self.live.change(false, true);
        let item = Item { label, ..Kind::Work.item(key.seq) };
        self.tell(|| What::Enqueue { item, delay_ms: None });
        WorkId(key)
    }

    /// Cancels a work that no worker has taken up, and returns whether it could. Its `then` is still called, with
    /// `Outcome::Cancelled`, in a later poll phase.
    pub fn work_cancel(&self, id: WorkId) -> bool {
        let cancelled = self.pool.borrow().cancel(id.0);
        let Some(label) = cancelled else { return false };
        self.tell(|| What::Cancel(Item { label, ..Kind::Work.item(id.as_u64()) }));
        self.inbox.remote().send(Message::Finished { work: id.0, stamp: None })
    }

    /// Calls `callback` in the poll phase each time the process is sent `signum`; all that watch one signal are called,
    /// in the order of watching. Not ref'd at first. When nobody in the process watches a signal any more, it does
    /// what it did before.
    ///
    /// The error is EINVAL for a signal that does not exist or cannot be caught.
    #[cfg(unix)]
    pub fn signal(&self, signum: i32, callback: impl FnMut(&mut C) + 'static) -> io::Result<SignalId> {
        self.signals.watch(signum, Rc::new(RefCell::new(callback)), &self.reactor).map(SignalId)
    }

    /// Returns whether it was still watched.
    #[cfg(unix)]
    pub fn signal_remove(&self, id: SignalId) -> bool {
        let Some(watcher) = self.signals.remove(id.0, &self.reactor) else { return false };
        self.live.change(watcher.reffed, false);
        true
    }

    #[cfg(unix)]
    pub fn signal_ref(&self, id: SignalId, reffed: bool) {
        if let Some(was) = self.signals.set_ref(id.0, reffed) {
            self.live.change(was, reffed);
        }
    }

    #[cfg(unix)]
    pub fn signal_has_ref(&self, id: SignalId) -> bool {
        self.signals.has_ref(id.0)
    }
}
