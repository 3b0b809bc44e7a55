//! A connected (or connecting) stream socket in the loop: what libuv calls a stream.
//!
//! Bytes that arrive go to the connection's [`Reader`]: a `net.Socket`, or the HTTP parser, without a buffer object in between.
//! Bytes to be sent are tried at once; what the system does not take waits here. No JavaScript runs inside `write`.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    io::IoSlice,
    os::fd::OwnedFd,
    rc::{Rc, Weak},
};

use boa_engine::{Context, JsObject, bytes::ByteRange};
use coil_engine::{
    Host,
    coil_loop::{EventLoop, Interest, Ready, Source, Token},
    coil_sys::{
        Sys, SysError, SysResult, errno,
        net::{Address, How},
    },
};

use super::{
    layer::{Carrier, Layer},
    listener::Listener,
};

/// Who gets what arrives. Called from the loop; whoever calls JavaScript enters it through the host.
pub trait Reader {
    /// Bytes; they lie in a buffer that is used again.
    fn data(self: Rc<Self>, conn: &Rc<Conn>, bytes: &[u8], cx: &mut Context);
    /// The peer sends no more.
    fn end(self: Rc<Self>, conn: &Rc<Conn>, cx: &mut Context);
    /// Reading failed.
    fn failed(self: Rc<Self>, conn: &Rc<Conn>, error: SysError, cx: &mut Context);
    /// What a script knows the connection as, if it does.
    fn object(&self) -> Option<JsObject> {
        None
    }
}

/// What a descriptor is, as far as writing to it and naming it differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StreamKind {
    Tcp,
    /// A unix socket.
    Pipe,
    /// A pipe of the file system or of a shell: not a socket.
    Fifo,
}

/// What is called, once, when something asynchronous is over.
pub type Then = Box<dyn FnOnce(SysResult<()>, &mut Context)>;

/// Bytes to be sent.
pub enum Bytes {
    Owned(Vec<u8>),
    /// A script's buffer: not copied, as it is not in Node.
    View(ByteRange),
}

struct Waiting {
    bytes: Bytes,
    sent: usize,
    then: Option<Then>,
}

/// What stands between most descriptors and their readers: nothing.
#[derive(Default)]
pub(super) struct Between {
    /// TLS, over the descriptor.
    pub(super) layer: Option<Rc<dyn Layer>>,
    /// A script's stream, in the descriptor's place.
    pub(super) carrier: Option<Rc<dyn Carrier>>,
}

/// One stream socket.
pub struct Conn {
    event_loop: Weak<EventLoop<Context>>,
    sys: Sys,
    kind: StreamKind,
    fd: RefCell<Option<OwnedFd>>,
    token: Cell<Option<Token>>,
    reader: RefCell<Option<Rc<dyn Reader>>>,
    pub(super) between: RefCell<Option<Box<Between>>>,
    reading: Cell<bool>,
    /// How much one read takes at most.
    read_len_max: Cell<usize>,
    reffed: Cell<bool>,
    connecting: RefCell<Option<Box<(Address, Then)>>>,
    queue: RefCell<VecDeque<Waiting>>,
    queue_len: Cell<usize>,
    shutdown: RefCell<Option<Then>>,
    /// [`Conn::shutdown`] was called: nothing is written after what waits.
    ending: Cell<bool>,
    closed: Cell<bool>,
    bytes_read: Cell<u64>,
    bytes_written: Cell<u64>,
}

/// One read buffer serves every connection of a loop: only one of them reads at a time.
pub(crate) struct ReadBuffer(pub(crate) RefCell<Vec<u8>>);

impl Default for ReadBuffer {
    fn default() -> Self {
        Self(RefCell::new(vec![0; READ_LEN]))
    }
}

/// What libuv suggests for a read.
pub(crate) const READ_LEN: usize = 64 * 1024;
/// A connection that has more than this to be read lets the others have their turn.
const READS_PER_TURN: usize = 4;
/// As many buffers as one gathered write takes.
const SLICES_MAX: usize = 16;

