//! A slab whose entries may also be threaded on doubly linked lists, so that the loop's queues append, cancel and pop
//! in constant time and hand memory back at once.
//!
//! Every insertion takes the next sequence number. It makes a [`Key`] unique for the life of the arena (a stale key
//! never finds a newer entry), it orders entries, and it separates those inserted before some moment from those after.

const NIL: u32 = u32::MAX;
/// Above this many slots, an arena that has become empty gives its memory back.
const KEPT_SLOTS: usize = 1024;

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Key {
    pub index: u32,
    pub seq: u64,
}

/// The two ends of a list through an [`Arena`]. Dropping it does not drop its entries; the arena owns them.
#[derive(Clone, Copy)]
pub(crate) struct List {
    head: u32,
    tail: u32,
}

impl List {
    pub const EMPTY: List = List { head: NIL, tail: NIL };

    pub fn is_empty(&self) -> bool {
        self.head == NIL
    }
}

pub(crate) struct Arena<T> {
    slots: Vec<Slot<T>>,
    free: u32,
    len: usize,
    next_seq: u64,
}

struct Slot<T> {
    seq: u64,
    prev: u32,
    /// The next entry of the list this one is on; of a vacant slot, the next vacant one.
    next: u32,
    value: Option<T>,
}

impl<T> Arena<T> {
    pub const fn new() -> Self {
        Arena { slots: Vec::new(), free: NIL, len: 0, next_seq: 1 }
    }

    pub fn len(&self) -> usize {
        self.len
    }

    /// The sequence number of the next insertion: entries that are here now have a smaller one.
    pub fn next_seq(&self) -> u64 {
        self.next_seq
    }

    pub fn insert(&mut self, value: T) -> Key {
        self.place(NIL, value)
    }

    pub fn push_back(&mut self, list: &mut List, value: T) -> Key {
        let key = self.place(list.tail, value);
        match list.tail {
            NIL => list.head = key.index,
            tail => self.slots[tail as usize].next = key.index,
        }
        list.tail = key.index;
        key
    }

    /// The first entry of `list`.
    pub fn front(&self, list: &List) -> Option<Key> {
        (list.head != NIL).then(|| Key { index: list.head, seq: self.slots[list.head as usize].seq })
    }

    /// Takes out an entry that is on no list.
    pub fn remove(&mut self, key: Key) -> Option<T> {
        self.get(key)?;
        self.vacate(key.index)
    }

    /// Takes out an entry that is on `list`.
    pub fn unlink(&mut self, list: &mut List, key: Key) -> Option<T> {
        self.get(key)?;
        let (prev, next) = (self.slots[key.index as usize].prev, self.slots[key.index as usize].next);
        match prev {
            NIL => list.head = next,
            prev => self.slots[prev as usize].next = next,
        }
        match next {
            NIL => list.tail = prev,
            next => self.slots[next as usize].prev = prev,
        }
        self.vacate(key.index)
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

    /// Forgets every entry and returns them, so that they are dropped where the caller chooses. Old keys stay stale.
    pub fn take_all(&mut self) -> Vec<T> {
        self.free = NIL;
        self.len = 0;
        std::mem::take(&mut self.slots).into_iter().filter_map(|slot| slot.value).collect()
    }

    fn place(&mut self, prev: u32, value: T) -> Key {
        let seq = self.next_seq;
        self.next_seq += 1;
        self.len += 1;
        let slot = Slot { seq, prev, next: NIL, value: Some(value) };
        let index = match self.free {
            NIL => {
                let index = u32::try_from(self.slots.len()).ok().filter(|&index| index != NIL);
                self.slots.push(slot);
                index.expect("memory ends long before four thousand million entries")
            }
            index => {
                let vacant = &mut self.slots[index as usize];
                self.free = vacant.next;
                *vacant = slot;
                index
            }
        };
        Key { index, seq }
    }

    fn vacate(&mut self, index: u32) -> Option<T> {
        let slot = &mut self.slots[index as usize];
        let value = slot.value.take();
        slot.next = self.free;
        self.free = index;
        self.len -= 1;
        if self.len == 0 && self.slots.len() > KEPT_SLOTS {
            self.slots = Vec::new();
            self.free = NIL;
        }
        value
    }
}
