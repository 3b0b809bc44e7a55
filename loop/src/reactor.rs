//! The reactor: which descriptors are watched, for what, and whom to tell.

use crate::arena::{Arena, Key};
use crate::poller::{Fd, Interest, Poller, Ready};
use std::cell::{Cell, RefCell};
use std::io;
use std::rc::Rc;

/// A long-lived thing in the reactor: a socket, a pipe, a child's exit.
pub trait Source<C> {
    /// Called in the poll phase, once per turn at most, as long as the system says so: what is not read now is told
    /// again in the next turn.
    fn ready(self: Rc<Self>, ready: Ready, cx: &mut C);

    /// What to call it in traces and in the list of active resources.
    fn label(&self) -> &'static str {
        "source"
    }
}

pub(crate) struct Reactor<C> {
    poller: Poller,
    registrations: RefCell<Arena<Registration<C>>>,
    /// How many descriptors the system watches for us. With none, a wait of no length need not be made.
    watched: Cell<usize>,
}

pub(crate) struct Registration<C> {
    pub source: Rc<dyn Source<C>>,
    fd: Fd,
    interest: Interest,
    reffed: bool,
}

impl<C> Registration<C> {
    /// As in libuv, a handle that waits for nothing keeps nothing alive.
    pub fn counts(&self) -> bool {
        self.reffed && !self.interest.is_none()
    }
}

/// What a change did to the count of what keeps the loop alive.
pub(crate) struct Counted {
    pub was: bool,
    pub is: bool,
}

/// What a wait found, in the order to be told. Taken out of the loop while it is worked off.
#[derive(Default)]
pub(crate) struct Found {
    pub sources: Vec<(Key, Ready)>,
    pub signals: bool,
}

impl Found {
    pub fn len(&self) -> u64 {
        self.sources.len() as u64 + u64::from(self.signals)
    }
}

impl<C> Reactor<C> {
    pub fn new() -> io::Result<Self> {
        Ok(Reactor { poller: Poller::new()?, registrations: RefCell::new(Arena::new()), watched: Cell::new(0) })
    }

    pub fn poller(&self) -> &Poller {
        &self.poller
    }

    pub fn is_watching(&self) -> bool {
        self.watched.get() > 0
    }

    pub fn watched(&self, change: isize) {
        self.watched.set(self.watched.get().saturating_add_signed(change));
    }

    pub fn register(&self, fd: Fd, interest: Interest, source: Rc<dyn Source<C>>) -> io::Result<(Key, Counted)> {
        let mut registrations = self.registrations.borrow_mut();
        let key = registrations.insert(Registration { source, fd, interest: Interest::NONE, reffed: true });
        let changed = self.watch(fd, key.index as usize, Interest::NONE, interest);
        match (changed, registrations.get_mut(key)) {
            (Ok(()), Some(registration)) => {
                registration.interest = interest;
                Ok((key, Counted { was: false, is: registration.counts() }))
            }
            (changed, _) => {
                let registration = registrations.remove(key);
                drop(registrations);
                drop(registration);
                Err(changed.err().unwrap_or_else(stale))
            }
        }
    }

    pub fn interest(&self, key: Key, interest: Interest) -> io::Result<Counted> {
        let mut registrations = self.registrations.borrow_mut();
        let registration = registrations.get_mut(key).ok_or_else(stale)?;
        let was = registration.counts();
        self.watch(registration.fd, key.index as usize, registration.interest, interest)?;
        registration.interest = interest;
        Ok(Counted { was, is: registration.counts() })
    }

    /// Forgets a source whatever the system says; the error is for information.
    pub fn deregister(&self, key: Key) -> (Option<Registration<C>>, io::Result<()>) {
        let Some(registration) = self.registrations.borrow_mut().remove(key) else {
            return (None, Err(stale()));
        };
        let result = self.watch(registration.fd, key.index as usize, registration.interest, Interest::NONE);
        if result.is_err() {
            self.watched(-1);
        }
        (Some(registration), result)
    }

    pub fn set_ref(&self, key: Key, reffed: bool) -> Option<Counted> {
        let mut registrations = self.registrations.borrow_mut();
        let registration = registrations.get_mut(key)?;
        let was = registration.counts();
        registration.reffed = reffed;
        Some(Counted { was, is: registration.counts() })
    }

    pub fn has_ref(&self, key: Key) -> bool {
        self.registrations.borrow().get(key).is_some_and(|registration| registration.reffed)
    }

    /// Waits, and adds what is ready to `found`: by key, not by place, so that what leaves while others are told, or
    /// comes in its place, is not told in its stead.
    pub fn wait(&self, timeout_ms: Option<u64>, found: &mut Found) -> io::Result<()> {
        let registrations = self.registrations.borrow();
        self.poller.wait(timeout_ms, |index, ready| {
            #[cfg(unix)]
            if index == crate::poller::SIGNALS {
                found.signals = true;
                return;
            }
            if let Some(key) = registrations.key_at(index) {
                found.sources.push((key, ready));
            }
        })
    }

    /// Whom to tell of what, if it is still there and still wants to know.
    pub fn wanted(&self, key: Key, ready: Ready) -> Option<(Rc<dyn Source<C>>, Ready)> {
        let registrations = self.registrations.borrow();
        let registration = registrations.get(key)?;
        Some((registration.source.clone(), ready.within(registration.interest)?))
    }

    pub fn labels(&self) -> Vec<&'static str> {
        let registrations = self.registrations.borrow();
        registrations.iter().filter(|(_, r)| r.counts()).map(|(_, r)| r.source.label()).collect()
    }

    pub fn keys(&self) -> Vec<Key> {
        self.registrations.borrow().iter().map(|(key, _)| key).collect()
    }

    /// A source without interest is not left with the system: epoll reports hang-ups of whatever it knows, wanted or
    /// not, and a level-triggered loop would spin on them.
    fn watch(&self, fd: Fd, key: usize, was: Interest, is: Interest) -> io::Result<()> {
        match (was.is_none(), is.is_none()) {
            _ if was == is => Ok(()),
            (true, _) => self.poller.add(fd, key, is).inspect(|()| self.watched(1)),
            (false, false) => self.poller.modify(fd, key, is),
            (false, true) => {
                self.poller.delete(fd)?;
                self.watched(-1);
                Ok(())
            }
        }
    }
}

fn stale() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "this token is not registered")
}
