//! What keeps a loop alive.

use crate::Kind;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Counts the ref'd things. The loop ends when it reaches zero and nothing is pending or closing.
#[derive(Default)]
pub(crate) struct Liveness {
    refs: Cell<usize>,
    /// How many ref'd holds there are of each label.
    holds: RefCell<BTreeMap<&'static str, usize>>,
}

impl Liveness {
    pub fn refs(&self) -> usize {
        self.refs.get()
    }

    /// Records that something went from `was` counted to `is` counted.
    pub fn change(&self, was: bool, is: bool) {
        self.refs.set(self.refs.get() + usize::from(is) - usize::from(was));
    }

    pub fn release(&self, count: usize) {
        self.refs.set(self.refs.get() - count);
    }

    pub fn holds(&self) -> Vec<Active> {
        let holds = self.holds.borrow();
        let each = |(&label, &count): (&&'static str, &usize)| vec![Active { kind: Kind::Hold, label }; count];
        holds.iter().flat_map(each).collect()
    }
}

/// Keeps the loop alive as long as it exists and is ref'd: for what is neither a timer nor a source, such as a promise
/// the host waits for, or the channel of a worker thread.
pub struct Hold {
    live: Rc<Liveness>,
    label: &'static str,
    reffed: Cell<bool>,
}

impl Hold {
    pub(crate) fn new(live: Rc<Liveness>, label: &'static str) -> Self {
        let hold = Hold { live, label, reffed: Cell::new(false) };
        hold.set_ref(true);
        hold
    }

    pub fn has_ref(&self) -> bool {
        self.reffed.get()
    }

    pub fn set_ref(&self, reffed: bool) {
        let was = self.reffed.replace(reffed);
        if was == reffed {
            return;
        }
        self.live.change(was, reffed);
        let mut holds = self.live.holds.borrow_mut();
        let count = holds.entry(self.label).or_default();
        *count = *count + usize::from(reffed) - usize::from(was);
        if *count == 0 {
            holds.remove(self.label);
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.set_ref(false);
    }
}

/// One thing that keeps the loop alive.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Active {
    pub kind: Kind,
    /// Of a source, a work or a hold its own label, else the kind's name.
    pub label: &'static str,
}
