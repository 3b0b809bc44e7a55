//! What may be asked of the loop: to call back later, to watch, to work.

use crate::arena::Key;
use crate::inbox::Message;
use crate::poller::Fd;
use crate::queue::Queue;
use crate::reactor::Counted;
use crate::timers::TimerKey;
use crate::{Active, AsSource, Callback, EventLoop, Hold, Interest, Item, Kind, Outcome, Remote, Source, What};
#[cfg(unix)]
use std::cell::RefCell;
use std::io;
use std::rc::Rc;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident($key:ty), $number:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub struct $name($key);

        impl $name {
            /// The number by which an [`Observer`](crate::Observer) knows it; no other of its kind ever has it.
            pub fn as_u64(self) -> u64 {
                let number: fn($key) -> u64 = $number;
                number(self.0)
            }
        }
    )*};
}

ids! {
    /// Names a timer. One that has fired or was cancelled names nothing any more, and is never used again.
    TimerId(TimerKey), |key| key.seq;
    /// Names an immediate, as long as it is queued.
    ImmediateId(u64), |seq| seq;
    /// Names an offloaded work, until its `then` is called.
    WorkId(Key), |key| key.seq;
    /// Names a watched signal.
    SignalId(Key), |key| key.seq;
    /// Names a registration in the reactor.
    Token(Key), |key| key.seq;
}

// Timers.
impl<C: 'static> EventLoop<C> {
    /// Calls `callback` once, when at least `delay_ms` have passed from now; from the clock's now, as in Node, not from
    /// when the phase began. Timers fire by deadline, then by age; one made in a callback never fires in the same pass.
    pub fn timer(&self, delay_ms: u64, callback: Callback<C>) -> TimerId {
        self.update_now();
        let deadline_ms = self.now_ms().saturating_add(delay_ms);
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
        self.timers.borrow().has_ref(id.0).unwrap_or(false)
    }

    /// Whether it is still to fire.
    pub fn timer_active(&self, id: TimerId) -> bool {
        self.timers.borrow().has_ref(id.0).is_some()
    }
}

// Immediates, and what is put off.
impl<C: 'static> EventLoop<C> {
    /// Calls `callback` in the next check phase: this turn's, unless that has begun.
    pub fn immediate(&self, callback: Callback<C>) -> ImmediateId {
        let seq = self.immediates.borrow_mut().push(callback);
        self.live.change(false, true);
        self.tell(|| What::Enqueue { item: Kind::Immediate.item(seq), delay_ms: None });
        ImmediateId(seq)
    }

    /// Returns whether there was still something to cancel.
    pub fn immediate_cancel(&self, id: ImmediateId) -> bool {
        let immediate = self.immediates.borrow_mut().remove(id.0);
        let Some(immediate) = immediate else {
            return false;
        };
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
    pub fn offload<T: Send + 'static>(&self, label: &'static str, work: impl FnOnce() -> T + Send + 'static, then: impl FnOnce(Outcome<T>, &mut C) + 'static) -> WorkId {
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
        let Some(watcher) = self.signals.remove(id.0, &self.reactor) else {
            return false;
        };
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

// All of it.
impl<C: 'static> EventLoop<C> {
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
        let reffed = timers.values().map(Queue::reffed).sum::<usize>() + immediates.reffed() + works.len();
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
}
