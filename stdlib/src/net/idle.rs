//! The inactivity timer of a connection.
//!
//! It is pushed back with every byte, so pushing must cost nothing: only the deadline is stored, and the timer that fires too
//! early sets itself again for the rest. One timer per connection is in the loop at most, and none where no timeout was asked for.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use boa_engine::Context;
use coil_engine::{
    Host,
    coil_loop::{EventLoop, TimerId},
};

/// What is called when nothing happened for as long as was set.
pub type Expired = Rc<dyn Fn(&mut Context)>;

/// An inactivity timer; it never keeps the loop alive.
pub struct IdleTimer {
    event_loop: Weak<EventLoop<Context>>,
    /// 0: off.
    duration_ms: Cell<u64>,
    deadline_ms: Cell<u64>,
    armed: Cell<Option<TimerId>>,
    /// When the timer in the loop fires.
    armed_at_ms: Cell<u64>,
    expired: RefCell<Option<Expired>>,
}

impl IdleTimer {
    pub fn new(cx: &Context) -> Rc<Self> {
        Rc::new(Self {
            event_loop: Rc::downgrade(Host::of(cx).event_loop()),
            duration_ms: Cell::new(0),
            deadline_ms: Cell::new(0),
            armed: Cell::new(None),
            armed_at_ms: Cell::new(0),
            expired: RefCell::new(None),
        })
    }

    /// Whom to call from now on.
    pub fn set_expired(&self, expired: Option<Expired>) {
        let before = self.expired.replace(expired);
        drop(before);
    }

    /// Sets the time without activity after which the timer fires, from now; 0 turns it off.
    pub fn set(self: &Rc<Self>, duration_ms: u64) {
        self.duration_ms.set(duration_ms);
        self.push();
        // A timer that fires before the new deadline sees to it then; one that fires after it comes too late.
        if duration_ms != 0
            && self.armed_at_ms.get() > self.deadline_ms.get()
            && let (Some(armed), Some(event_loop)) = (self.armed.take(), self.event_loop.upgrade())
        {
            event_loop.timer_cancel(armed);
            self.arm(duration_ms);
        }
    }

    pub fn duration_ms(&self) -> u64 {
        self.duration_ms.get()
    }

    /// Something happened: the time begins anew.
    pub fn push(self: &Rc<Self>) {
        let duration_ms = self.duration_ms.get();
        if duration_ms == 0 {
            return;
        }
        if let Some(event_loop) = self.event_loop.upgrade() {
            self.deadline_ms.set(event_loop.now_ms().saturating_add(duration_ms));
        }
        if self.armed.get().is_none() {
            self.arm(duration_ms);
        }
    }

    /// Turned off for good.
    pub fn cancel(&self) {
        self.duration_ms.set(0);
        if let (Some(armed), Some(event_loop)) = (self.armed.take(), self.event_loop.upgrade()) {
            event_loop.timer_cancel(armed);
        }
        self.set_expired(None);
    }

    fn arm(self: &Rc<Self>, delay_ms: u64) {
        let Some(event_loop) = self.event_loop.upgrade() else { return };
        let timer = Rc::downgrade(self);
        let id = event_loop.timer(
            delay_ms,
            Box::new(move |cx| {
                if let Some(timer) = timer.upgrade() {
                    timer.fire(cx);
                }
            }),
        );
        event_loop.timer_ref(id, false);
        self.armed.set(Some(id));
        self.armed_at_ms.set(event_loop.now_ms().saturating_add(delay_ms));
    }

    fn fire(self: &Rc<Self>, cx: &mut Context) {
        self.armed.set(None);
        if self.duration_ms.get() == 0 {
            return;
        }
        let now_ms = Host::of(cx).event_loop().now_ms();
        let left_ms = self.deadline_ms.get().saturating_sub(now_ms);
        if left_ms > 0 {
            self.arm(left_ms);
            return;
        }
        let expired = self.expired.borrow().clone();
        if let Some(expired) = expired {
            expired(cx);
        }
    }
}
