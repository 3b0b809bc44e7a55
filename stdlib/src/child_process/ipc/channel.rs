//! The channel between two processes in the loop: bytes, and descriptors that travel with them.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    os::fd::{AsFd, AsRawFd, OwnedFd},
    rc::{Rc, Weak},
};

use boa_engine::Context;
use coil_engine::{
    Host,
    coil_loop::{EventLoop, Hold, Interest, Ready, Source, Token},
    coil_sys::{Sys, SysError, SysResult, errno},
};

use crate::net::conn::Then;

/// Who gets what arrives.
pub trait Receiver {
    /// Bytes, and the descriptors that came with them.
    fn received(self: Rc<Self>, bytes: &[u8], fds: Vec<OwnedFd>, cx: &mut Context);
    /// The other process has closed its end, or is gone.
    fn ended(self: Rc<Self>, cx: &mut Context);
}

struct Waiting {
    bytes: Vec<u8>,
    sent: usize,
    fd: Option<OwnedFd>,
    then: Option<Then>,
}

/// One end of a channel.
pub struct Channel {
    event_loop: Weak<EventLoop<Context>>,
    sys: Sys,
    fd: RefCell<Option<OwnedFd>>,
    token: Cell<Option<Token>>,
    reffed: Cell<bool>,
    reading: Cell<bool>,
    queue: RefCell<VecDeque<Waiting>>,
    queue_len: Cell<usize>,
    /// A message under way keeps the process alive even where the channel does not.
    hold: RefCell<Option<Hold>>,
    receiver: RefCell<Option<Rc<dyn Receiver>>>,
}

/// What libuv suggests for a read.
const READ_LEN: usize = 64 * 1024;

impl Channel {
    pub fn new(fd: OwnedFd, reffed: bool, cx: &Context) -> Rc<Self> {
        let host = Host::of(cx);
        Rc::new(Self {
            event_loop: Rc::downgrade(host.event_loop()),
            sys: host.sys().clone(),
            fd: RefCell::new(Some(fd)),
            token: Cell::new(None),
            reffed: Cell::new(reffed),
            reading: Cell::new(false),
            queue: RefCell::default(),
            queue_len: Cell::new(0),
            hold: RefCell::new(None),
            receiver: RefCell::new(None),
        })
    }

    /// Begins to read.
    pub fn start(self: &Rc<Self>, receiver: Rc<dyn Receiver>) -> SysResult<()> {
        self.receiver.replace(Some(receiver));
        self.reading.set(true);
        self.watch()
    }

    pub fn raw_fd(&self) -> Option<i32> {
        self.fd.borrow().as_ref().map(AsRawFd::as_raw_fd)
    }

    /// Bytes that the system has not taken yet.
    pub fn queue_len(&self) -> usize {
        self.queue_len.get()
    }

    pub fn set_ref(&self, reffed: bool) {
        self.reffed.set(reffed);
        if let (Some(token), Some(event_loop)) = (self.token.get(), self.event_loop.upgrade()) {
            event_loop.token_ref(token, reffed);
        }
    }

    fn watch(self: &Rc<Self>) -> SysResult<()> {
        let interest = Interest::new(self.reading.get(), !self.queue.borrow().is_empty());
        let Some(event_loop) = self.event_loop.upgrade() else { return Ok(()) };
        let result = match self.token.get() {
            Some(token) => event_loop.interest(token, interest),
            None => {
                let fd = self.fd.borrow();
                let Some(fd) = fd.as_ref() else { return Ok(()) };
                event_loop.register(fd, interest, self.clone()).map(|token| {
                    self.token.set(Some(token));
                    event_loop.token_ref(token, self.reffed.get());
                })
            }
        };
        result.map_err(|error| SysError::new(error.raw_os_error().unwrap_or(errno::EIO), "write"))
    }

