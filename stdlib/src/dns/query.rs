//! One question to name servers: tries, timeouts, and TCP for what is too long for a datagram. No JavaScript.

use std::{
    cell::{Cell, RefCell},
    net::{IpAddr, SocketAddr},
    os::fd::OwnedFd,
    rc::Rc,
};

use boa_engine::Context;
use coil_engine::{
    Host,
    coil_loop::{Hold, Interest, Ready, Source, TimerId, Token},
    coil_sys::{SysError, SysResult, errno},
};

use super::message::{self, Answer, Record};

/// How a resolver asks.
#[derive(Clone, Debug)]
pub struct Settings {
    pub servers: Vec<SocketAddr>,
    /// What a question is sent from: IPv4 and IPv6.
    pub local: (Option<IpAddr>, Option<IpAddr>),
    pub timeout_ms: u64,
    /// How often each server is asked.
    pub tries: u32,
    /// 0: no bound.
    pub timeout_max_ms: u64,
}

/// How a question failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// One of c-ares' codes, such as `ENOTFOUND`.
    Code(&'static str),
    /// The policy said no.
    Denied(SysError),
}

/// What is called, once, with what came of it.
type Done = Box<dyn FnOnce(Result<Vec<Record>, Failure>, &mut Context)>;

/// A question that is under way.
pub struct Query {
    settings: Settings,
    name: String,
    question: RefCell<Vec<u8>>,
    attempt: Cell<u32>,
    fd: RefCell<Option<OwnedFd>>,
    token: Cell<Option<Token>>,
    timer: Cell<Option<TimerId>>,
    /// Over TCP, what has come so far; and whether the question is sent.
    stream: RefCell<Option<Stream>>,
    /// The last thing that went wrong: what is told when all tries are used up.
    failure: Cell<&'static str>,
    done: RefCell<Option<Done>>,
    hold: RefCell<Option<Hold>>,
}

#[derive(Default)]
struct Stream {
    sent: usize,
    received: Vec<u8>,
}

impl Query {
    /// Asks; `done` is called in a later turn.
    pub fn start(settings: Settings, name: &str, kind: u16, cx: &mut Context, done: Done) -> Rc<Self> {
        let host = Host::of(cx);
        let query = Rc::new(Self {
            settings,
            name: name.to_owned(),
            question: RefCell::default(),
            attempt: Cell::new(0),
            fd: RefCell::default(),
            token: Cell::new(None),
            timer: Cell::new(None),
            stream: RefCell::default(),
            failure: Cell::new("ETIMEOUT"),
            done: RefCell::new(Some(done)),
            hold: RefCell::new(Some(host.event_loop().hold())),
        });
        let id = host.sys().random().next_u64().unwrap_or_else(|_| host.uptime_ns()) as u16;
        let is_onion = name.rsplit('.').find(|label| !label.is_empty()).is_some_and(|label| label.eq_ignore_ascii_case("onion"));
        let question = message::question(id, name, kind).filter(|_| !is_onion);
        let begun = query.clone();
        host.event_loop().pending(Box::new(move |cx| match question {
            // RFC 7686: such names are not for name servers.
            None if is_onion => begun.finish(Err(Failure::Code("ENOTFOUND")), cx),
            None => begun.finish(Err(Failure::Code("EBADNAME")), cx),
            Some(question) => {
                begun.question.replace(question);
                begun.ask(cx);
            }
        }));
        query
    }

    /// Ends the question: ECANCELLED.
    pub fn cancel(self: &Rc<Self>, cx: &mut Context) {
        self.finish(Err(Failure::Code("ECANCELLED")), cx);
    }

    fn finish(&self, result: Result<Vec<Record>, Failure>, cx: &mut Context) {
        self.stop(cx);
        let Some(done) = self.done.take() else { return };
        drop(self.hold.take());
        done(result, cx);
    }

