//! TLS between a connection and its reader: bytes are protected and opened in Rust; a script sees plain Buffers.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsResult};
use coil_engine::{
    Host,
    coil_sys::{SysError, SysResult, errno},
};
use coil_tls::{
    provider::random,
    rustls::Error,
    session::{ClientWishes, Hello, Saved, ServerWishes, Session, Settings},
};

use crate::net::{
    conn::{Bytes, Conn, Then},
    layer::{Layer, LayerCounts},
};

/// Who hears what becomes of a connection: the `TLSSocket`. Each is called within one entry into JavaScript.
pub(super) trait Watcher {
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
    /// Written before the handshake was over.
    pending: RefCell<Vec<(Vec<u8>, Option<Then>)>>,
    ending: RefCell<Option<Then>>,
    waiting: Cell<usize>,
    read: Cell<u64>,
    written: Cell<u64>,
    established: Cell<bool>,
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
            pending: RefCell::default(),
            ending: RefCell::default(),
            waiting: Cell::new(0),
            read: Cell::new(0),
            written: Cell::new(0),
            established: Cell::new(false),
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
        let mut plain = Vec::new();
        let result = match self.session.borrow_mut().as_mut() {
            Some(session) => session.accept(settings, wishes, &mut plain),
            None => return,
        };
        self.after(conn, result.map(|()| None), &plain, cx);
    }

    /// Asks something of the session, once there is one.
    pub(super) fn with_session<T>(&self, ask: impl FnOnce(&Session) -> T) -> Option<T> {
        self.session.borrow().as_ref().map(ask)
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
    fn after(&self, conn: &Rc<Conn>, result: Result<Option<Hello>, Error>, plain: &[u8], cx: &mut Context) {
        self.send_out(conn);
        let lines = self.with_session(Session::take_key_lines).unwrap_or_default();
        if !lines.is_empty() {
            self.tell(cx, |watcher, cx| watcher.key_lines(lines, cx));
        }
        let is_established = self.with_session(Session::is_established).unwrap_or(false);
        if is_established && !self.established.replace(true) {
            self.wants_read.set(false);
            let _ = conn.layer_changed();
            self.flush_pending(conn, cx);
            self.tell(cx, |watcher, cx| watcher.secure(cx));
        }
        let sessions = self.with_session(Session::take_sessions).unwrap_or_default();
        if !sessions.is_empty() {
            self.tell(cx, |watcher, cx| watcher.sessions(sessions, cx));
        }
        if !plain.is_empty() && !conn.is_closed() {
            self.read.set(self.read.get() + plain.len() as u64);
            if let Some(reader) = conn.reader() {
                reader.data(conn, plain, cx);
            }
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
        let pending = self.pending.take();
        self.waiting.set(0);
        for (bytes, then) in pending {
            // Whether it could be sent at once or not, whoever waits is told once.
            let slot = Rc::new(Cell::new(then));
            let later = slot.clone();
            let call: Then = Box::new(move |result, cx| {
                if let Some(then) = later.take() {
                    then(result, cx);
                }
            });
            let sent = self.protect(conn, &bytes, Some(call));
            match sent {
                Ok(false) => {}
                Ok(true) => {
                    if let Some(then) = slot.take() {
                        then(Ok(()), cx);
                    }
                }
                Err(error) => {
                    if let Some(then) = slot.take() {
                        then(Err(error), cx);
                    }
                }
            }
        }
        let ending = self.ending.take();
        if let Some(then) = ending {
            self.shutdown(conn, then);
        }
    }

    fn protect(&self, conn: &Rc<Conn>, bytes: &[u8], then: Option<Then>) -> SysResult<bool> {
        let out = match self.session.borrow_mut().as_mut() {
            Some(session) => {
                session.send(bytes);
                session.take_output()
            }
            None => Vec::new(),
        };
        conn.write_below(Bytes::Owned(out), then)
    }
}

impl Layer for TlsLayer {
    fn wants_read(&self) -> bool {
        self.wants_read.get()
    }

    fn received(&self, conn: &Rc<Conn>, bytes: &[u8], cx: &mut Context) {
        let (mut first, seen) = self.first.get();
        if seen < first.len() {
            let len = bytes.len().min(first.len() - seen);
            first[seen..seen + len].copy_from_slice(&bytes[..len]);
            self.first.set((first, seen + len));
        }
        if self.failed.get() {
            return;
        }
        let mut plain = Vec::new();
        let result = match self.session.borrow_mut().as_mut() {
            Some(session) => session.receive(bytes, &mut plain),
            None => return,
        };
        self.after(conn, result, &plain, cx);
    }

    fn ended(&self, conn: &Rc<Conn>, cx: &mut Context) {
        self.tell_end(conn, cx);
    }

    fn write(&self, conn: &Rc<Conn>, bytes: &[u8], then: Option<Then>) -> SysResult<bool> {
        if self.failed.get() {
            return Err(SysError::new(errno::EPIPE, "write"));
        }
        self.written.set(self.written.get() + bytes.len() as u64);
        if !self.established.get() {
            self.waiting.set(self.waiting.get() + bytes.len());
            self.pending.borrow_mut().push((bytes.to_vec(), then));
            return Ok(false);
        }
        self.protect(conn, bytes, then)
    }

    fn shutdown(&self, conn: &Rc<Conn>, then: Then) {
        if !self.established.get() && !self.failed.get() && !self.ended.get() {
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
