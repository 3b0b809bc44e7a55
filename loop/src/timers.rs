//! Timers: ordered by deadline, then by the order of making.
//!
//! Programs make many timers and few distinct deadlines, so the ordered map holds one queue for each millisecond in which
//! something is due. Making a timer looks up one deadline and appends.

use crate::Callback;
use crate::queue::{Queue, Queued};
use std::collections::BTreeMap;

pub(crate) struct Timers<C> {
    /// No queue in it is empty.
    by_deadline: BTreeMap<u64, Queue<C>>,
    next_seq: u64,
}

/// Where a timer is, and which it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct TimerKey {
    pub deadline_ms: u64,
    pub seq: u64,
}

impl<C> Timers<C> {
    pub fn new() -> Self {
        Timers { by_deadline: BTreeMap::new(), next_seq: 1 }
    }

    pub fn add(&mut self, deadline_ms: u64, callback: Callback<C>) -> TimerKey {
        let seq = self.next_seq;
        self.next_seq += 1;
        self.by_deadline.entry(deadline_ms).or_insert_with(Queue::new).push(seq, callback);
        TimerKey { deadline_ms, seq }
    }

    /// The number the next timer will have: those made by now have smaller ones.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    /// Takes the first timer that is due at `now_ms`, unless it is numbered `before` or above: a timer made in the pass
    /// that asks is behind all that the pass has to run.
    pub fn pop_due(&mut self, now_ms: u64, before: u64) -> Option<Queued<C>> {
        let mut first = self.by_deadline.first_entry().filter(|first| *first.key() <= now_ms)?;
        let timer = first.get_mut().pop(before);
        if first.get().is_empty() {
            first.remove();
        }
        timer
    }

    pub fn remove(&mut self, TimerKey { deadline_ms, seq }: TimerKey) -> Option<Queued<C>> {
        let queue = self.by_deadline.get_mut(&deadline_ms)?;
        let timer = queue.remove(seq);
        if queue.is_empty() {
            self.by_deadline.remove(&deadline_ms);
        }
        timer
    }

    pub fn next_deadline_ms(&self) -> Option<u64> {
        self.by_deadline.first_key_value().map(|(&deadline_ms, _)| deadline_ms)
    }

    /// Whether a timer is ref'd, if it is still to fire.
    pub fn has_ref(&self, TimerKey { deadline_ms, seq }: TimerKey) -> Option<bool> {
        self.by_deadline.get(&deadline_ms)?.has_ref(seq)
    }

    /// Sets whether one is ref'd; returns whether it was.
    pub fn set_ref(&mut self, TimerKey { deadline_ms, seq }: TimerKey, reffed: bool) -> Option<bool> {
        self.by_deadline.get_mut(&deadline_ms)?.set_ref(seq, reffed)
    }

    pub fn reffed(&self) -> usize {
        self.by_deadline.values().map(Queue::reffed).sum()
    }

    /// Forgets every timer; they are the caller's to drop.
    pub fn take_all(&mut self) -> BTreeMap<u64, Queue<C>> {
        std::mem::take(&mut self.by_deadline)
    }
}
