//! Timers: ordered by deadline, then by the order of their making.
//!
//! Programs make many timers and few distinct deadlines, so the ordered map holds one entry per millisecond with a list
//! of that millisecond's timers in order of creation. Making a timer looks up one deadline; cancelling unlinks.

use crate::arena::{Arena, Key, List};
use crate::Callback;
use std::collections::BTreeMap;

pub(crate) struct Timers<C> {
    by_deadline: BTreeMap<u64, List>,
    arena: Arena<Timer<C>>,
}

pub(crate) struct Timer<C> {
    deadline_ms: u64,
    pub reffed: bool,
    pub callback: Callback<C>,
}

impl<C> Timers<C> {
    pub fn new() -> Self {
        Timers { by_deadline: BTreeMap::new(), arena: Arena::new() }
    }

    pub fn add(&mut self, deadline_ms: u64, callback: Callback<C>) -> Key {
        let list = self.by_deadline.entry(deadline_ms).or_insert(List::EMPTY);
        self.arena.push_back(list, Timer { deadline_ms, reffed: true, callback })
    }

    pub fn remove(&mut self, key: Key) -> Option<Timer<C>> {
        let deadline_ms = self.arena.get(key)?.deadline_ms;
        let list = self.by_deadline.get_mut(&deadline_ms).expect("a timer's deadline is in the map");
        let timer = self.arena.unlink(list, key);
        if list.is_empty() {
            self.by_deadline.remove(&deadline_ms);
        }
        timer
    }

    /// Takes the first timer that is due at `now_ms` and was made before the arena stood at `before`. A timer made in
    /// this pass has a later deadline, or the same and is behind all the pass has to run.
    pub fn pop_due(&mut self, now_ms: u64, before: u64) -> Option<(Key, Timer<C>)> {
        let mut first = self.by_deadline.first_entry().filter(|first| *first.key() <= now_ms)?;
        let key = self.arena.front(first.get()).filter(|key| key.seq < before)?;
        let timer = self.arena.unlink(first.get_mut(), key)?;
        if first.get().is_empty() {
            first.remove();
        }
        Some((key, timer))
    }

    pub fn next_deadline_ms(&self) -> Option<u64> {
        self.by_deadline.first_key_value().map(|(&deadline_ms, _)| deadline_ms)
    }

    pub fn next_seq(&self) -> u64 {
        self.arena.next_seq()
    }

    pub fn get(&self, key: Key) -> Option<&Timer<C>> {
        self.arena.get(key)
    }

    /// Sets whether one is ref'd; returns whether it was.
    pub fn set_ref(&mut self, key: Key, reffed: bool) -> Option<bool> {
        Some(std::mem::replace(&mut self.arena.get_mut(key)?.reffed, reffed))
    }

    pub fn reffed(&self) -> usize {
        self.arena.iter().filter(|(_, timer)| timer.reffed).count()
    }

    pub fn take_all(&mut self) -> Vec<Timer<C>> {
        self.by_deadline.clear();
        self.arena.take_all()
    }
}
