//! A datagram socket in the loop: bytes, no JavaScript.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io::IoSlice,
    net::SocketAddr,
    os::fd::OwnedFd,
    rc::{Rc, Weak},
};

use boa_engine::Context;
use coil_engine::{
    Host,
    coil_loop::{EventLoop, Interest, Ready, Source, Token},
    coil_sys::{
        Sys, SysError, SysResult, errno,
        net::{BindOptions, not_open},
    },
};

use crate::net::conn::{READ_LEN, ReadBuffer};

/// Who gets what arrives: a datagram and its sender, or why there is none. Called from the loop.
pub type Receiver = Rc<dyn Fn(SysResult<(&[u8], Option<SocketAddr>)>, &mut Context)>;

/// What is called when a datagram that had to wait is with the system: how many bytes of it.
pub type Sent = Box<dyn FnOnce(SysResult<usize>, &mut Context)>;

struct Waiting {
    bytes: Vec<u8>,
    to: Option<SocketAddr>,
    sent: Option<Sent>,
}

/// One datagram socket. It has a descriptor once it is bound.
pub struct Udp {
    event_loop: Weak<EventLoop<Context>>,
    sys: Sys,
    fd: RefCell<Option<OwnedFd>>,
    token: Cell<Option<Token>>,
    receiver: RefCell<Option<Receiver>>,
    reffed: Cell<bool>,
    closed: Cell<bool>,
    /// What the kernel did not take at once. Its length is the script's own doing, as in Node: `getSendQueueSize` tells it.
    queue: RefCell<VecDeque<Waiting>>,
    queue_len: Cell<usize>,
}

/// A socket that has more than this to be read lets the others have their turn.
const DATAGRAMS_PER_TURN: usize = 32;

impl Udp {
    /// A socket without a descriptor.
    pub fn new(cx: &Context) -> Rc<Self> {
        let host = Host::of(cx);
        Rc::new(Self {
            event_loop: Rc::downgrade(host.event_loop()),
            sys: host.sys().clone(),
            fd: RefCell::new(None),
            token: Cell::new(None),
            receiver: RefCell::new(None),
            reffed: Cell::new(true),
            closed: Cell::new(false),
            queue: RefCell::new(VecDeque::new()),
            queue_len: Cell::new(0),
        })
    }

    /// Opens and binds the socket. A socket that setting an option has opened is bound anew.
    pub fn bind(&self, address: SocketAddr, options: &BindOptions) -> SysResult<()> {
        let fd = self.sys.net().bind_datagram(address, options)?;
        self.fd.replace(Some(fd));
        Ok(())
    }

    /// Takes a descriptor that is a datagram socket already.
    pub fn open(&self, fd: OwnedFd) -> SysResult<()> {
        self.sys.net().set_nonblocking(&fd, true)?;
        self.fd.replace(Some(fd));
        Ok(())
    }

    /// Opens the socket on any address where it is not open: joining a group takes one.
    pub fn open_any(&self, is_v6: bool) -> SysResult<()> {
        if self.fd.borrow().is_some() {
            return Ok(());
        }
        let any: SocketAddr = if is_v6 { (core::net::Ipv6Addr::UNSPECIFIED, 0).into() } else { (core::net::Ipv4Addr::UNSPECIFIED, 0).into() };
        self.bind(any, &BindOptions { reuse_address: true, ..BindOptions::default() })
    }

    /// Asks something of the socket; EBADF while it is not open.
    pub fn with_fd<T>(&self, syscall: &'static str, ask: impl FnOnce(&OwnedFd, &Sys) -> SysResult<T>) -> SysResult<T> {
        match self.fd.borrow().as_ref() {
            Some(fd) => ask(fd, &self.sys),
            None => Err(not_open(syscall)),
        }
    }

    pub fn queue_len(&self) -> usize {
        self.queue_len.get()
    }

    pub fn queue_count(&self) -> usize {
        self.queue.borrow().len()
    }

    pub fn set_ref(&self, reffed: bool) {
        self.reffed.set(reffed);
        if let (Some(token), Some(event_loop)) = (self.token.get(), self.event_loop.upgrade()) {
            event_loop.token_ref(token, reffed);
        }
    }

    /// Begins to receive.
    pub fn start(self: &Rc<Self>, receiver: Receiver) -> SysResult<()> {
        self.receiver.replace(Some(receiver));
        self.watch()
    }

