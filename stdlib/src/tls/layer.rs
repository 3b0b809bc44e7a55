//! TLS between a connection and its reader: bytes are protected and opened in Rust; a script sees plain Buffers.

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};

use boa_engine::{Context, JsResult};
use coil_engine::{
    Host,
    coil_loop::EventLoop,
    coil_sys::{SysError, SysResult, errno},
};
use coil_tls::{
    provider::random,
    rustls::Error,
    session::{ClientWishes, Hello, Plain, Saved, ServerWishes, Session, Settings},
};

use crate::net::{
    conn::{Bytes, Conn, Then},
    layer::{Layer, LayerCounts},
};

/// Who hears what becomes of a connection: the `TLSSocket`. Each is called within one entry into JavaScript.
pub(super) trait Watcher {
    /// Something was written before the handshake began: a client begins it.
    fn start(&self, cx: &mut Context) -> JsResult<()>;
    /// The client's first message has come: [`TlsLayer::accept`] goes on.
    fn hello(&self, hello: Hello, cx: &mut Context) -> JsResult<()>;
    /// The handshake is over.
    fn secure(&self, cx: &mut Context) -> JsResult<()>;
    /// The server gave sessions.
    fn sessions(&self, sessions: Vec<Saved>, cx: &mut Context) -> JsResult<()>;
    /// Lines for a key log.
    fn key_lines(&self, lines: Vec<String>, cx: &mut Context) -> JsResult<()>;
    /// It cannot go on. `first` is how the peer began.
    fn failed(&self, error: Error, first: [u8; 5], cx: &mut Context) -> JsResult<()>;
}

/// One connection's TLS.
pub(super) struct TlsLayer {
    session: RefCell<Option<Session>>,
    watcher: RefCell<Option<Rc<dyn Watcher>>>,
    event_loop: Weak<EventLoop<Context>>,
    /// Written before the handshake was over and the peer looked at.
    pending: RefCell<Vec<(Vec<u8>, Option<Then>)>>,
    ending: RefCell<Option<Then>>,
    waiting: Rc<Cell<usize>>,
    read: Cell<u64>,
    written: Cell<u64>,
    /// The handshake is over.
    established: Cell<bool>,
    /// The watcher has heard so and let the connection live: what is written is sent.
    open: Cell<bool>,
    failed: Cell<bool>,
    ended: Cell<bool>,
    wants_read: Cell<bool>,
    first: Cell<([u8; 5], usize)>,
}

impl TlsLayer {
    /// A server's, or, until [`TlsLayer::start`], nobody's.
    pub(super) fn new(is_server: bool, cx: &Context) -> Rc<Self> {
        if !random::has_source() {
            let sys = Host::of(cx).sys().clone();
            random::set_source(move |bytes| sys.random().fill(bytes).is_ok());
        }
        Rc::new(Self {
            session: RefCell::new(is_server.then(Session::server)),
            watcher: RefCell::new(None),
            event_loop: Rc::downgrade(Host::of(cx).event_loop()),
            pending: RefCell::default(),
            ending: RefCell::default(),
            waiting: Rc::default(),
            read: Cell::new(0),
            written: Cell::new(0),
            established: Cell::new(false),
            open: Cell::new(false),
            failed: Cell::new(false),
            ended: Cell::new(false),
            wants_read: Cell::new(is_server),
            first: Cell::default(),
        })
    }

    pub(super) fn watch(&self, watcher: Rc<dyn Watcher>) {
        self.watcher.replace(Some(watcher));
    }

    pub(super) fn is_started(&self) -> bool {
        self.session.borrow().is_some()
    }

    /// A client begins.
    pub(super) fn start(&self, conn: &Rc<Conn>, settings: &Settings, wishes: ClientWishes, cx: &mut Context) {
        if self.is_started() {
            return;
        }
        match Session::client(settings, wishes) {
            Ok(session) => {
                self.session.replace(Some(session));
                self.wants_read.set(true);
                self.send_out(conn);
                // A descriptor that cannot be watched shows itself at the next write.
                let _ = conn.layer_changed();
            }
            Err(error) => self.fail(error, cx),
        }
    }

    /// A server goes on after the client's first message.
    pub(super) fn accept(&self, conn: &Rc<Conn>, settings: &Settings, wishes: ServerWishes, cx: &mut Context) {
        let mut plain = Plain::new();
        let result = match self.session.borrow_mut().as_mut() {
            Some(session) => session.accept(settings, wishes, &mut plain),
            None => return,
        };
        self.after(conn, result.map(|()| None), plain, cx);
    }

