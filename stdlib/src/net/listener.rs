//! A listening socket in the loop.

use std::{
    cell::{Cell, RefCell},
    os::fd::{AsRawFd, OwnedFd, RawFd},
    rc::{Rc, Weak},
};

use boa_engine::{Context, JsObject};
use coil_engine::{
    Host,
    coil_loop::{EventLoop, Hold, Interest, Ready, Source, Token},
    coil_sys::{Sys, SysError, SysResult, errno, net::Address},
};

use super::conn::{Open, StreamKind};

/// Who gets the connections.
pub trait Acceptor {
    /// A connection, or why there is none.
    fn accepted(self: Rc<Self>, result: SysResult<OwnedFd>, cx: &mut Context);
    /// What a script knows the listener as, if it does.
    fn object(&self) -> Option<JsObject> {
        None
    }
}

/// Is called once, when a listener is closed.
pub type OnClose = Box<dyn FnOnce(&mut Context)>;

struct Remote {
    address: Option<Address>,
    /// As long as it is ref'd.
    hold: Option<Hold>,
}

/// One listening socket.
pub struct Listener {
    event_loop: Weak<EventLoop<Context>>,
    sys: Sys,
    kind: StreamKind,
    fd: RefCell<Option<OwnedFd>>,
    /// The file of a unix socket that was made for it; it goes when the socket is closed.
    path: RefCell<Option<Address>>,
    token: Cell<Option<Token>>,
    reffed: Cell<bool>,
    acceptor: RefCell<Option<Rc<dyn Acceptor>>>,
    /// A descriptor kept for the case that all others are used up: without it not even a connection that is to be refused could
    /// be taken, and the kernel would offer it again and again.
    spare: RefCell<Option<OwnedFd>>,
    /// The socket is another process's, which deals out its connections.
    remote: RefCell<Option<Remote>>,
    on_close: RefCell<Option<OnClose>>,
    /// Descriptors ran out, the spare one too: accepting stands still for a moment.
    resting: Cell<bool>,
}

/// Connections taken per wake-up. More wait in the kernel while those taken are served.
const ACCEPTS_PER_TURN: usize = 32;
/// Where descriptors have run out, asking again at once would spin: the kernel would say the same.
const REST_MS: u64 = 100;

impl Listener {
    pub fn new(kind: StreamKind, fd: OwnedFd, path: Option<Address>, cx: &Context) -> Rc<Self> {
        let host = Host::of(cx);
        let made = Rc::new(Self {
            event_loop: Rc::downgrade(host.event_loop()),
            sys: host.sys().clone(),
            kind,
            fd: RefCell::new(Some(fd)),
            path: RefCell::new(path),
            token: Cell::new(None),
            reffed: Cell::new(true),
            acceptor: RefCell::new(None),
            spare: RefCell::new(None),
            remote: RefCell::new(None),
            on_close: RefCell::new(None),
            resting: Cell::new(false),
        });
        host.state::<Open>().listeners.add(&made);
        made
    }

    /// What a script knows it as, while it is open.
    pub fn object(&self) -> Option<JsObject> {
        self.fd.borrow().as_ref()?;
        self.acceptor.borrow().as_ref().and_then(|acceptor| acceptor.object())
    }

    /// A listener without a socket of its own: a cluster's primary has it, and hands over connections. `address` is what it listens on.
    pub fn remote(kind: StreamKind, address: Option<Address>, cx: &Context) -> Rc<Self> {
        let host = Host::of(cx);
        let hold = host.event_loop().hold_as("TCPServerWrap");
        Rc::new(Self {
            event_loop: Rc::downgrade(host.event_loop()),
            sys: host.sys().clone(),
            kind,
            fd: RefCell::new(None),
            path: RefCell::new(None),
            token: Cell::new(None),
            reffed: Cell::new(true),
            acceptor: RefCell::new(None),
            spare: RefCell::new(None),
            remote: RefCell::new(Some(Remote { address, hold: Some(hold) })),
            on_close: RefCell::new(None),
            resting: Cell::new(false),
        })
    }

    /// Who gets the connections.
    pub fn acceptor(&self) -> Option<Rc<dyn Acceptor>> {
        self.acceptor.borrow().clone()
    }

    /// What is to be called at the end, for who does so at once.
    pub fn take_on_close(&self) -> Option<OnClose> {
        self.on_close.take()
    }

    /// Has `tell` called when this is closed.
    pub fn on_close(&self, tell: OnClose) {
        self.on_close.replace(Some(tell));
    }

    pub fn kind(&self) -> StreamKind {
        self.kind
    }

    pub fn raw_fd(&self) -> Option<RawFd> {
        self.fd.borrow().as_ref().map(AsRawFd::as_raw_fd)
    }

    /// Another descriptor of the same socket, for another process.
    pub fn duplicate(&self) -> Option<OwnedFd> {
        self.fd.borrow().as_ref()?.try_clone().ok()
    }

    /// Where it listens.
    pub fn address(&self) -> Option<Address> {
        if let Some(remote) = self.remote.borrow().as_ref() {
            return remote.address.clone();
        }
        let fd = self.fd.borrow();
        self.sys.net().local_address(fd.as_ref()?).ok()
    }

