//! Linux: level-triggered epoll, one system call per wait. The waker is an eventfd watched edge-triggered, so that it
//! never needs to be read.

use super::{EVENTS_MAX, Fd, Interest, Ready, WAKER};
use rustix::buffer::spare_capacity;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::{EventfdFlags, Timespec, eventfd};
use rustix::fd::OwnedFd;
use rustix::io::Errno;
use std::cell::RefCell;
use std::io;
use std::sync::Arc;

pub(crate) struct Poller {
    epoll: OwnedFd,
    waker: Waker,
    buffer: RefCell<Vec<epoll::Event>>,
}

impl Poller {
    pub fn new() -> io::Result<Self> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let eventfd = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        epoll::add(&epoll, &eventfd, EventData::new_u64(WAKER as u64), EventFlags::IN | EventFlags::ET)?;
        Ok(Poller { epoll, waker: Waker(Arc::new(eventfd)), buffer: RefCell::new(Vec::with_capacity(EVENTS_MAX)) })
    }

    pub fn waker(&self) -> Waker {
        self.waker.clone()
    }

    pub fn add(&self, fd: Fd, key: usize, interest: Interest) -> io::Result<()> {
        Ok(epoll::add(&self.epoll, fd.borrow(), EventData::new_u64(key as u64), flags(interest))?)
    }

    pub fn modify(&self, fd: Fd, key: usize, interest: Interest) -> io::Result<()> {
        Ok(epoll::modify(&self.epoll, fd.borrow(), EventData::new_u64(key as u64), flags(interest))?)
    }

    pub fn delete(&self, fd: Fd) -> io::Result<()> {
        Ok(epoll::delete(&self.epoll, fd.borrow())?)
    }

    /// Waits until something is ready, the waker is used, a signal interrupts or `timeout_ms` have passed, and gives
    /// what is ready to `found`.
    pub fn wait(&self, timeout_ms: Option<u64>, mut found: impl FnMut(usize, Ready)) -> io::Result<()> {
        let mut buffer = self.buffer.borrow_mut();
        buffer.clear();
        let timeout = timeout_ms.map(|ms| {
            let ms = ms.min(i32::MAX as u64) as i64;
            Timespec { tv_sec: ms / 1000, tv_nsec: (ms % 1000 * 1_000_000) as _ }
        });
        match epoll::wait(&self.epoll, spare_capacity(&mut buffer), timeout.as_ref()) {
            Ok(_) | Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        for event in buffer.iter() {
            let (key, flags) = (event.data.u64() as usize, event.flags);
            if key != WAKER {
                found(key, ready(flags));
            }
        }
        Ok(())
    }
}

#[derive(Clone)]
pub(crate) struct Waker(Arc<OwnedFd>);

impl Waker {
    pub fn wake(&self) {
        // It can only fail if the counter is about to overflow, and then a wake-up is there already.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }
}

fn flags(interest: Interest) -> EventFlags {
    let mut flags = EventFlags::empty();
    flags.set(EventFlags::IN, interest.readable);
    flags.set(EventFlags::OUT, interest.writable);
    flags
}

fn ready(flags: EventFlags) -> Ready {
    let broken = EventFlags::HUP | EventFlags::ERR;
    Ready { readable: flags.intersects(EventFlags::IN | broken), writable: flags.intersects(EventFlags::OUT | broken), hangup: flags.contains(EventFlags::HUP), error: flags.contains(EventFlags::ERR) }
}
