//! Immediates: a queue from whose middle one can be taken in constant time.

use crate::arena::{Arena, Key, List};
use crate::Callback;

pub(crate) struct Immediates<C> {
    queue: List,
    arena: Arena<Immediate<C>>,
    /// How many are ref'd: with any, the loop does not sleep.
    reffed: usize,
}

pub(crate) struct Immediate<C> {
    pub reffed: bool,
    pub callback: Callback<C>,
}

impl<C> Immediates<C> {
    pub fn new() -> Self {
        Immediates { queue: List::EMPTY, arena: Arena::new(), reffed: 0 }
    }

    pub fn push(&mut self, callback: Callback<C>) -> Key {
        self.reffed += 1;
        self.arena.push_back(&mut self.queue, Immediate { reffed: true, callback })
    }

    pub fn remove(&mut self, key: Key) -> Option<Immediate<C>> {
        let immediate = self.arena.unlink(&mut self.queue, key)?;
        self.reffed -= usize::from(immediate.reffed);
        Some(immediate)
    }

    /// Takes the first that was queued before the arena stood at `before`.
    pub fn pop(&mut self, before: u64) -> Option<(Key, Immediate<C>)> {
        let key = self.arena.front(&self.queue).filter(|key| key.seq < before)?;
        Some((key, self.remove(key)?))
    }

    /// Sets whether one is ref'd; returns whether it was.
    pub fn set_ref(&mut self, key: Key, reffed: bool) -> Option<bool> {
        let was = std::mem::replace(&mut self.arena.get_mut(key)?.reffed, reffed);
        self.reffed = self.reffed + usize::from(reffed) - usize::from(was);
        Some(was)
    }

    pub fn has_ref(&self, key: Key) -> bool {
        self.arena.get(key).is_some_and(|immediate| immediate.reffed)
    }

    pub fn next_seq(&self) -> u64 {
        self.arena.next_seq()
    }

    pub fn reffed(&self) -> usize {
        self.reffed
    }

    pub fn take_all(&mut self) -> Vec<Immediate<C>> {
        self.queue = List::EMPTY;
        self.reffed = 0;
        self.arena.take_all()
    }
}