impl Conn {
    /// A connection over a socket that is connected, or without one that [`Conn::connect`] will bring.
    pub fn new(kind: StreamKind, fd: Option<OwnedFd>, cx: &Context) -> Rc<Self> {
        let host = Host::of(cx);
        let made = Rc::new(Self {
            event_loop: Rc::downgrade(host.event_loop()),
            sys: host.sys().clone(),
            kind,
            fd: RefCell::new(fd),
            token: Cell::new(None),
            reader: RefCell::new(None),
            between: RefCell::new(None),
            reading: Cell::new(false),
            read_len_max: Cell::new(READ_LEN),
            reffed: Cell::new(true),
            connecting: RefCell::new(None),
            queue: RefCell::new(VecDeque::new()),
            queue_len: Cell::new(0),
            shutdown: RefCell::new(None),
            ending: Cell::new(false),
            closed: Cell::new(false),
            bytes_read: Cell::new(0),
            bytes_written: Cell::new(0),
        });
        host.state::<Open>().conns.add(&made);
        made
    }

    /// What a script knows it as, while it is open and keeps the loop alive.
    pub fn object(&self) -> Option<JsObject> {
        self.reader.borrow().as_ref().and_then(|reader| reader.object())
    }

    /// Node's name for it, while it is open and keeps the loop alive.
    pub fn active_label(&self) -> Option<&'static str> {
        let active = self.has_ref() && (self.fd.borrow().is_some() || self.connecting.borrow().is_some());
        active.then(|| label_of(self.kind))
    }

    pub fn kind(&self) -> StreamKind {
        self.kind
    }

    pub fn set_reader(&self, reader: Option<Rc<dyn Reader>>) {
        let before = self.reader.replace(reader);
        drop(before);
    }

    /// Who gets what arrives now.
    pub fn reader(&self) -> Option<Rc<dyn Reader>> {
        self.reader.borrow().clone()
    }

    pub fn is_closed(&self) -> bool {
        self.closed.get()
    }

    /// Whether its end is sent, or will be when all that waits is.
    pub fn is_ending(&self) -> bool {
        self.ending.get()
    }

    pub fn is_reading(&self) -> bool {
        self.reading.get()
    }

    /// Bytes that the reader got.
    pub fn bytes_read(&self) -> u64 {
        self.layer().map_or_else(|| self.bytes_read.get(), |layer| layer.counts().read)
    }

    pub fn bytes_written(&self) -> u64 {
        self.layer().map_or_else(|| self.bytes_written.get(), |layer| layer.counts().written)
    }

    fn wants_read(&self) -> bool {
        self.reading.get() || self.layer().is_some_and(|layer| layer.wants_read())
    }

    /// Has one read take no more than this: as much as the reader has room for.
    pub fn set_read_len_max(&self, len: usize) {
        self.read_len_max.set(len.clamp(1, READ_LEN));
    }

    /// Bytes that the system has not taken yet.
    pub fn queue_len(&self) -> usize {
        self.queue_len.get() + self.layer().map_or(0, |layer| layer.counts().waiting)
    }

    /// Asks something of the socket, while there is one.
    pub fn with_fd<T>(&self, ask: impl FnOnce(&OwnedFd, &Sys) -> T) -> Option<T> {
        self.fd.borrow().as_ref().map(|fd| ask(fd, &self.sys))
    }

    /// Gives up the descriptor, for whoever goes on with it. As closed, but nothing is told.
    pub fn take_fd(&self) -> Option<OwnedFd> {
        self.reading.set(false);
        self.forget_token();
        self.fd.take()
    }

    pub fn set_ref(&self, reffed: bool) {
        self.reffed.set(reffed);
        if let (Some(token), Some(event_loop)) = (self.token.get(), self.event_loop.upgrade()) {
            event_loop.token_ref(token, reffed);
        }
    }

    pub fn has_ref(&self) -> bool {
        self.reffed.get() && !self.closed.get()
    }

    /// Begins to read.
    pub fn read_start(self: &Rc<Self>) -> SysResult<()> {
        if self.closed.get() || self.reading.replace(true) {
            return Ok(());
        }
        self.watch("read")
    }

    /// Reads no more until told to; the peer feels it when the system's buffers are full.
    pub fn read_stop(self: &Rc<Self>) {
        if self.reading.replace(false) && !self.closed.get() {
            // Losing interest cannot fail for a descriptor that is watched.
            let _ = self.watch("read");
        }
    }

    /// Tells the loop what is waited for now.
    pub(super) fn watch(self: &Rc<Self>, syscall: &'static str) -> SysResult<()> {
        if let Some(carrier) = self.carrier() {
            carrier.set_reading(self.wants_read());
            return Ok(());
        }
        let writable = !self.queue.borrow().is_empty() || self.connecting.borrow().is_some();
        let interest = Interest::new(self.wants_read() && self.connecting.borrow().is_none(), writable);
        let Some(event_loop) = self.event_loop.upgrade() else { return Ok(()) };
        let result = match self.token.get() {
            Some(token) => event_loop.interest(token, interest),
            None if interest.is_none() => Ok(()),
            None => {
                let fd = self.fd.borrow();
                let Some(fd) = fd.as_ref() else { return Ok(()) };
                event_loop.register(fd, interest, self.clone()).map(|token| {
                    self.token.set(Some(token));
                    if !self.reffed.get() {
                        event_loop.token_ref(token, false);
                    }
                })
            }
        };
        result.map_err(|error| SysError::new(error.raw_os_error().unwrap_or(errno::EIO), syscall))
    }

    /// Waits for a connection that has begun; `then` is called in a later turn. Errors name the address.
    pub fn connect(self: &Rc<Self>, fd: OwnedFd, address: Address, then: Then) -> SysResult<()> {
        self.fd.replace(Some(fd));
        self.connecting.replace(Some(Box::new((address, then))));
        self.watch("connect")
    }

    /// Sends bytes. `Ok(true)`: all of them are with the system, and `then` is not called. `Ok(false)`: the rest waits, and
    /// `then` is called when it is sent.
    pub fn write(self: &Rc<Self>, bytes: Bytes, then: Option<Then>) -> SysResult<bool> {
        match self.layer() {
            Some(layer) => bytes.read(|bytes| layer.write(self, bytes, then)),
            None => self.write_below(bytes, then),
        }
    }

    /// The same without the layer: what a layer itself sends.
    pub fn write_below(self: &Rc<Self>, bytes: Bytes, then: Option<Then>) -> SysResult<bool> {
        if let Some(carrier) = self.carrier() {
            let bytes = bytes.read(<[u8]>::to_vec);
            self.bytes_written.set(self.bytes_written.get() + bytes.len() as u64);
            carrier.write(bytes, then);
            return Ok(false);
        }
        let len = bytes.len();
        let mut sent = 0;
        if self.queue.borrow().is_empty() && self.connecting.borrow().is_none() {
            sent = bytes.read(|bytes| self.send(bytes))?;
            if sent == len {
                return Ok(true);
            }
        }
        self.queue_len.set(self.queue_len.get() + len - sent);
        self.queue.borrow_mut().push_back(Waiting { bytes, sent, then });
        self.watch("write")?;
        Ok(false)
    }

    /// The same, where what is to be called is only made when something waits. `Ok(Some(given))`: all is sent.
    /// `beside`: without the layer.
    pub fn write_or<T: 'static>(self: &Rc<Self>, bytes: Bytes, given: T, beside: bool, then: impl FnOnce(T) -> Then + 'static) -> SysResult<Option<T>> {
        if !beside && self.layer().is_some() || self.carrier().is_some() {
            // Whether something waits is known only when what is to be called has been handed over.
            let slot = Rc::new(Cell::new(Some(given)));
            let later = slot.clone();
            let call: Then = Box::new(move |result, cx| {
                if let Some(given) = later.take() {
                    then(given)(result, cx);
                }
            });
            let sent = if beside { self.write_below(bytes, Some(call)) } else { self.write(bytes, Some(call)) }?;
            return Ok(if sent { slot.take() } else { None });
        }
        let len = bytes.len();
        let mut sent = 0;
        if self.queue.borrow().is_empty() && self.connecting.borrow().is_none() {
            sent = bytes.read(|bytes| self.send(bytes))?;
            if sent == len {
                return Ok(Some(given));
            }
        }
        self.queue_len.set(self.queue_len.get() + len - sent);
        self.queue.borrow_mut().push_back(Waiting { bytes, sent, then: Some(then(given)) });
        self.watch("write")?;
        Ok(None)
    }

    /// One attempt: how much the system took, possibly nothing.
    fn send(&self, bytes: &[u8]) -> SysResult<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let fd = self.fd.borrow();
        let Some(fd) = fd.as_ref() else { return Err(SysError::new(errno::EBADF, "write")) };
        let net = self.sys.net();
        let sent = if self.kind == StreamKind::Fifo { net.write(fd, bytes) } else { net.send(fd, bytes) };
        let sent = sent?.unwrap_or(0);
        self.bytes_written.set(self.bytes_written.get() + sent as u64);
        Ok(sent)
    }

    /// Sends the end of the stream when all that waits is sent.
    pub fn shutdown(self: &Rc<Self>, then: Then) {
        self.ending.set(true);
        match self.layer() {
            Some(layer) => layer.shutdown(self, then),
            None => self.shutdown_below(then),
        }
    }

    /// The same without the layer.
    pub fn shutdown_below(self: &Rc<Self>, then: Then) {
        if let Some(carrier) = self.carrier() {
            return carrier.shutdown(then);
        }
        self.shutdown.replace(Some(then));
        if self.queue.borrow().is_empty() {
            // Not within the call: whoever asked has not finished its own part yet.
            let conn = self.clone();
            if let Some(event_loop) = self.event_loop.upgrade() {
                event_loop.pending(Box::new(move |cx| conn.drained(cx)));
            }
        }
    }

    fn drained(self: &Rc<Self>, cx: &mut Context) {
        if !self.queue.borrow().is_empty() {
            return;
        }
        let Some(then) = self.shutdown.take() else { return };
        let result = match self.with_fd(|fd, sys| sys.net().shutdown(fd, How::Write)) {
            Some(result) => result,
            None => Err(SysError::new(errno::ECANCELED, "shutdown")),
        };
        then(result, cx);
    }

    /// Has [`Conn::close`] reset the connection instead of ending it.
    pub fn reset(&self) {
        if let Some(fd) = self.fd.take() {
            self.forget_token();
            // It is closed either way.
            let _ = self.sys.net().reset(fd);
        }
    }

    fn forget_token(&self) {
        if let (Some(token), Some(event_loop)) = (self.token.take(), self.event_loop.upgrade()) {
            // The registration ends either way.
            let _ = event_loop.deregister(token);
        }
    }

    /// Closes the socket now; whatever waits is told so, and `then` is called in the closing phase.
    pub fn close(self: &Rc<Self>, then: impl FnOnce(&mut Context) + 'static) {
        let Some(event_loop) = self.event_loop.upgrade() else { return };
        if self.closed.replace(true) {
            // Two sockets may share a connection, one of them in the clear: each hears of its end.
            event_loop.closing(Box::new(then));
            return;
        }
        self.reading.set(false);
        self.forget_token();
        if let Some(carrier) = self.carrier() {
            carrier.close();
        }
        let fd = self.fd.take();
        drop(fd);
        let conn = self.clone();
        event_loop.closing(Box::new(move |cx| {
            conn.cancel(cx);
            conn.set_reader(None);
            then(cx);
        }));
    }

    fn cancel(&self, cx: &mut Context) {
        if let Some((_, then)) = self.connecting.take().map(|connecting| *connecting) {
            then(Err(SysError::new(errno::ECANCELED, "connect")), cx);
        }
        let layer = self.between.take().and_then(|between| between.layer);
        for then in layer.map(|layer| layer.closed()).unwrap_or_default() {
            then(Err(SysError::new(errno::ECANCELED, "write")), cx);
        }
        self.queue_len.set(0);
        while let Some(waiting) = { self.queue.borrow_mut().pop_front() } {
            if let Some(then) = waiting.then {
                then(Err(SysError::new(errno::ECANCELED, "write")), cx);
            }
        }
        if let Some(then) = self.shutdown.take() {
            then(Err(SysError::new(errno::ECANCELED, "shutdown")), cx);
        }
    }

    fn readable(self: &Rc<Self>, cx: &mut Context) {
        let shared = Host::of(cx).state::<ReadBuffer>();
        // Empty when a connection is being read and its reader turned the loop: then another one serves.
        let mut buffer = shared.0.take();
        if buffer.is_empty() {
            buffer = vec![0; READ_LEN];
        }
        for _ in 0..READS_PER_TURN {
            if !self.wants_read() {
                break;
            }
            let len_max = self.read_len_max.get().min(buffer.len());
            let Some(read) = self.with_fd(|fd, sys| sys.net().read(fd, &mut buffer[..len_max])) else { break };
            let layer = self.layer();
            let Some(reader) = self.reader() else { break };
            match read {
                Ok(None) => break,
                Ok(Some(0)) => {
                    self.stop_all();
                    match layer {
                        Some(layer) => layer.ended(self, cx),
                        None => reader.end(self, cx),
                    }
                    break;
                }
                Ok(Some(len)) => {
                    self.bytes_read.set(self.bytes_read.get() + len as u64);
                    match layer {
                        Some(layer) => layer.received(self, &buffer[..len], cx),
                        None => reader.data(self, &buffer[..len], cx),
                    }
                    if len < len_max {
                        break;
                    }
                }
                Err(error) => {
                    self.stop_all();
                    reader.failed(self, error, cx);
                    break;
                }
            }
        }
        shared.0.replace(buffer);
    }

    /// The descriptor has nothing more to give, whoever wants to read.
    fn stop_all(self: &Rc<Self>) {
        self.read_stop();
        if self.layer().is_some()
            && let (Some(token), Some(event_loop)) = (self.token.get(), self.event_loop.upgrade())
        {
            let writable = !self.queue.borrow().is_empty();
            // Losing interest cannot fail for a descriptor that is watched.
            let _ = event_loop.interest(token, Interest::new(false, writable));
        }
    }

    fn writable(self: &Rc<Self>, cx: &mut Context) {
        if let Some((address, then)) = { self.connecting.take().map(|connecting| *connecting) } {
            let result = self.with_fd(|fd, sys| sys.net().connected(fd, &address)).unwrap_or(Ok(()));
            // Interest in writing was in the connection alone, unless something waits to be sent.
            let result = result.and_then(|()| self.watch("connect"));
            then(result, cx);
            return;
        }
        let mut told = Vec::new();
        let failed = self.send_waiting(&mut told);
        if failed.is_none() && self.queue.borrow().is_empty() {
            // Losing interest cannot fail for a descriptor that is watched.
            let _ = self.watch("write");
        }
        for then in told {
            then(Ok(()), cx);
        }
        if let Some(error) = failed {
            let all: Vec<Waiting> = self.queue.borrow_mut().drain(..).collect();
            self.queue_len.set(0);
            let _ = self.watch("write");
            for waiting in all {
                if let Some(then) = waiting.then {
                    then(Err(error.clone()), cx);
                }
            }
        }
        self.drained(cx);
    }

    /// Sends what waits as far as the system takes it; collects whom to tell.
    fn send_waiting(&self, told: &mut Vec<Then>) -> Option<SysError> {
        loop {
            let mut queue = self.queue.borrow_mut();
            while queue.front().is_some_and(|first| first.sent == first.bytes.len()) {
                told.extend(queue.pop_front().and_then(|done| done.then));
            }
            if queue.is_empty() {
                return None;
            }
            let result = self.with_fd(|fd, sys| gather(&queue, |slices| self.send_vectored(fd, sys, slices)));
            let sent = match result {
                None | Some(Ok(None | Some(0))) => return None,
                Some(Ok(Some(sent))) => sent,
                Some(Err(error)) => return Some(error),
            };
            self.bytes_written.set(self.bytes_written.get() + sent as u64);
            self.queue_len.set(self.queue_len.get().saturating_sub(sent));
            let mut left = sent;
            for waiting in queue.iter_mut() {
                let part = left.min(waiting.bytes.len() - waiting.sent);
                waiting.sent += part;
                left -= part;
                if left == 0 {
                    break;
                }
            }
        }
    }
}

