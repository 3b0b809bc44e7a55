//! A queue of callbacks, first in first out, from whose middle any can be taken.
//!
//! Entries carry ever larger sequence numbers, so one is found by search and none needs a place of its own: entries lie
//! side by side, and a million are worked off as fast as memory can be read. One taken from the middle leaves a gap;
//! gaps at the ends, and gaps that have become the larger part, are closed at once.

use crate::Callback;
use std::collections::VecDeque;

/// Invariant: the first and the last entry are not gaps, so an empty queue has no entries.
pub(crate) struct Queue<C> {
    entries: VecDeque<Entry<C>>,
    gaps: usize,
}

struct Entry<C> {
    seq: u64,
    reffed: bool,
    /// None is a gap.
    callback: Option<Callback<C>>,
}

/// What comes out of a queue.
pub(crate) struct Queued<C> {
    pub seq: u64,
    pub reffed: bool,
    pub callback: Callback<C>,
}

/// Above this capacity, a queue that has become empty gives its memory back.
const CAPACITY_KEPT: usize = 1024;
/// With fewer gaps than this, closing them is not worth the moves.
const GAPS_KEPT: usize = 32;

impl<C> Queue<C> {
    pub const fn new() -> Self {
        Queue { entries: VecDeque::new(), gaps: 0 }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// `seq` must be larger than any before.
    pub fn push(&mut self, seq: u64, callback: Callback<C>) {
        self.entries.push_back(Entry { seq, reffed: true, callback: Some(callback) });
    }

    /// Takes the first, if its number is below `before`.
    pub fn pop(&mut self, before: u64) -> Option<Queued<C>> {
        self.entries.front().filter(|first| first.seq < before)?;
        let Entry { seq, reffed, callback } = self.entries.pop_front()?;
        self.close_ends();
        Some(Queued { seq, reffed, callback: callback? })
    }

    pub fn remove(&mut self, seq: u64) -> Option<Queued<C>> {
        let index = self.find(seq)?;
        let entry = &mut self.entries[index];
        let removed = Queued { seq, reffed: entry.reffed, callback: entry.callback.take()? };
        self.gaps += 1;
        self.close_ends();
        if self.gaps > GAPS_KEPT && self.gaps > self.entries.len() / 2 {
            self.entries.retain(|entry| entry.callback.is_some());
            self.entries.shrink_to(self.entries.len() * 2);
            self.gaps = 0;
        }
        Some(removed)
    }

    pub fn has_ref(&self, seq: u64) -> Option<bool> {
        Some(self.entries[self.find(seq)?].reffed)
    }

    /// Sets whether one is ref'd; returns whether it was.
    pub fn set_ref(&mut self, seq: u64, reffed: bool) -> Option<bool> {
        let index = self.find(seq)?;
        Some(std::mem::replace(&mut self.entries[index].reffed, reffed))
    }

    pub fn reffed(&self) -> usize {
        self.entries.iter().filter(|entry| entry.callback.is_some() && entry.reffed).count()
    }

    fn find(&self, seq: u64) -> Option<usize> {
        // Where it is if everything numbered since the first is here and in place: mostly true, and quickly seen.
        let guess = usize::try_from(seq.checked_sub(self.entries.front()?.seq)?).ok()?;
        let index = match self.entries.get(guess) {
            Some(entry) if entry.seq == seq => guess,
            _ => self.entries.binary_search_by_key(&seq, |entry| entry.seq).ok()?,
        };
        self.entries[index].callback.is_some().then_some(index)
    }

    fn close_ends(&mut self) {
        if self.gaps > 0 {
            let is_gap = |entry: &Entry<C>| entry.callback.is_none();
            while self.entries.front().is_some_and(is_gap) {
                self.entries.pop_front();
                self.gaps -= 1;
            }
            while self.entries.back().is_some_and(is_gap) {
                self.entries.pop_back();
                self.gaps -= 1;
            }
        }
        if self.entries.is_empty() && self.entries.capacity() > CAPACITY_KEPT {
            self.entries = VecDeque::new();
        }
    }
}
