//! The worker pool: blocking work on a few threads, its results back on the loop.

use crate::Callback;
use crate::arena::{Arena, Key};
use crate::inbox::{Inbox, Message, Remote};
use crossbeam_channel::{Receiver, Sender};
use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

/// What became of an offloaded work.
pub enum Outcome<T> {
    Done(T),
    /// `work_cancel` came before a worker took it up.
    Cancelled,
}

impl<T> Outcome<T> {
    /// The result, if there is one.
    pub fn done(self) -> Option<T> {
        match self {
            Outcome::Done(value) => Some(value),
            Outcome::Cancelled => None,
        }
    }
}

/// The loop's side of the pool.
pub(crate) struct Pool<C> {
    size: usize,
    /// How many workers run. They are started when first there is more to do than workers to do it.
    started: usize,
    queue: Sender<Ticket>,
    tickets: Receiver<Ticket>,
    closed: Arc<AtomicBool>,
    works: Arena<Work<C>>,
}

pub(crate) struct Work<C> {
    pub label: &'static str,
    pub then: Callback<C>,
    job: Arc<dyn Job>,
}

/// What a worker is handed.
struct Ticket {
    work: Key,
    job: Arc<dyn Job>,
}

/// Who ran a work and when, for the observer.
#[derive(Clone, Copy)]
pub(crate) struct Stamp {
    pub worker: usize,
    pub begin: Instant,
    pub end: Instant,
}

impl<C: 'static> Pool<C> {
    pub fn new(size: usize) -> Self {
        // Not bounded: to refuse work would be to make the loop wait. What is queued was asked for by the program.
        let (queue, tickets) = crossbeam_channel::unbounded();
        let closed = Arc::new(AtomicBool::new(false));
        Pool { size: size.max(1), started: 0, queue, tickets, closed, works: Arena::new() }
    }

    pub fn outstanding(&self) -> usize {
        self.works.len()
    }

    pub fn offload<T: Send + 'static>(
        &mut self,
        label: &'static str,
        work: impl FnOnce() -> T + Send + 'static,
        then: impl FnOnce(Outcome<T>, &mut C) + 'static,
        inbox: &Inbox<C>,
        observed: bool,
    ) -> Key {
        let packet = Arc::new(Packet { state: Mutex::new(State::Queued(work)) });
        let job: Arc<dyn Job> = packet.clone();
        let then = move |cx: &mut C| then(packet.outcome(), cx);
        let key = self.works.insert(Work { label, then: Box::new(then), job: job.clone() });
        if self.started < self.size && self.works.len() > self.started {
            self.start_worker(inbox.remote(), observed);
        }
        if self.started == 0 {
            // The system gives us no thread at all: slow is better than never.
            job.run();
            inbox.remote().send(Message::Finished { work: key, stamp: None });
        } else {
            let sent = self.queue.send(Ticket { work: key, job });
            debug_assert!(sent.is_ok(), "this struct holds a receiver");
        }
        key
    }

    /// Cancels a work that no worker has taken up, and returns its label. Its end is still to be announced.
    pub fn cancel(&self, key: Key) -> Option<&'static str> {
        self.works.get(key).filter(|work| work.job.cancel()).map(|work| work.label)
    }

    pub fn finish(&mut self, key: Key) -> Option<Work<C>> {
        self.works.remove(key)
    }

    pub fn labels(&self) -> impl Iterator<Item = &'static str> {
        self.works.iter().map(|(_, work)| work.label)
    }

    /// Forgets every work; what no worker has taken up will not run.
    pub fn take_all(&mut self) -> Vec<Work<C>> {
        let works = self.works.take_all();
        for work in &works {
            work.job.cancel();
        }
        works
    }

    fn start_worker(&mut self, remote: Remote<C>, observed: bool) {
        let (worker, tickets, closed) = (self.started, self.tickets.clone(), self.closed.clone());
        let body = move || work_off(worker, &tickets, &closed, &remote, observed);
        if thread::Builder::new().name(format!("coil-pool-{worker}")).spawn(body).is_ok() {
            self.started += 1;
        }
    }
}

impl<C> Drop for Pool<C> {
    /// Lets the workers go without waiting for them, for one may be in a read that never ends: the idle ones find the
    /// queue closed, the busy ones find it so when they are done, and neither takes up anything more.
    fn drop(&mut self) {
        self.closed.store(true, Ordering::SeqCst);
    }
}

/// A worker's life.
fn work_off<C>(worker: usize, tickets: &Receiver<Ticket>, closed: &AtomicBool, remote: &Remote<C>, observed: bool) {
    for Ticket { work, job } in tickets {
        if closed.load(Ordering::SeqCst) {
            return;
        }
        let begin = observed.then(Instant::now);
        if job.run() {
            let stamp = begin.map(|begin| Stamp { worker, begin, end: Instant::now() });
            drop(job);
            remote.send(Message::Finished { work, stamp });
        }
    }
}

/// A work whose type is forgotten.
trait Job: Send + Sync {
    /// Runs it, unless it was cancelled; tells whether it ran.
    fn run(&self) -> bool;
    /// Cancels it, unless it was taken up; tells whether it did.
    fn cancel(&self) -> bool;
}

/// A work and then its outcome, shared by the worker and the loop.
struct Packet<W, T> {
    state: Mutex<State<W, T>>,
}

enum State<W, T> {
    Queued(W),
    Running,
    Done(T),
    /// By the work, not by us: it goes on to where panics of the loop's thread are caught.
    Panicked(Box<dyn Any + Send>),
    Cancelled,
}

impl<W, T> Packet<W, T> {
    fn state(&self) -> MutexGuard<'_, State<W, T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves on from `Queued` to `next`; returns the work, if it was still there.
    fn take(&self, next: State<W, T>) -> Option<W> {
        let mut state = self.state();
        if !matches!(*state, State::Queued(_)) {
            return None;
        }
        match std::mem::replace(&mut *state, next) {
            State::Queued(work) => Some(work),
            _ => None,
        }
    }

    fn outcome(&self) -> Outcome<T> {
        let state = std::mem::replace(&mut *self.state(), State::Cancelled);
        match state {
            State::Done(value) => Outcome::Done(value),
            State::Panicked(panic) => resume_unwind(panic),
            State::Queued(_) | State::Running | State::Cancelled => Outcome::Cancelled,
        }
    }
}

impl<W: FnOnce() -> T + Send, T: Send> Job for Packet<W, T> {
    fn run(&self) -> bool {
        let Some(work) = self.take(State::Running) else {
            return false;
        };
        let over = match catch_unwind(AssertUnwindSafe(work)) {
            Ok(value) => State::Done(value),
            Err(panic) => State::Panicked(panic),
        };
        *self.state() = over;
        true
    }

    fn cancel(&self) -> bool {
        self.take(State::Cancelled).is_some()
    }
}