    /// Goes on without TLS's help: nothing that comes is understood any more.
    pub(super) fn forget(&self) {
        self.failed.set(true);
        self.wants_read.set(false);
        self.session.take();
    }

    /// Has records hold no more than this from now on.
    pub(super) fn set_fragment_len_max(&self, len: usize) {
        if let Some(session) = self.session.borrow_mut().as_mut() {
            session.set_fragment_len_max(len);
        }
    }

    /// Asks something of the session, once there is one.
    pub(super) fn with_session<T>(&self, ask: impl FnOnce(&Session) -> T) -> Option<T> {
        self.session.borrow().as_ref().map(ask)
    }

    fn start_later(&self) {
        let watcher = self.watcher.borrow().clone();
        if let (Some(watcher), Some(event_loop)) = (watcher, self.event_loop.upgrade()) {
            event_loop.pending(Box::new(move |cx| {
                Host::of(cx).enter_with(cx, |cx| watcher.start(cx));
            }));
        }
    }

    fn send_out(&self, conn: &Rc<Conn>) {
        let out = self.session.borrow_mut().as_mut().map(Session::take_output).unwrap_or_default();
        if !out.is_empty() && !conn.is_closed() {
            // What cannot be sent shows itself when reading.
            let _ = conn.write_below(Bytes::Owned(out), None);
        }
    }

    fn tell(&self, cx: &mut Context, event: impl FnOnce(&dyn Watcher, &mut Context) -> JsResult<()>) {
        let watcher = self.watcher.borrow().clone();
        if let Some(watcher) = watcher {
            Host::of(cx).enter_with(cx, |cx| event(&*watcher, cx));
        }
    }

    fn fail(&self, error: Error, cx: &mut Context) {
        self.wants_read.set(false);
        if !self.failed.replace(true) {
            let first = self.first.get().0;
            self.tell(cx, |watcher, cx| watcher.failed(error, first, cx));
        }
    }

    /// What came of bytes of the peer's is told, in order.
    fn after(&self, conn: &Rc<Conn>, result: Result<Option<Hello>, Error>, plain: Plain, cx: &mut Context) {
        let is_established = self.with_session(Session::is_established).unwrap_or(false);
        let is_new = is_established && !self.established.replace(true);
        if !is_new {
            self.send_out(conn);
        }
        let lines = self.with_session(Session::take_key_lines).unwrap_or_default();
        if !lines.is_empty() {
            self.tell(cx, |watcher, cx| watcher.key_lines(lines, cx));
        }
        let sessions = self.with_session(Session::take_sessions).unwrap_or_default();
        if !sessions.is_empty() {
            self.tell(cx, |watcher, cx| watcher.sessions(sessions, cx));
        }
        if is_new {
            self.wants_read.set(false);
            let _ = conn.layer_changed();
            // The last message of the handshake is held back: a peer that is refused hears nothing more, least of all what was
            // written for somebody else.
            self.tell(cx, |watcher, cx| watcher.secure(cx));
            if conn.is_closed() {
                return;
            }
            self.send_out(conn);
            self.open.set(true);
            self.flush_pending(conn, cx);
        }
        for record in plain {
            let Some(reader) = conn.reader().filter(|_| !conn.is_closed()) else { break };
            self.read.set(self.read.get() + record.len() as u64);
            reader.data(conn, &record, cx);
        }
        match result {
            Ok(Some(hello)) => self.tell(cx, |watcher, cx| watcher.hello(hello, cx)),
            Ok(None) => {}
            Err(error) => return self.fail(error, cx),
        }
        let has_closed = self.session.borrow_mut().as_mut().is_some_and(Session::peer_has_closed);
        if has_closed {
            self.tell_end(conn, cx);
        }
    }

    fn tell_end(&self, conn: &Rc<Conn>, cx: &mut Context) {
        self.wants_read.set(false);
        if !self.ended.replace(true)
            && !conn.is_closed()
            && let Some(reader) = conn.reader()
        {
            conn.read_stop();
            reader.end(conn, cx);
        }
    }

