//! Every other system, through `polling`.

use super::{EVENTS_MAX, Fd, Interest, Ready};
use polling::{Event, Events, PollMode};
use std::cell::RefCell;
use std::io;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

pub(crate) struct Poller {
    poller: Arc<polling::Poller>,
    events: RefCell<Events>,
    /// What is registered where level triggering is not supported: there it is imitated by asking again after each event.
    oneshot: Option<RefCell<Vec<(usize, Fd, Interest)>>>,
}

impl Poller {
    pub fn new() -> io::Result<Self> {
        let poller = Arc::new(polling::Poller::new()?);
        let oneshot = (!poller.supports_level()).then(RefCell::default);
        let capacity = NonZeroUsize::new(EVENTS_MAX).expect("the constant is not zero");
        Ok(Poller { poller, events: RefCell::new(Events::with_capacity(capacity)), oneshot })
    }

    pub fn waker(&self) -> Waker {
        Waker(self.poller.clone())
    }

    #[allow(unsafe_code)]
    pub fn add(&self, fd: Fd, key: usize, interest: Interest) -> io::Result<()> {
        // SAFETY: EventLoop::register's contract: the descriptor is deregistered before it is closed.
        unsafe { self.poller.add_with_mode(fd.raw(), event(key, interest), self.mode()) }?;
        if let Some(oneshot) = &self.oneshot {
            oneshot.borrow_mut().push((key, fd, interest));
        }
        Ok(())
    }

    pub fn modify(&self, fd: Fd, key: usize, interest: Interest) -> io::Result<()> {
        self.poller.modify_with_mode(fd.borrow(), event(key, interest), self.mode())?;
        if let Some(oneshot) = &self.oneshot {
            oneshot.borrow_mut().iter_mut().filter(|entry| entry.0 == key).for_each(|entry| entry.2 = interest);
        }
        Ok(())
    }

    pub fn delete(&self, fd: Fd) -> io::Result<()> {
        if let Some(oneshot) = &self.oneshot {
            oneshot.borrow_mut().retain(|entry| entry.1.raw() != fd.raw());
        }
        self.poller.delete(fd.borrow())
    }

    /// Waits until something is ready, the waker is used or `timeout_ms` have passed, and gives what is ready to `found`.
    pub fn wait(&self, timeout_ms: Option<u64>, mut found: impl FnMut(usize, Ready)) -> io::Result<()> {
        let mut events = self.events.borrow_mut();
        events.clear();
        self.poller.wait(&mut events, timeout_ms.map(Duration::from_millis))?;
        for event in events.iter() {
            let (hangup, error) = (event.is_interrupt(), event.is_err().unwrap_or(false));
            let broken = hangup || error;
            found(event.key, Ready { readable: event.readable || broken, writable: event.writable || broken, hangup, error });
            if let Some(oneshot) = &self.oneshot {
                let oneshot = oneshot.borrow();
                if let Some((key, fd, interest)) = oneshot.iter().find(|entry| entry.0 == event.key) {
                    self.poller.modify_with_mode(fd.borrow(), self::event(*key, *interest), PollMode::Oneshot)?;
                }
            }
        }
        Ok(())
    }

    fn mode(&self) -> PollMode {
        if self.oneshot.is_some() { PollMode::Oneshot } else { PollMode::Level }
    }
}

#[derive(Clone)]
pub(crate) struct Waker(Arc<polling::Poller>);

impl Waker {
    pub fn wake(&self) {
        // If the system cannot be told, the loop finds the message when it next wakes for another reason.
        let _ = self.0.notify();
    }
}

fn event(key: usize, interest: Interest) -> Event {
    Event::new(key, interest.readable, interest.writable)
}
