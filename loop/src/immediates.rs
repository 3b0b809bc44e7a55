//! Immediates: one queue, and how many in it keep the loop from sleeping.

use crate::Callback;
use crate::queue::{Queue, Queued};

pub(crate) struct Immediates<C> {
    queue: Queue<C>,
    next_seq: u64,
    reffed: usize,
}

impl<C> Immediates<C> {
    pub fn new() -> Self {
        Immediates { queue: Queue::new(), next_seq: 1, reffed: 0 }
    }

    pub fn push(&mut self, callback: Callback<C>) -> u64 {
        let seq = self.next_seq;
        self.next_seq += 1;
        self.reffed += 1;
        self.queue.push(seq, callback);
        seq
    }

    /// The number the next immediate will have: those queued by now have smaller ones.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// Takes the first of those numbered below `before`.
    pub fn pop(&mut self, before: u64) -> Option<Queued<C>> {
        self.queue.pop(before).inspect(|immediate| self.reffed -= usize::from(immediate.reffed))
    }

    pub fn remove(&mut self, seq: u64) -> Option<Queued<C>> {
        self.queue.remove(seq).inspect(|immediate| self.reffed -= usize::from(immediate.reffed))
    }

    pub fn has_ref(&self, seq: u64) -> bool {
        self.queue.has_ref(seq).unwrap_or(false)
    }

    /// Sets whether one is ref'd; returns whether it was.
    pub fn set_ref(&mut self, seq: u64, reffed: bool) -> Option<bool> {
        let was = self.queue.set_ref(seq, reffed)?;
        self.reffed = self.reffed + usize::from(reffed) - usize::from(was);
        Some(was)
    }

    pub fn reffed(&self) -> usize {
        self.reffed
    }

    /// Empties the queue; what was in it is the caller's to drop.
    pub fn take_all(&mut self) -> Queue<C> {
        self.reffed = 0;
        std::mem::replace(&mut self.queue, Queue::new())
    }
}
