//! The two queues of what is put off to a phase: pending and closing. Neither can be cancelled.

use crate::Callback;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// First in, first out.
pub(crate) struct Pending<C> {
    queue: RefCell<VecDeque<(u64, Callback<C>)>>,
    next_id: Cell<u64>,
}

impl<C> Pending<C> {
    pub fn push(&self, callback: Callback<C>) -> u64 {
        let id = self.next_id.replace(self.next_id.get() + 1);
        self.queue.borrow_mut().push_back((id, callback));
        id
    }

    pub fn pop_first(&self) -> Option<(u64, Callback<C>)> {
        self.queue.borrow_mut().pop_front()
    }

    pub fn len(&self) -> usize {
        self.queue.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn take_all(&self) -> impl Sized + use<C> {
        self.queue.take()
    }
}

/// Last in, first out, in batches: what is put in while a batch is run waits for the next.
pub(crate) struct Closing<C> {
    batch: RefCell<Vec<(u64, Callback<C>)>>,
    next_batch: RefCell<Vec<(u64, Callback<C>)>>,
    next_id: Cell<u64>,
}

impl<C> Closing<C> {
    pub fn push(&self, callback: Callback<C>) -> u64 {
        let id = self.next_id.replace(self.next_id.get() + 1);
        self.next_batch.borrow_mut().push((id, callback));
        id
    }

    pub fn begin_batch(&self) {
        self.batch.borrow_mut().append(&mut self.next_batch.borrow_mut());
    }

    /// The last of this batch.
    pub fn pop_last(&self) -> Option<(u64, Callback<C>)> {
        self.batch.borrow_mut().pop()
    }

    pub fn len(&self) -> usize {
        self.batch.borrow().len() + self.next_batch.borrow().len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn take_all(&self) -> impl Sized + use<C> {
        (self.batch.take(), self.next_batch.take())
    }
}

impl<C> Default for Pending<C> {
    fn default() -> Self {
        Pending { queue: RefCell::default(), next_id: Cell::new(1) }
    }
}

impl<C> Default for Closing<C> {
    fn default() -> Self {
        Closing { batch: RefCell::default(), next_batch: RefCell::default(), next_id: Cell::new(1) }
    }
}
