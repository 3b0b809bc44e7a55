//! One connection of an HTTP server: bytes in, requests out, responses back, in order.
//!
//! While nothing asks for its socket, a connection has none: it reads from the descriptor into the parser and writes heads and
//! bodies straight back. A script that asks (`req.socket`, `'connection'`, `'upgrade'`, `'clientError'`) gets a `net.Socket` over
//! the same connection. A stream that is no socket (a duplex given to `server.emit('connection', stream)`, TLS) is driven
//! through its own methods and events.

mod ending;
mod exchanges;
mod reading;
mod writing;

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult};
use coil_engine::Host;

use self::writing::Out;
use super::state::ServerState;
use crate::{
    http::{
        outgoing::state as message_state,
        wire::{Kind, Parser},
    },
    net::{conn::Conn, idle::IdleTimer, server as net_server},
};

/// A connection from its acceptance to its end.
pub struct Connection {
    /// The number that the hooks of `async_hooks` know the parser by.
    told: Cell<Option<u64>>,
    pub id: u64,
    /// The server and its state; none once the connection is closed.
    owner: RefCell<Option<(JsObject, JsObject<ServerState>)>>,
    /// The native connection; none where `stream` is not a socket of ours.
    conn: RefCell<Option<Rc<Conn>>>,
    /// The socket, once there is one, or the stream the connection runs over.
    stream: RefCell<Option<JsObject>>,
    /// Bytes come and go through `stream`'s own methods and events.
    through_stream: Cell<bool>,
    parser: RefCell<Option<Parser>>,
    /// The response whose turn it is: `socket._httpMessage`.
    current: RefCell<Option<JsObject>>,
    /// Responses whose turn has not come: `state.outgoing`.
    waiting: RefCell<VecDeque<JsObject>>,
    /// Requests whose response is not finished: `state.incoming`.
    incoming: RefCell<VecDeque<JsObject>>,
    /// The request whose body is read: `parser.incoming`.
    request: RefCell<Option<JsObject>>,
    out: RefCell<Out>,
    corks: Cell<u32>,
    needs_drain: Cell<bool>,
    /// `state.outgoingData`: bytes in responses whose turn has not come.
    pending_len: Cell<f64>,
    /// Reading stands still until the peer takes what it has asked for.
    paused: Cell<bool>,
    /// `socket.pause()` was called for it.
    told_pause: Cell<bool>,
    requests: Cell<u64>,
    high_water_mark: Cell<f64>,
    idle: RefCell<Option<Rc<IdleTimer>>>,
    keep_alive_set: Cell<bool>,
    /// When the first byte of the message that is being read came, by the loop's clock; `None` between messages.
    began_ms: Cell<Option<u64>>,
    /// No more is sent after what is queued: `socket.end()` was called.
    ending: Cell<bool>,
    destroyed: Cell<bool>,
    failed: Cell<bool>,
}

impl Connection {
    /// A connection that is driven by its descriptor.
    pub fn over_conn(id: u64, server: &JsObject, state: &JsObject<ServerState>, conn: &Rc<Conn>, cx: &mut Context) -> Rc<Self> {
        let connection = Self::new(id, server, state, cx);
        connection.conn.replace(Some(conn.clone()));
        connection
    }

    /// A connection that is driven by a stream.
    pub fn over_stream(id: u64, server: &JsObject, state: &JsObject<ServerState>, stream: &JsObject, cx: &mut Context) -> Rc<Self> {
        let connection = Self::new(id, server, state, cx);
        connection.stream.replace(Some(stream.clone()));
        connection.through_stream.set(true);
        connection
    }

    fn new(id: u64, server: &JsObject, state: &JsObject<ServerState>, cx: &mut Context) -> Rc<Self> {
        let default = crate::http::limits(cx);
        let limits = state.borrow().data().limits(&default);
        let host = Host::of(cx);
        let told = host.async_hooks().map(|_| {
            let origin = host.origin();
            let resource = JsObject::with_object_proto(cx.intrinsics());
            host.announce(&origin, "HTTPINCOMINGMESSAGE", &resource.into(), cx);
            origin.id
        });
        Rc::new(Self {
            told: Cell::new(told),
            id,
            owner: RefCell::new(Some((server.clone(), state.clone()))),
            conn: RefCell::new(None),
            stream: RefCell::new(None),
            through_stream: Cell::new(false),
            parser: RefCell::new(Some(Parser::new(Kind::Request, limits))),
            current: RefCell::new(None),
            waiting: RefCell::default(),
            incoming: RefCell::default(),
            request: RefCell::new(None),
            out: RefCell::default(),
            corks: Cell::new(0),
            needs_drain: Cell::new(false),
            pending_len: Cell::new(0.0),
            paused: Cell::new(false),
            told_pause: Cell::new(false),
            requests: Cell::new(0),
            high_water_mark: Cell::new(net_server::high_water_mark(server, cx)),
            idle: RefCell::new(None),
            keep_alive_set: Cell::new(false),
            began_ms: Cell::new(Some(Host::of(cx).event_loop().now_ms())),
            ending: Cell::new(false),
            destroyed: Cell::new(false),
            failed: Cell::new(false),
        })
    }

    /// The server and its settings, while the connection is open.
    pub fn owner(&self) -> Option<(JsObject, JsObject<ServerState>)> {
        self.owner.borrow().clone()
    }

    pub fn is_destroyed(&self) -> bool {
        self.destroyed.get()
    }

    pub fn had_error(&self) -> bool {
        self.failed.get()
    }

    pub fn is_writable(&self) -> bool {
        !self.destroyed.get() && !self.ending.get()
    }

    /// Bytes that are collected for the next write.
    pub fn unsent_len(&self) -> usize {
        self.out.borrow().len
    }

    /// The request whose body is read: `parser.incoming`.
    pub fn reading_request(&self) -> Option<JsObject> {
        self.request.borrow().clone()
    }

    pub fn is_current(&self, response: &JsObject) -> bool {
        self.current.borrow().as_ref().is_some_and(|current| JsObject::equals(current, response))
    }

    pub fn high_water_mark(&self) -> f64 {
        self.high_water_mark.get()
    }

    /// Bytes the system has not taken.
    pub fn writable_len(&self) -> usize {
        let queued = self.conn.borrow().as_ref().map_or(0, |conn| conn.queue_len());
        self.out.borrow().len + queued
    }

    /// No message is being read, and no response is being written.
    pub fn is_idle(&self, cx: &mut Context) -> bool {
        // A connection that has not sent anything yet is about to.
        if self.began_ms.get().is_some() {
            return false;
        }
        let current = self.current.borrow().clone();
        match current.and_then(|current| message_state::of(&current, cx)) {
            Some(message) => message.borrow().data().finished,
            None => true,
        }
    }

    /// When the message being read began, and whether its head is complete.
    pub fn reading_since(&self) -> Option<(u64, bool)> {
        let began_ms = self.began_ms.get()?;
        let parser = self.parser.borrow();
        let parser = parser.as_ref()?;
        Some((began_ms, parser.is_past_head()))
    }
}

/// An error a listener threw is uncaught; it does not keep the other requests of the same read from being told.
fn report(result: JsResult<()>, cx: &mut Context) {
    if let Err(error) = result {
        Host::of(cx).report(error, coil_engine::Origin::Exception, cx);
    }
}