    /// Ends the attempt.
    fn stop(&self, cx: &Context) {
        let host = Host::of(cx);
        if let Some(token) = self.token.take() {
            // The registration ends either way.
            let _ = host.event_loop().deregister(token);
        }
        if let Some(timer) = self.timer.take() {
            host.event_loop().timer_cancel(timer);
        }
        drop(self.fd.take());
        drop(self.stream.take());
    }

    /// The next attempt, or the end when they are used up.
    fn ask(self: &Rc<Self>, cx: &mut Context) {
        self.stop(cx);
        if self.done.borrow().is_none() {
            return;
        }
        let servers = &self.settings.servers;
        let attempt = self.attempt.replace(self.attempt.get() + 1);
        if servers.is_empty() {
            return self.finish(Err(Failure::Code("ENOSERVER")), cx);
        }
        if attempt as usize >= servers.len().saturating_mul(self.settings.tries as usize) {
            return self.finish(Err(Failure::Code(self.failure.get())), cx);
        }
        let server = servers[attempt as usize % servers.len()];
        let local = if server.is_ipv4() { self.settings.local.0 } else { self.settings.local.1 };
        let host = Host::of(cx);
        let net = host.sys().net();
        let opened = net.connect_resolver(server, local, &self.name).and_then(|fd| {
            net.send_to(&fd, None, &[std::io::IoSlice::new(&self.question.borrow())])?;
            Ok(fd)
        });
        match opened.and_then(|fd| self.watch(fd, Interest::READABLE, cx)) {
            Ok(()) => {
                let round = attempt / servers.len() as u32;
                self.arm(round, cx);
            }
            Err(error) => self.failed(error, cx),
        }
    }

    fn watch(self: &Rc<Self>, fd: OwnedFd, interest: Interest, cx: &Context) -> SysResult<()> {
        let token = Host::of(cx).event_loop().register(&fd, interest, self.clone());
        let token = token.map_err(|error| SysError::new(error.raw_os_error().unwrap_or(errno::EIO), "connect"))?;
        self.token.set(Some(token));
        self.fd.replace(Some(fd));
        Ok(())
    }

    /// Each round waits twice as long as the one before.
    fn arm(self: &Rc<Self>, round: u32, cx: &Context) {
        let max_ms = if self.settings.timeout_max_ms == 0 { u64::MAX } else { self.settings.timeout_max_ms };
        let delay_ms = self.settings.timeout_ms.saturating_mul(1 << round.min(ROUNDS_DOUBLED_MAX)).min(max_ms).max(1);
        let query = self.clone();
        let timer = Host::of(cx).event_loop().timer(
            delay_ms,
            Box::new(move |cx| {
                query.timer.set(None);
                query.failure.set("ETIMEOUT");
                query.ask(cx);
            }),
        );
        self.timer.set(Some(timer));
    }

    fn failed(self: &Rc<Self>, error: SysError, cx: &mut Context) {
        if error.denied.is_some() {
            return self.finish(Err(Failure::Denied(error)), cx);
        }
        self.failure.set("ECONNREFUSED");
        self.ask(cx);
    }

    fn answered(self: &Rc<Self>, answer: Answer, cx: &mut Context) {
        if answer.truncated && self.stream.borrow().is_none() {
            return self.ask_stream(cx);
        }
        let code = match answer.code {
            0 if answer.records.is_empty() => "ENODATA",
            0 => return self.finish(Ok(answer.records), cx),
            1 => "EFORMERR",
            3 => "ENOTFOUND",
            code => {
                // Another server may know better.
                self.failure.set(match code {
                    2 => "ESERVFAIL",
                    4 => "ENOTIMP",
                    _ => "EREFUSED",
                });
                return self.ask(cx);
            }
        };
        self.finish(Err(Failure::Code(code)), cx);
    }

