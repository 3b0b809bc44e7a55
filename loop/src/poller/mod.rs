//! Waiting for the system: one of two back ends with the same five calls (`add`, `modify`, `delete`, `wait`, `waker`).
//!
//! `portable` is the `polling` crate (kqueue, event ports, IOCP, poll). On Linux `epoll` speaks to the kernel itself,
//! because there `polling` spends four more system calls on every wait: it arms a timerfd, re-arms it and its eventfd in
//! epoll, and reads the eventfd. Servers wait once per request. The `portable` feature chooses the first on Linux too,
//! for its tests.

#[cfg(all(any(target_os = "linux", target_os = "android"), not(feature = "portable")))]
mod epoll;
#[cfg(all(any(target_os = "linux", target_os = "android"), not(feature = "portable")))]
pub(crate) use epoll::{Poller, Waker};

#[cfg(not(all(any(target_os = "linux", target_os = "android"), not(feature = "portable"))))]
mod portable;
#[cfg(not(all(any(target_os = "linux", target_os = "android"), not(feature = "portable"))))]
pub(crate) use portable::{Poller, Waker};

/// What a source wants to be told of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Interest {
    pub readable: bool,
    pub writable: bool,
}

impl Interest {
    /// Nothing, not even hang-ups: the system is not asked about this source at all, and it does not keep the loop alive.
    pub const NONE: Interest = Interest::new(false, false);
    pub const READABLE: Interest = Interest::new(true, false);
    pub const WRITABLE: Interest = Interest::new(false, true);
    pub const BOTH: Interest = Interest::new(true, true);

    pub const fn new(readable: bool, writable: bool) -> Self {
        Interest { readable, writable }
    }

    pub fn is_none(self) -> bool {
        self == Interest::NONE
    }
}

/// What a source is told. A hang-up or an error comes with `readable` and `writable` as far as there was interest, so
/// that whoever reads or writes as told meets it there.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Debug)]
pub struct Ready {
    pub readable: bool,
    pub writable: bool,
    pub hangup: bool,
    pub error: bool,
}

impl Ready {
    /// Leaves what there is still interest in.
    pub(crate) fn within(self, interest: Interest) -> Option<Ready> {
        let readable = self.readable && interest.readable;
        let writable = self.writable && interest.writable;
        (readable || writable).then_some(Ready { readable, writable, ..self })
    }
}

/// The key of the waker, never handed out. (`usize::MAX` is `polling`'s own.)
#[cfg(all(any(target_os = "linux", target_os = "android"), not(feature = "portable")))]
const WAKER: usize = usize::MAX;
/// The key under which the pipe of caught signals is registered.
#[cfg(unix)]
pub(crate) const SIGNALS: usize = usize::MAX - 1;

/// At most this many events are taken up per wait. More stay in the kernel for the next turn, after immediates and
/// timers have had theirs.
const EVENTS_MAX: usize = 1024;

pub(crate) use fd::Fd;

/// The one place where a descriptor is taken to be open because it was promised.
#[allow(unsafe_code)]
mod fd {
    #[cfg(unix)]
    use std::os::fd::{AsRawFd, BorrowedFd as Borrowed, RawFd as Raw};
    #[cfg(windows)]
    use std::os::windows::io::{AsRawSocket, BorrowedSocket as Borrowed, RawSocket as Raw};

    /// A descriptor (a socket on Windows) that its owner keeps open until it is deregistered.
    #[derive(Clone, Copy)]
    pub(crate) struct Fd(Raw);

    impl Fd {
        pub fn of(source: &impl polling::AsSource) -> Self {
            #[cfg(unix)]
            return Fd(source.source().as_raw_fd());
            #[cfg(windows)]
            return Fd(source.source().as_raw_socket());
        }

        #[cfg_attr(not(any(windows, feature = "portable")), allow(dead_code))]
        pub fn raw(self) -> Raw {
            self.0
        }

        pub fn borrow<'a>(self) -> Borrowed<'a> {
            // SAFETY: EventLoop::register's contract: deregister comes before close. Whoever breaks it gets an error or
            // another file's events from the system, as with any stale descriptor number; no memory is at stake.
            unsafe { Borrowed::borrow_raw(self.0) }
        }
    }
}