impl Conn {
    fn send_vectored(&self, fd: &OwnedFd, sys: &Sys, slices: &[IoSlice<'_>]) -> SysResult<Option<usize>> {
        let net = sys.net();
        if self.kind == StreamKind::Fifo { net.write_vectored(fd, slices) } else { net.send_vectored(fd, slices) }
    }
}

/// Calls `send` with slices of the first pieces that wait. A script's buffer is only borrowed for the time of the call, so
/// pieces after the first such one wait for the next.
fn gather<T>(queue: &VecDeque<Waiting>, send: impl FnOnce(&[IoSlice<'_>]) -> T) -> T {
    let mut slices = Vec::with_capacity(queue.len().min(SLICES_MAX));
    for waiting in queue.iter().take(SLICES_MAX) {
        match &waiting.bytes {
            Bytes::Owned(bytes) => slices.push(IoSlice::new(&bytes[waiting.sent..])),
            Bytes::View(range) if slices.is_empty() => {
                return range.read(|bytes| send(&[IoSlice::new(bytes.get(waiting.sent..).unwrap_or_default())]));
            }
            Bytes::View(_) => break,
        }
    }
    send(&slices)
}

impl Bytes {
    pub fn len(&self) -> usize {
        match self {
            Self::Owned(bytes) => bytes.len(),
            Self::View(range) => range.byte_length,
        }
    }

    fn read<T>(&self, read: impl FnOnce(&[u8]) -> T) -> T {
        match self {
            Self::Owned(bytes) => read(bytes),
            Self::View(range) => range.read(read),
        }
    }
}

impl Source<Context> for Conn {
    fn ready(self: Rc<Self>, ready: Ready, cx: &mut Context) {
        if ready.readable {
            self.readable(cx);
        }
        if ready.writable && !self.closed.get() {
            self.writable(cx);
        }
    }

    fn label(&self) -> &'static str {
        label_of(self.kind)
    }
}

/// Node's name for what wraps a socket.
pub const TCP_LABEL: &str = "TCPSocketWrap";
/// Node's name for what wraps a unix socket or a pipe.
pub const PIPE_LABEL: &str = "PipeWrap";

fn label_of(kind: StreamKind) -> &'static str {
    if kind == StreamKind::Tcp { TCP_LABEL } else { PIPE_LABEL }
}

/// The open connections and listeners of a host: `process._getActiveHandles`.
#[derive(Default)]
pub struct Open {
    pub conns: Register<Conn>,
    pub listeners: Register<Listener>,
}

/// Things in the order of their making, as long as somebody else holds them.
pub struct Register<T>(RefCell<Vec<Weak<T>>>, Cell<usize>);

impl<T> Default for Register<T> {
    fn default() -> Self {
        Self(RefCell::default(), Cell::new(REGISTER_LEN))
    }
}

impl<T> Register<T> {
    pub fn add(&self, thing: &Rc<T>) {
        let mut all = self.0.borrow_mut();
        all.push(Rc::downgrade(thing));
        if all.len() > self.1.get() {
            all.retain(|thing| thing.strong_count() > 0);
            // Twice what lives, so that looking through them costs each one little.
            self.1.set(REGISTER_LEN.max(all.len() * 2));
        }
    }

    pub fn all(&self) -> Vec<Rc<T>> {
        self.0.borrow().iter().filter_map(Weak::upgrade).collect()
    }
}

/// So many are registered before the dead ones are looked for.
const REGISTER_LEN: usize = 64;