    /// Listens with this many connections waiting at most, where the socket does not listen yet.
    pub fn listen(&self, backlog: i32) -> SysResult<()> {
        match self.fd.borrow().as_ref() {
            Some(fd) => self.sys.net().listen_on(fd, backlog),
            None if self.remote.borrow().is_some() => Ok(()),
            None => Err(SysError::new(errno::EBADF, "listen")),
        }
    }

    /// Begins to accept.
    pub fn start(self: &Rc<Self>, acceptor: Rc<dyn Acceptor>) -> SysResult<()> {
        self.acceptor.replace(Some(acceptor));
        let Some(event_loop) = self.event_loop.upgrade() else { return Ok(()) };
        let fd = self.fd.borrow();
        let Some(fd) = fd.as_ref() else { return Ok(()) };
        match event_loop.register(fd, Interest::READABLE, self.clone()) {
            Ok(token) => {
                self.token.set(Some(token));
                event_loop.token_ref(token, self.reffed.get());
                self.spare.replace(fd.try_clone().ok());
                Ok(())
            }
            Err(error) => Err(SysError::new(error.raw_os_error().unwrap_or(errno::EIO), "listen")),
        }
    }

    pub fn set_ref(&self, reffed: bool) {
        self.reffed.set(reffed);
        if let (Some(remote), Some(event_loop)) = (self.remote.borrow_mut().as_mut(), self.event_loop.upgrade()) {
            remote.hold = reffed.then(|| remote.hold.take().unwrap_or_else(|| event_loop.hold_as("TCPServerWrap")));
        }
        if let (Some(token), Some(event_loop)) = (self.token.get(), self.event_loop.upgrade()) {
            event_loop.token_ref(token, reffed);
        }
    }

    pub fn has_ref(&self) -> bool {
        self.reffed.get() && (self.fd.borrow().is_some() || self.remote.borrow().is_some())
    }

    /// Accepts no more, and frees the address.
    pub fn close(self: &Rc<Self>, then: impl FnOnce(&mut Context) + 'static) {
        let Some(event_loop) = self.event_loop.upgrade() else { return };
        if let Some(token) = self.token.take() {
            // The registration ends either way.
            let _ = event_loop.deregister(token);
        }
        let (fd, remote) = (self.fd.take(), self.remote.take());
        if fd.is_none() && remote.is_none() {
            return;
        }
        drop((fd, remote));
        let spare = self.spare.take();
        drop(spare);
        if let Some(path) = self.path.take() {
            // Another process may have removed or replaced the file; then it is not ours to mind.
            let _ = self.sys.net().remove_socket(&path);
        }
        self.acceptor.take();
        let on_close = self.on_close.take();
        event_loop.closing(Box::new(move |cx| {
            if let Some(tell) = on_close {
                tell(cx);
            }
            then(cx);
        }));
    }

    /// Takes the connections that wait and closes them at once, so that their clients know. `false`: not even that can be done.
    fn shed(&self) -> bool {
        let Some(spare) = self.spare.take() else { return false };
        drop(spare);
        let fd = self.fd.borrow();
        let Some(fd) = fd.as_ref() else { return false };
        while let Ok(Some(refused)) = self.sys.net().accept(fd) {
            drop(refused);
        }
        self.spare.replace(fd.try_clone().ok());
        true
    }

    fn rest(self: &Rc<Self>, cx: &mut Context) {
        let host = Host::of(cx);
        let Some(token) = self.token.get() else { return };
        if host.event_loop().interest(token, Interest::NONE).is_err() || self.resting.replace(true) {
            return;
        }
        // A listener that only waits for descriptors still counts as alive, as it does in Node.
        let hold = self.reffed.get().then(|| host.event_loop().hold());
        let listener = self.clone();
        let id = host.event_loop().timer(
            REST_MS,
            Box::new(move |cx| {
                drop(hold);
                listener.resting.set(false);
                if let Some(token) = listener.token.get() {
                    // The descriptor was watched before; if it cannot be now, the next listen says so.
                    let _ = Host::of(cx).event_loop().interest(token, Interest::READABLE);
                }
            }),
        );
        host.event_loop().timer_ref(id, false);
    }
}

impl Source<Context> for Listener {
    fn ready(self: Rc<Self>, _ready: Ready, cx: &mut Context) {
        for _ in 0..ACCEPTS_PER_TURN {
            let Some(acceptor) = self.acceptor.borrow().clone() else { return };
            let accepted = match self.fd.borrow().as_ref() {
                Some(fd) => self.sys.net().accept(fd),
                None => return,
            };
            match accepted {
                Ok(Some(fd)) => acceptor.accepted(Ok(fd), cx),
                Ok(None) => return,
                Err(error) if (error.is(errno::EMFILE) || error.is(errno::ENFILE)) && self.shed() => return,
                Err(error) => {
                    self.rest(cx);
                    acceptor.accepted(Err(error), cx);
                    return;
                }
            }
        }
    }

    fn label(&self) -> &'static str {
        if self.kind == StreamKind::Tcp { "TCPServerWrap" } else { "PipeWrap" }
    }
}