    /// Asks the same server again over TCP.
    fn ask_stream(self: &Rc<Self>, cx: &mut Context) {
        self.stop(cx);
        let servers = &self.settings.servers;
        let attempt = self.attempt.get().saturating_sub(1);
        let server = servers[attempt as usize % servers.len()];
        let local = if server.is_ipv4() { self.settings.local.0 } else { self.settings.local.1 };
        let opened = Host::of(cx).sys().net().connect_resolver_stream(server, local, &self.name);
        self.stream.replace(Some(Stream::default()));
        match opened.and_then(|fd| self.watch(fd, Interest::new(true, true), cx)) {
            Ok(()) => self.arm(attempt / servers.len() as u32, cx),
            Err(error) => self.failed(error, cx),
        }
    }

    fn datagram_ready(self: &Rc<Self>, cx: &mut Context) {
        let mut bytes = vec![0; DATAGRAM_LEN_MAX];
        loop {
            let received = match self.fd.borrow().as_ref() {
                Some(fd) => Host::of(cx).sys().net().receive(fd, &mut bytes),
                None => return,
            };
            match received {
                Ok(None) => return,
                Ok(Some((len, _))) => {
                    // What does not answer the question is not from the server: the right answer may still come.
                    let found = message::answer(&bytes[..len], &self.question.borrow());
                    if let Some(found) = found {
                        return self.answered(found, cx);
                    }
                }
                Err(error) => return self.failed(error, cx),
            }
        }
    }

    fn stream_ready(self: &Rc<Self>, ready: Ready, cx: &mut Context) {
        let moved = self.move_bytes(ready, cx);
        match moved {
            Ok(false) => {}
            Ok(true) => {
                let found = match &*self.stream.borrow() {
                    Some(stream) => message::answer(&stream.received[2..], &self.question.borrow()),
                    None => return,
                };
                match found {
                    Some(found) => self.answered(found, cx),
                    None => self.finish(Err(Failure::Code("EBADRESP")), cx),
                }
            }
            Err(error) => self.failed(error, cx),
        }
    }

    /// Sends what is left of the question, reads what has come; whether the answer is whole.
    fn move_bytes(&self, ready: Ready, cx: &Context) -> SysResult<bool> {
        let host = Host::of(cx);
        let net = host.sys().net();
        let (fd, mut stream) = (self.fd.borrow(), self.stream.borrow_mut());
        let (Some(fd), Some(stream)) = (fd.as_ref(), stream.as_mut()) else { return Ok(false) };
        let question = self.question.borrow();
        let mut framed = (question.len() as u16).to_be_bytes().to_vec();
        framed.extend_from_slice(&question);
        if ready.writable && stream.sent < framed.len() {
            stream.sent += net.send(fd, &framed[stream.sent..])?.unwrap_or(0);
            if stream.sent == framed.len()
                && let Some(token) = self.token.get()
            {
                // Losing interest cannot fail for a descriptor that is watched.
                let _ = host.event_loop().interest(token, Interest::READABLE);
            }
        }
        let mut bytes = [0; 4096];
        if !ready.readable {
            return Ok(false);
        }
        loop {
            match net.read(fd, &mut bytes)? {
                None => return Ok(false),
                Some(0) => return Err(SysError::new(errno::ECONNRESET, "read")),
                Some(len) => stream.received.extend_from_slice(&bytes[..len]),
            }
            if let [high, low, rest @ ..] = stream.received.as_slice()
                && rest.len() >= usize::from(u16::from_be_bytes([*high, *low]))
            {
                return Ok(true);
            }
        }
    }
}

impl Source<Context> for Query {
    fn ready(self: Rc<Self>, ready: Ready, cx: &mut Context) {
        let is_stream = self.stream.borrow().is_some();
        if is_stream {
            self.stream_ready(ready, cx);
        } else if ready.readable {
            self.datagram_ready(cx);
        }
    }

    fn label(&self) -> &'static str {
        "QUERYWRAP"
    }
}

/// As long as a datagram can be.
const DATAGRAM_LEN_MAX: usize = 65_535;
/// Waiting longer than this many doublings is waiting for ever.
const ROUNDS_DOUBLED_MAX: u32 = 16;
