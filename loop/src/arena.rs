//! A slab with keys that are never used twice: what has left is never mistaken for what came in its place.

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Key {
    pub index: u32,
    /// The number of the insertion. Keys sort by age with it.
    pub seq: u64,
}

/// Above this many slots, an arena that has become empty gives its memory back.
const SLOTS_KEPT: usize = 1024;

pub(crate) struct Arena<T> {
    slots: Vec<Slot<T>>,
    vacant: Vec<u32>,
    next_seq: u64,
}

struct Slot<T> {
    seq: u64,
    value: Option<T>,
}

impl<T> Arena<T> {
    pub const fn new() -> Self {
        Arena { slots: Vec::new(), vacant: Vec::new(), next_seq: 1 }
    }

    pub fn len(&self) -> usize {
        self.slots.len() - self.vacant.len()
    }

    pub fn insert(&mut self, value: T) -> Key {
        let seq = self.next_seq;
        self.next_seq += 1;
        let slot = Slot { seq, value: Some(value) };
        let index = match self.vacant.pop() {
            Some(index) => {
                self.slots[index as usize] = slot;
                index
            }
            None => {
                self.slots.push(slot);
                u32::try_from(self.slots.len() - 1).expect("memory ends long before four thousand million entries")
            }
        };
        Key { index, seq }
    }

    pub fn remove(&mut self, key: Key) -> Option<T> {
        let value = self.slots.get_mut(key.index as usize).filter(|slot| slot.seq == key.seq)?.value.take()?;
        self.vacant.push(key.index);
        if self.len() == 0 && self.slots.len() > SLOTS_KEPT {
            // Numbers go on, so old keys stay old.
            (self.slots, self.vacant) = (Vec::new(), Vec::new());
        }
        Some(value)
    }

    pub fn get(&self, key: Key) -> Option<&T> {
        self.slots.get(key.index as usize).filter(|slot| slot.seq == key.seq)?.value.as_ref()
    }

    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        self.slots.get_mut(key.index as usize).filter(|slot| slot.seq == key.seq)?.value.as_mut()
    }

    /// The key of whatever is at `index` now.
    pub fn key_at(&self, index: usize) -> Option<Key> {
        let slot = self.slots.get(index).filter(|slot| slot.value.is_some())?;
        Some(Key { index: index as u32, seq: slot.seq })
    }

    /// All entries, in no particular order.
    pub fn iter(&self) -> impl Iterator<Item = (Key, &T)> {
        self.slots.iter().enumerate().filter_map(|(index, slot)| {
            let value = slot.value.as_ref()?;
            Some((Key { index: index as u32, seq: slot.seq }, value))
        })
    }

    /// Forgets every entry; they are the caller's to drop.
    pub fn take_all(&mut self) -> Vec<T> {
        self.vacant = Vec::new();
        std::mem::take(&mut self.slots).into_iter().filter_map(|slot| slot.value).collect()
    }
}