    /// Sends bytes, with a descriptor that goes with their first. `Ok(true)`: all is with the system, and `then` is not called.
    pub fn write(self: &Rc<Self>, bytes: Vec<u8>, fd: Option<OwnedFd>, then: impl FnOnce() -> Then) -> SysResult<bool> {
        let mut waiting = Waiting { bytes, sent: 0, fd, then: None };
        if self.queue.borrow().is_empty() && self.send(&mut waiting)? {
            return Ok(true);
        }
        waiting.then = Some(then());
        self.queue_len.set(self.queue_len.get() + waiting.bytes.len() - waiting.sent);
        self.queue.borrow_mut().push_back(waiting);
        if let Some(event_loop) = self.event_loop.upgrade() {
            self.hold.replace(Some(event_loop.hold_as("PipeWrap")));
        }
        self.watch()?;
        Ok(false)
    }

    /// Sends as much as the system takes; whether that was all.
    fn send(&self, waiting: &mut Waiting) -> SysResult<bool> {
        let own = self.fd.borrow();
        let Some(own) = own.as_ref() else { return Err(SysError::new(errno::EBADF, "write")) };
        while waiting.sent < waiting.bytes.len() {
            let rest = &waiting.bytes[waiting.sent..];
            let sent = match &waiting.fd {
                Some(fd) => self.sys.net().send_with_fds(own, rest, &[fd.as_fd()])?,
                None => self.sys.net().send(own, rest)?,
            };
            let Some(sent) = sent else { return Ok(false) };
            waiting.fd = None;
            waiting.sent += sent;
        }
        Ok(true)
    }

    /// Closes the channel; what waits to be sent is told so.
    pub fn close(self: &Rc<Self>) {
        self.reading.set(false);
        let Some(event_loop) = self.event_loop.upgrade() else { return };
        if let Some(token) = self.token.take() {
            // The registration ends either way.
            let _ = event_loop.deregister(token);
        }
        let (fd, hold) = (self.fd.take(), self.hold.take());
        if fd.is_none() {
            return;
        }
        drop((fd, hold));
        let channel = self.clone();
        event_loop.closing(Box::new(move |cx| {
            channel.receiver.take();
            channel.queue_len.set(0);
            while let Some(waiting) = { channel.queue.borrow_mut().pop_front() } {
                if let Some(then) = waiting.then {
                    then(Err(SysError::new(errno::ECANCELED, "write")), cx);
                }
            }
        }));
    }

    fn readable(self: &Rc<Self>, cx: &mut Context) {
        let mut buffer = vec![0; READ_LEN];
        while self.reading.get() {
            let read = match self.fd.borrow().as_ref() {
                Some(fd) => self.sys.net().recv_with_fds(fd, &mut buffer),
                None => return,
            };
            let Some(receiver) = self.receiver.borrow().clone() else { return };
            match read {
                Ok(None) => return,
                Ok(Some((0, _))) | Err(_) => {
                    self.reading.set(false);
                    // Losing interest cannot fail for a descriptor that is watched.
                    let _ = self.watch();
                    receiver.ended(cx);
                    return;
                }
                Ok(Some((len, fds))) => {
                    let more = len == buffer.len() || !fds.is_empty();
                    receiver.received(&buffer[..len], fds, cx);
                    if !more {
                        return;
                    }
                }
            }
        }
    }

    fn writable(self: &Rc<Self>, cx: &mut Context) {
        let mut told = Vec::new();
        let mut failed = None;
        loop {
            let Some(mut first) = ({ self.queue.borrow_mut().pop_front() }) else { break };
            let before = first.sent;
            let result = self.send(&mut first);
            self.queue_len.set(self.queue_len.get().saturating_sub(first.sent - before));
            match result {
                Ok(true) => told.extend(first.then),
                Ok(false) => {
                    self.queue.borrow_mut().push_front(first);
                    break;
                }
                Err(error) => {
                    told.extend(first.then);
                    failed = Some(error);
                    break;
                }
            }
        }
        // Losing interest cannot fail for a descriptor that is watched.
        let _ = self.watch();
        if self.queue.borrow().is_empty() {
            self.hold.take();
        }
        for then in told {
            then(failed.clone().map_or(Ok(()), Err), cx);
        }
    }
}

impl Source<Context> for Channel {
    fn ready(self: Rc<Self>, ready: Ready, cx: &mut Context) {
        if ready.readable {
            self.readable(cx);
        }
        if ready.writable && self.fd.borrow().is_some() {
            self.writable(cx);
        }
    }

    fn label(&self) -> &'static str {
        "PipeWrap"
    }
}
