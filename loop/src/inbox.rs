//! How other threads reach the loop: one channel, and at most one wake-up per sleep.

use crate::arena::Key;
use crate::poller::Waker;
use crate::pool::Stamp;
use crossbeam_channel::{Receiver, Sender};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering, fence};
use std::time::Instant;

pub(crate) enum Message<C> {
    Post { call: Box<dyn FnOnce(&mut C) + Send>, posted: Option<Instant> },
    Finished { work: Key, stamp: Option<Stamp> },
}

pub(crate) struct Inbox<C> {
    sender: Sender<Message<C>>,
    receiver: Receiver<Message<C>>,
    doorbell: Arc<Doorbell>,
}

impl<C> Inbox<C> {
    pub fn new(waker: Waker, observed: bool) -> Self {
        // Not bounded: a full channel would make workers wait for the loop. Its length is bounded by what was offloaded
        // and by whoever holds a Remote.
        let (sender, receiver) = crossbeam_channel::unbounded();
        let doorbell = Doorbell { state: AtomicU8::new(AWAKE), observed, closed: AtomicBool::new(false), waker };
        Inbox { sender, receiver, doorbell: Arc::new(doorbell) }
    }

    pub fn remote(&self) -> Remote<C> {
        Remote { sender: self.sender.clone(), doorbell: self.doorbell.clone() }
    }

    pub fn len(&self) -> usize {
        self.receiver.len()
    }

    pub fn is_empty(&self) -> bool {
        self.receiver.is_empty()
    }

    pub fn take(&self) -> Option<Message<C>> {
        self.receiver.try_recv().ok()
    }

    /// Announces that the loop is about to sleep: from now on who sends also rings. Returns false if there is something
    /// to do already.
    pub fn fall_asleep(&self) -> bool {
        self.doorbell.state.store(ASLEEP, Ordering::SeqCst);
        // Either we see the message here or its sender sees that we sleep; see Doorbell::ring.
        fence(Ordering::SeqCst);
        self.receiver.is_empty()
    }

    pub fn awake(&self) {
        self.doorbell.state.store(AWAKE, Ordering::SeqCst);
    }
}

impl<C> Drop for Inbox<C> {
    fn drop(&mut self) {
        self.doorbell.closed.store(true, Ordering::SeqCst);
        // What was sent in the meantime is dropped here, on the loop's thread.
        while self.take().is_some() {}
    }
}

/// Wakes the loop if it sleeps. While it is busy, sending costs no system call; while it sleeps, the first to send rings.
struct Doorbell {
    state: AtomicU8,
    observed: bool,
    closed: AtomicBool,
    waker: Waker,
}

const AWAKE: u8 = 0;
const ASLEEP: u8 = 1;
const RUNG: u8 = 2;

impl Doorbell {
    fn ring(&self) {
        // Pairs with the fence in Inbox::fall_asleep: the message went into the channel before this look at the state.
        fence(Ordering::SeqCst);
        if self.state.compare_exchange(ASLEEP, RUNG, Ordering::SeqCst, Ordering::SeqCst).is_ok() {
            self.waker.wake();
        }
    }
}

/// Reaches the loop from any thread. It does not keep the loop alive: take a `Hold` where an answer must be awaited.
pub struct Remote<C: 'static> {
    sender: Sender<Message<C>>,
    doorbell: Arc<Doorbell>,
}

impl<C> Remote<C> {
    /// Has `call` run on the loop's thread, in the poll phase, in the order of posting. Returns false, and drops `call`,
    /// if the loop is no more.
    pub fn post(&self, call: impl FnOnce(&mut C) + Send + 'static) -> bool {
        let posted = self.doorbell.observed.then(Instant::now);
        self.send(Message::Post { call: Box::new(call), posted })
    }

    pub(crate) fn send(&self, message: Message<C>) -> bool {
        if self.doorbell.closed.load(Ordering::SeqCst) {
            return false;
        }
        let sent = self.sender.send(message).is_ok();
        self.doorbell.ring();
        sent
    }
}

impl<C> Clone for Remote<C> {
    fn clone(&self) -> Self {
        Remote { sender: self.sender.clone(), doorbell: self.doorbell.clone() }
    }
}