    fn watch(self: &Rc<Self>) -> SysResult<()> {
        let interest = Interest::new(self.receiver.borrow().is_some(), !self.queue.borrow().is_empty());
        let Some(event_loop) = self.event_loop.upgrade() else { return Ok(()) };
        let result = match self.token.get() {
            Some(token) => event_loop.interest(token, interest),
            None if interest.is_none() => Ok(()),
            None => {
                let fd = self.fd.borrow();
                let Some(fd) = fd.as_ref() else { return Ok(()) };
                event_loop.register(fd, interest, self.clone()).map(|token| {
                    self.token.set(Some(token));
                    event_loop.token_ref(token, self.reffed.get());
                })
            }
        };
        result.map_err(|error| SysError::new(error.raw_os_error().unwrap_or(errno::EIO), "recvmsg"))
    }

    /// Sends a datagram that lies in several places. `Ok(Some(len))`: it is with the system, and `sent` is not called.
    pub fn send(self: &Rc<Self>, to: Option<SocketAddr>, bytes: &[IoSlice<'_>], sent: Option<Sent>) -> SysResult<Option<usize>> {
        if self.queue.borrow().is_empty()
            && let Some(len) = self.with_fd("send", |fd, sys| sys.net().send_to(fd, to, bytes))?
        {
            return Ok(Some(len));
        }
        let bytes: Vec<u8> = bytes.iter().flat_map(|part| part.iter().copied()).collect();
        self.queue_len.set(self.queue_len.get() + bytes.len());
        self.queue.borrow_mut().push_back(Waiting { bytes, to, sent });
        self.watch()?;
        Ok(None)
    }

    /// Closes the socket now; datagrams that wait are told so in the closing phase.
    pub fn close(self: &Rc<Self>) {
        if self.closed.replace(true) {
            return;
        }
        let receiver = self.receiver.take();
        drop(receiver);
        let Some(event_loop) = self.event_loop.upgrade() else { return };
        if let Some(token) = self.token.take() {
            // The registration ends either way.
            let _ = event_loop.deregister(token);
        }
        let fd = self.fd.take();
        drop(fd);
        let udp = self.clone();
        event_loop.closing(Box::new(move |cx| {
            udp.queue_len.set(0);
            while let Some(waiting) = { udp.queue.borrow_mut().pop_front() } {
                if let Some(sent) = waiting.sent {
                    sent(Err(SysError::new(errno::ECANCELED, "send")), cx);
                }
            }
        }));
    }

    fn readable(&self, cx: &mut Context) {
        let shared = Host::of(cx).state::<ReadBuffer>();
        let mut buffer = shared.0.take();
        if buffer.is_empty() {
            buffer = vec![0; READ_LEN];
        }
        for _ in 0..DATAGRAMS_PER_TURN {
            let Some(receiver) = self.receiver.borrow().clone() else { break };
            match self.with_fd("recvmsg", |fd, sys| sys.net().receive(fd, &mut buffer)) {
                Ok(Some((len, from))) => receiver(Ok((&buffer[..len], from)), cx),
                Ok(None) => break,
                Err(error) => {
                    receiver(Err(error), cx);
                    break;
                }
            }
        }
        shared.0.replace(buffer);
    }

    fn writable(self: &Rc<Self>, cx: &mut Context) {
        let mut told = Vec::new();
        while let Some(first) = { self.queue.borrow_mut().pop_front() } {
            let result = self.with_fd("send", |fd, sys| sys.net().send_to(fd, first.to, &[IoSlice::new(&first.bytes)]));
            let result = match result {
                Ok(Some(len)) => Ok(len),
                Ok(None) => {
                    self.queue.borrow_mut().push_front(first);
                    break;
                }
                Err(error) => Err(error),
            };
            self.queue_len.set(self.queue_len.get().saturating_sub(first.bytes.len()));
            told.extend(first.sent.map(|sent| (sent, result)));
        }
        // Losing interest cannot fail for a descriptor that is watched.
        let _ = self.watch();
        for (sent, result) in told {
            sent(result, cx);
        }
    }
}

impl Source<Context> for Udp {
    fn ready(self: Rc<Self>, ready: Ready, cx: &mut Context) {
        if ready.readable {
            self.readable(cx);
        }
        if ready.writable && !self.closed.get() {
            self.writable(cx);
        }
    }

    fn label(&self) -> &'static str {
        "UDPWRAP"
    }
}