    /// The handshake is over: what waited for it is sent.
    fn flush_pending(&self, conn: &Rc<Conn>, cx: &mut Context) {
        for (bytes, then) in self.pending.take() {
            if let Err((error, Some(then))) = self.protect(conn, &bytes, then) {
                then(Err(error), cx);
            }
        }
        let ending = self.ending.take();
        if let Some(then) = ending {
            self.shutdown(conn, then);
        }
    }

    /// Sends bytes. Whoever wrote them hears of it in a later turn, even if the system took all of them at once; where sending
    /// fails, whoever is to be called is handed back.
    fn protect(&self, conn: &Rc<Conn>, bytes: &[u8], then: Option<Then>) -> Result<(), (SysError, Option<Then>)> {
        let out = match self.session.borrow_mut().as_mut() {
            Some(session) => {
                session.send(bytes);
                session.take_output()
            }
            None => Vec::new(),
        };
        let (waiting, len) = (self.waiting.clone(), bytes.len());
        let done: Then = Box::new(move |result, cx| {
            waiting.set(waiting.get().saturating_sub(len));
            if let Some(then) = then {
                then(result, cx);
            }
        });
        let slot = Rc::new(Cell::new(Some(done)));
        let later = slot.clone();
        let call: Then = Box::new(move |result, cx| {
            if let Some(done) = later.take() {
                done(result, cx);
            }
        });
        match conn.write_below(Bytes::Owned(out), Some(call)) {
            Ok(false) => {}
            Ok(true) => {
                if let Some(event_loop) = self.event_loop.upgrade() {
                    event_loop.pending(Box::new(move |cx| {
                        if let Some(done) = slot.take() {
                            done(Ok(()), cx);
                        }
                    }));
                }
            }
            Err(error) => return Err((error, slot.take())),
        }
        Ok(())
    }
}

impl Layer for TlsLayer {
    fn wants_read(&self) -> bool {
        self.wants_read.get()
    }

    fn received(&self, conn: &Rc<Conn>, bytes: &[u8], cx: &mut Context) {
        let (mut first, seen) = self.first.get();
        if self.established.get() {
            // What went wrong then began where these bytes do.
            first = [0; 5];
            let len = bytes.len().min(first.len());
            first[..len].copy_from_slice(&bytes[..len]);
            self.first.set((first, len));
        } else if seen < first.len() {
            let len = bytes.len().min(first.len() - seen);
            first[seen..seen + len].copy_from_slice(&bytes[..len]);
            self.first.set((first, seen + len));
        }
        if self.failed.get() {
            return;
        }
        let mut plain = Plain::new();
        let result = match self.session.borrow_mut().as_mut() {
            Some(session) => session.receive(bytes, &mut plain),
            None => return,
        };
        self.after(conn, result, plain, cx);
    }

    fn ended(&self, conn: &Rc<Conn>, cx: &mut Context) {
        self.tell_end(conn, cx);
    }

    fn write(&self, conn: &Rc<Conn>, bytes: &[u8], then: Option<Then>) -> SysResult<bool> {
        if self.failed.get() {
            return Err(SysError::new(errno::EPIPE, "write"));
        }
        self.written.set(self.written.get() + bytes.len() as u64);
        self.waiting.set(self.waiting.get() + bytes.len());
        if !self.open.get() {
            self.pending.borrow_mut().push((bytes.to_vec(), then));
            if !self.is_started() {
                self.start_later();
            }
            return Ok(false);
        }
        match self.protect(conn, bytes, then) {
            Ok(()) => Ok(false),
            Err((error, _)) => {
                self.waiting.set(self.waiting.get().saturating_sub(bytes.len()));
                Err(error)
            }
        }
    }

    fn shutdown(&self, conn: &Rc<Conn>, then: Then) {
        if !self.open.get() && !self.failed.get() && !self.ended.get() {
            self.ending.replace(Some(then));
            return;
        }
        if let Some(session) = self.session.borrow_mut().as_mut() {
            session.send_close();
        }
        self.send_out(conn);
        conn.shutdown_below(then);
    }

    fn closed(&self) -> Vec<Then> {
        self.watcher.take();
        self.waiting.set(0);
        let mut waiting: Vec<Then> = self.pending.take().into_iter().filter_map(|(_, then)| then).collect();
        waiting.extend(self.ending.take());
        waiting
    }

    fn counts(&self) -> LayerCounts {
        LayerCounts { read: self.read.get(), written: self.written.get(), waiting: self.waiting.get() }
    }
}
