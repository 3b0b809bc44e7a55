//! One connection of an HTTP server: bytes in, requests out, responses back, in order.
//!
//! While nothing asks for its socket, a connection has none: it reads from the descriptor into the parser and writes heads and
//! bodies straight back. A script that asks (`req.socket`, `'connection'`, `'upgrade'`, `'clientError'`) gets a `net.Socket` over
//! the same connection. A stream that is no socket (a duplex given to `server.emit('connection', stream)`, TLS) is driven
//! through its own methods and events.

use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    coil_sys::{SysError, SysResult},
};

use super::{
    dispatch, response,
    state::{ServerState, positive},
};
use crate::{
    events,
    http::{
        errors, incoming,
        outgoing::{Channel, Data, Done, Piece, body, state as message_state},
        wire::{Event, Kind, ParseError, Parser, Reply},
    },
    net::{
        Socket,
        conn::{Bytes, Conn, Reader},
        errors as net_errors,
        idle::IdleTimer,
        server as net_server,
    },
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

/// What is to be sent with the next write.
#[derive(Default)]
struct Out {
    pieces: Vec<Data>,
    len: usize,
    done: Vec<Done>,
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

// Reading.
impl Connection {
    /// Takes bytes; whole requests are told at once. Runs inside one entry into JavaScript.
    pub fn feed(self: &Rc<Self>, bytes: &[u8], cx: &mut Context) {
        self.touch(cx);
        let mut at = 0;
        loop {
            let event = {
                let mut parser = self.parser.borrow_mut();
                let Some(parser) = parser.as_mut() else { return };
                let event = parser.next(bytes, &mut at);
                if !parser.is_idle() && self.began_ms.get().is_none() {
                    self.began_ms.set(Some(Host::of(cx).event_loop().now_ms()));
                }
                event
            };
            let result = match event {
                Event::More => break,
                Event::Head => self.head(cx),
                Event::Body(range) => self.body(&bytes[range], cx),
                Event::Complete => self.complete(cx),
                Event::Upgrade => {
                    let result = self.upgrade(&bytes[at..], cx);
                    report(result, cx);
                    return;
                }
                Event::Error(error) => {
                    let result = self.refused(&error, bytes, cx);
                    report(result, cx);
                    return;
                }
            };
            report(result, cx);
            if self.destroyed.get() {
                return;
            }
        }
        if self.paused.get()
            && let Some(conn) = self.conn.borrow().as_ref()
        {
            conn.read_stop();
        }
    }

    /// Something happened: the time without activity begins anew.
    fn touch(&self, cx: &mut Context) {
        if let Some(idle) = self.idle.borrow().as_ref() {
            idle.push();
            return;
        }
        let stream = self.stream.borrow().clone();
        if let Some(stream) = stream.filter(|_| !self.through_stream.get()) {
            Socket::touch(&stream, cx);
        }
    }

    fn head(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let head = match self.parser.borrow_mut().as_mut() {
            Some(parser) => parser.take_head(),
            None => return Ok(()),
        };
        self.reset_timeout(cx)?;
        let (reply, result) = dispatch::head(self, head, cx);
        if reply != Reply::Normal
            && let Some(parser) = self.parser.borrow_mut().as_mut()
        {
            parser.reply(reply);
        }
        result
    }

    fn body(self: &Rc<Self>, bytes: &[u8], cx: &mut Context) -> JsResult<()> {
        let request = self.request.borrow().clone();
        let Some(request) = request else { return Ok(()) };
        if !incoming::push_body(&request, bytes, cx)? {
            self.stop_reading(cx)?;
        }
        Ok(())
    }

    fn complete(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        self.began_ms.set(None);
        let trailers = match self.parser.borrow_mut().as_mut() {
            Some(parser) => parser.take_head(),
            None => return Ok(()),
        };
        let request = self.request.borrow().clone();
        if let Some(request) = request {
            incoming::complete(&request, trailers, cx)?;
        }
        self.resume_reading(cx)
    }

    /// Another protocol begins: the connection is the script's from here on.
    fn upgrade(self: &Rc<Self>, rest: &[u8], cx: &mut Context) -> JsResult<()> {
        let Some((server, _)) = self.owner() else { return Ok(()) };
        let Some(request) = self.request.take() else { return Ok(()) };
        let is_connect = incoming::is_connect(&request, cx);
        let event = if is_connect { "connect" } else { "upgrade" };
        if events::listener_count(&server, js_string!(event), cx)? == 0 {
            return self.destroy(JsValue::undefined(), cx);
        }
        let rest = crate::buffer::from_slice(rest, cx)?;
        let socket = self.socket(cx)?;
        self.let_go(&socket, cx)?;
        let args = [request.into(), socket.into(), rest.into()];
        events::emit(&server, js_string!(event), &args, cx).map(drop)
    }

    /// Gives the socket over to the script: HTTP neither reads nor writes it any more.
    fn let_go(self: &Rc<Self>, socket: &JsObject, cx: &mut Context) -> JsResult<()> {
        self.parser.take();
        if let Some(idle) = self.idle.take() {
            idle.set(0);
        }
        dispatch::forget_stream(socket, cx)?;
        if !self.through_stream.get() {
            Socket::take_over(socket, cx)?;
        }
        self.forget(cx);
        free_parser(socket, cx)
    }

    /// The request is malformed.
    fn refused(self: &Rc<Self>, error: &ParseError, bytes: &[u8], cx: &mut Context) -> JsResult<()> {
        let error = errors::parse_error(error, Some(bytes), cx)?;
        self.client_error(error, cx)
    }

    /// Node's `socketOnError`: the script answers, or a plain response does, and the connection ends.
    pub fn client_error(self: &Rc<Self>, error: JsObject, cx: &mut Context) -> JsResult<()> {
        let Some((server, _)) = self.owner() else { return Ok(()) };
        self.failed.set(true);
        if events::listener_count(&server, js_string!("clientError"), cx)? > 0 {
            let socket = self.socket(cx)?;
            dispatch::silence_errors(&socket, cx)?;
            events::emit(&server, js_string!("clientError"), &[error.into(), socket.into()], cx)?;
            return Ok(());
        }
        let current = self.current.borrow().clone();
        let begun = match current.and_then(|current| message_state::of(&current, cx)) {
            Some(message) => message.borrow().data().head_sent,
            None => false,
        };
        if self.is_writable() && !begun {
            let code = error.get(js_string!("code"), cx)?.as_string().map(|code| code.to_std_string_escaped());
            let bytes: &[u8] = match code.as_deref() {
                Some("HPE_HEADER_OVERFLOW") => b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\n\r\n",
                Some("HPE_CHUNK_EXTENSIONS_OVERFLOW") => b"HTTP/1.1 413 Payload Too Large\r\nConnection: close\r\n\r\n",
                Some("ERR_HTTP_REQUEST_TIMEOUT") => b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n",
                _ => b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
            };
            self.corks.set(0);
            self.write(Piece { data: Data::Owned(bytes.to_vec()), done: Done::Nothing }, cx);
        }
        self.destroy(error.into(), cx)
    }

    /// The peer sends no more.
    pub fn ended(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let event = self.parser.borrow_mut().as_mut().map(Parser::finish);
        if let Some(Event::Error(error)) = event {
            let error = errors::parse_error(&error, None, cx)?;
            return self.client_error(error, cx);
        }
        let Some((_, state)) = self.owner() else { return self.end_soon(cx) };
        if !state.borrow().data().http_allow_half_open.to_boolean() {
            return self.end_soon(cx);
        }
        let last = self.waiting.borrow().back().cloned().or_else(|| self.current.borrow().clone());
        match last.and_then(|last| message_state::of(&last, cx)) {
            Some(message) => {
                message.borrow_mut().data_mut().frame.last = true;
                Ok(())
            }
            None => self.end_soon(cx),
        }
    }

    /// Reading failed.
    fn read_failed(self: &Rc<Self>, error: &SysError, cx: &mut Context) -> JsResult<()> {
        let error = net_errors::errno(error, cx)?;
        // The connection is gone: nothing can be answered.
        self.ending.set(true);
        let Some((server, _)) = self.owner().filter(|_| !self.through_stream.get()) else {
            self.client_error(error.clone(), cx)?;
            return self.destroy(error.into(), cx);
        };
        if events::listener_count(&server, js_string!("clientError"), cx)? == 0 {
            self.failed.set(true);
            return self.destroy(error.into(), cx);
        }
        // A listener finds a socket that is destroyed.
        self.failed.set(true);
        let socket = self.socket(cx)?;
        dispatch::silence_errors(&socket, cx)?;
        self.destroy(error.clone().into(), cx)?;
        events::emit(&server, js_string!("clientError"), &[error.into(), socket.into()], cx).map(drop)
    }

    /// Node's `readStop(socket)`: a script that has the socket hears of it.
    fn stop_reading(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        if let Some(conn) = self.conn.borrow().as_ref() {
            conn.read_stop();
        }
        let stream = self.stream.borrow().clone();
        match stream {
            Some(stream) => {
                self.told_pause.set(true);
                events::method(&stream, "pause", &[], cx).map(drop)
            }
            None => Ok(()),
        }
    }

    /// Node's `readStart(socket)`: unless what waits to be sent forbids it.
    pub fn resume_reading(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        if self.paused.get() || self.destroyed.get() {
            return Ok(());
        }
        if let Some(conn) = self.conn.borrow().as_ref() {
            // A descriptor that cannot be watched shows itself at the next write.
            let _ = conn.read_start();
            if !self.told_pause.replace(false) {
                return Ok(());
            }
        }
        let stream = self.stream.borrow().clone();
        match stream {
            Some(stream) if stream.get(js_string!("readable"), cx)?.to_boolean() => events::method(&stream, "resume", &[], cx).map(drop),
            _ => Ok(()),
        }
    }
}

// Requests and responses.
impl Connection {
    /// A request is told: its body comes next, its response waits for its turn.
    pub fn push_request(&self, request: &JsObject) {
        self.incoming.borrow_mut().push_back(request.clone());
    }

    pub fn set_request(&self, request: Option<JsObject>) {
        self.request.replace(request);
    }

    pub fn count_request(&self) -> u64 {
        self.requests.set(self.requests.get() + 1);
        self.requests.get()
    }

    /// Does not take more requests than responses can be sent for.
    pub fn pause_if_behind(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let stream = self.stream.borrow().clone().filter(|_| self.through_stream.get());
        let needs_drain = match &stream {
            Some(stream) => stream.get(js_string!("writableNeedDrain"), cx)?.to_boolean(),
            None => self.needs_drain.get(),
        };
        if (needs_drain || self.pending_len.get() >= self.high_water_mark.get()) && !self.paused.replace(true) && stream.is_some() {
            self.stop_reading(cx)?;
        }
        Ok(())
    }

    /// Gives a response its turn, or puts it behind the others.
    pub fn push_response(self: &Rc<Self>, response: &JsObject, cx: &mut Context) -> JsResult<()> {
        if self.current.borrow().is_some() {
            self.waiting.borrow_mut().push_back(response.clone());
            return Ok(());
        }
        self.assign(response, cx)
    }

    fn assign(self: &Rc<Self>, response: &JsObject, cx: &mut Context) -> JsResult<()> {
        let Some(message) = message_state::of(response, cx) else { return Ok(()) };
        self.current.replace(Some(response.clone()));
        if self.through_stream.get() {
            let stream = self.stream.borrow().clone();
            if let Some(stream) = stream {
                stream.set(js_string!("_httpMessage"), response.clone(), false, cx)?;
                message.borrow_mut().data_mut().channel = Channel::Stream(stream);
            }
        } else {
            body::assign_connection(&message, self);
        }
        if events::listener_count(response, js_string!("socket"), cx)? > 0 {
            let socket = self.socket(cx)?;
            events::emit(response, js_string!("socket"), &[socket.into()], cx)?;
        }
        body::flush(response, &message, cx)
    }

    /// Node's `resOnFinish`: the next response has its turn, or the connection waits for the next request, or it ends.
    pub fn response_finished(self: &Rc<Self>, response: &JsObject, cx: &mut Context) -> JsResult<()> {
        if !self.is_current(response) {
            return Ok(());
        }
        let request = self.incoming.borrow_mut().pop_front();
        if let Some(request) = &request {
            dispatch::announce("http.server.response.finish", self, request, response, cx)?;
            dispatch::measured(response, cx)?;
            incoming::dump_unread(request, cx)?;
        }
        let Some(message) = message_state::of(response, cx) else { return Ok(()) };
        let last = {
            let mut message = message.borrow_mut();
            let message = message.data_mut();
            message.channel = Channel::None;
            message.frame.last
        };
        self.current.take();
        if self.through_stream.get() {
            let stream = self.stream.borrow().clone();
            if let Some(stream) = stream {
                stream.set(js_string!("_httpMessage"), JsValue::null(), false, cx)?;
            }
        }
        if let Some(request) = &request {
            self.clear_request(request, cx)?;
        }
        // Not at once: what is still written in this tick is an error after the end, not after the close.
        let closing = response.clone();
        Host::of(cx).next_tick_native(move |cx| {
            if events::listener_count(&closing, js_string!("close"), cx)? > 0 {
                return response::emit_close(&closing, cx);
            }
            let mut message = message.borrow_mut();
            let message = message.data_mut();
            message.destroyed = true;
            message.closed = true;
            Ok(())
        });
        if last {
            return self.end_soon(cx);
        }
        let next = self.waiting.borrow_mut().pop_front();
        match next {
            Some(next) => self.assign(&next, cx),
            None => self.await_next(cx),
        }
    }

    /// The request is answered: it is let go when its body has been read to the end.
    fn clear_request(self: &Rc<Self>, request: &JsObject, cx: &mut Context) -> JsResult<()> {
        let is_read = self.request.borrow().as_ref().is_some_and(|reading| JsObject::equals(reading, request));
        if !is_read {
            return Ok(());
        }
        if incoming::is_ended(request, cx)? {
            self.request.take();
            return Ok(());
        }
        if !incoming::has_stream(request, cx) {
            // Nobody will hear its end.
            if incoming::is_complete(request, cx) {
                self.request.take();
            }
            return Ok(());
        }
        dispatch::forget_at_end(self, request, cx)
    }

    /// The request is read to its end, and answered before.
    pub fn forget_request(&self, request: &JsObject) {
        let is_read = self.request.borrow().as_ref().is_some_and(|reading| JsObject::equals(reading, request));
        if is_read {
            self.request.take();
        }
    }

    /// Between requests the connection may be idle for `keepAliveTimeout`.
    fn await_next(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let Some((_, state)) = self.owner() else { return Ok(()) };
        let (timeout_ms, buffer_ms) = {
            let state = state.borrow();
            let state = state.data();
            let buffer = state.keep_alive_timeout_buffer.as_number().filter(|buffer| buffer.is_finite() && *buffer >= 0.0);
            (positive(&state.keep_alive_timeout), buffer.unwrap_or(1000.0))
        };
        if timeout_ms > 0.0 {
            self.set_timeout(timeout_ms + buffer_ms, cx)?;
            self.keep_alive_set.set(true);
        }
        Ok(())
    }

    fn reset_timeout(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        if !self.keep_alive_set.replace(false) {
            return Ok(());
        }
        let Some((_, state)) = self.owner() else { return Ok(()) };
        let timeout_ms = positive(&state.borrow().data().timeout);
        self.set_timeout(timeout_ms, cx)
    }

    /// Sets the inactivity timeout.
    pub fn set_timeout(self: &Rc<Self>, timeout_ms: f64, cx: &mut Context) -> JsResult<()> {
        let stream = self.stream.borrow().clone();
        if let Some(stream) = stream {
            if stream.get(js_string!("setTimeout"), cx)?.is_callable() {
                events::method(&stream, "setTimeout", &[timeout_ms.into()], cx)?;
            }
            return Ok(());
        }
        if timeout_ms == 0.0 && self.idle.borrow().is_none() {
            return Ok(());
        }
        let idle = self.idle_timer(cx);
        idle.set(timeout_ms as u64);
        Ok(())
    }

    fn idle_timer(self: &Rc<Self>, cx: &Context) -> Rc<IdleTimer> {
        if let Some(idle) = self.idle.borrow().as_ref() {
            return idle.clone();
        }
        let idle = IdleTimer::new(cx);
        let connection = Rc::downgrade(self);
        idle.set_expired(Some(Rc::new(move |cx: &mut Context| {
            if let Some(connection) = connection.upgrade() {
                Host::of(cx).enter_with(cx, |cx| connection.timed_out(cx));
            }
        })));
        self.idle.replace(Some(idle.clone()));
        idle
    }

    /// Node's `socketOnTimeout`: the request, the response, the server; if none of them listens the connection ends.
    pub fn timed_out(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let Some((server, _)) = self.owner() else { return Ok(()) };
        let request = self.request.borrow().clone().filter(|request| !incoming::is_complete(request, cx));
        let current = self.current.borrow().clone();
        let mut heard = false;
        for target in [request, current, Some(server)].into_iter().flatten() {
            if events::listener_count(&target, js_string!("timeout"), cx)? > 0 {
                let socket = self.socket(cx)?;
                heard |= events::emit(&target, js_string!("timeout"), &[socket.into()], cx)?;
            }
        }
        if heard { Ok(()) } else { self.destroy(JsValue::undefined(), cx) }
    }

    /// Node's `updateOutgoingData`.
    pub fn pending_changed(self: &Rc<Self>, change: f64, cx: &mut Context) {
        self.pending_len.set(self.pending_len.get() + change);
        let result = self.drained(cx);
        report(result, cx);
    }

    /// Node's `socketOnDrain`: reading goes on, and the response may write again.
    pub fn drained(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let behind = self.pending_len.get() > self.high_water_mark.get() || self.needs_drain.get();
        if self.paused.get() && !behind {
            self.paused.set(false);
            self.resume_reading(cx)?;
        }
        if self.needs_drain.get() {
            return Ok(());
        }
        let current = self.current.borrow().clone();
        let Some(current) = current else { return Ok(()) };
        let Some(message) = message_state::of(&current, cx) else { return Ok(()) };
        let wants = {
            let mut message = message.borrow_mut();
            let message = message.data_mut();
            !message.finished && std::mem::take(&mut message.need_drain)
        };
        if wants {
            events::emit(&current, js_string!("drain"), &[], cx)?;
        }
        Ok(())
    }
}

// Writing.
impl Connection {
    /// Puts a piece into what is sent next. Whether there is room for more.
    pub fn write(self: &Rc<Self>, piece: Piece, cx: &mut Context) -> bool {
        let room = {
            let mut out = self.out.borrow_mut();
            out.push(piece);
            let queued = self.conn.borrow().as_ref().map_or(0, |conn| conn.queue_len());
            ((out.len + queued) as f64) < self.high_water_mark.get()
        };
        if !room {
            self.needs_drain.set(true);
        }
        if self.corks.get() == 0 {
            self.flush(cx);
        }
        room
    }

    pub fn is_corked(&self) -> bool {
        self.corks.get() > 0
    }

    pub fn cork(&self) {
        self.corks.set(self.corks.get() + 1);
    }

    pub fn uncork(self: &Rc<Self>, cx: &mut Context) {
        self.corks.set(self.corks.get().saturating_sub(1));
        if self.corks.get() == 0 {
            self.flush(cx);
        }
    }

    pub fn uncork_fully(self: &Rc<Self>, cx: &mut Context) {
        self.corks.set(0);
        self.flush(cx);
    }

    /// Sends what is collected; in most cases one call to the system.
    fn flush(self: &Rc<Self>, cx: &mut Context) {
        let Out { pieces, done, .. } = self.out.take();
        if pieces.is_empty() && done.is_empty() {
            return;
        }
        let conn = self.conn.borrow().clone();
        // A script that answered a bad request itself has ended the socket: what comes late is not sent, as in Node.
        let Some(conn) = conn.filter(|conn| !self.destroyed.get() && !conn.is_ending()) else { return };
        self.touch(cx);
        let result = self.send(&conn, pieces, done, cx);
        if let Err(error) = result {
            let connection = self.clone();
            // Not within the script's own call.
            Host::of(cx).next_tick_native(move |cx| connection.write_failed(&error, cx));
        }
    }

    fn send(self: &Rc<Self>, conn: &Rc<Conn>, pieces: Vec<Data>, done: Vec<Done>, cx: &mut Context) -> SysResult<()> {
        // Through TLS, what is written together is one record.
        let pieces = if pieces.len() > 1 && conn.layer().is_some() { vec![joined(&pieces)] } else { pieces };
        let last = pieces.len().saturating_sub(1);
        let mut done = Some(done);
        let mut sent = true;
        for (at, piece) in pieces.into_iter().enumerate() {
            let bytes = match piece {
                Data::Owned(bytes) => Bytes::Owned(bytes),
                Data::View(range) => Bytes::View(range),
            };
            let whole = if at == last {
                let connection = self.clone();
                let done = done.take().unwrap_or_default();
                // Cheap where it is not needed: the closure is boxed only if the rest must wait.
                conn.write_or(bytes, done, false, |done| {
                    Box::new(move |result, cx| {
                        Host::of(cx).enter_with(cx, |cx| connection.sent(result, done, cx));
                    })
                })?
            } else {
                conn.write(bytes, None)?.then(Vec::new)
            };
            match whole {
                Some(given_back) if at == last => done = Some(given_back),
                Some(_) => {}
                None => sent = false,
            }
        }
        let done = done.unwrap_or_default();
        if sent && (!done.is_empty() || self.needs_drain.get()) {
            let connection = self.clone();
            Host::of(cx).next_tick_native(move |cx| connection.sent(Ok(()), done, cx));
        }
        Ok(())
    }

    /// What was written is with the system, or never will be.
    fn sent(self: &Rc<Self>, result: SysResult<()>, done: Vec<Done>, cx: &mut Context) -> JsResult<()> {
        if let Err(error) = result {
            return self.write_failed(&error, cx);
        }
        if self.needs_drain.get() && self.writable_len() == 0 {
            self.needs_drain.set(false);
            self.drained(cx)?;
        }
        for done in done {
            let result = body::run_done(done, None, cx);
            report(result, cx);
        }
        if self.ending.get() && self.writable_len() == 0 && self.out.borrow().done.is_empty() {
            return self.destroy(JsValue::undefined(), cx);
        }
        Ok(())
    }

    fn write_failed(self: &Rc<Self>, error: &SysError, cx: &mut Context) -> JsResult<()> {
        if self.destroyed.get() {
            return Ok(());
        }
        self.read_failed(error, cx)
    }

    /// Node's `socket.destroySoon()`: ends the connection when all is sent.
    fn end_soon(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let stream = self.stream.borrow().clone();
        if let Some(stream) = stream {
            let name = if stream.get(js_string!("destroySoon"), cx)?.is_callable() { "destroySoon" } else { "end" };
            self.uncork_fully(cx);
            return events::method(&stream, name, &[], cx).map(drop);
        }
        self.uncork_fully(cx);
        self.ending.set(true);
        if self.writable_len() == 0 {
            return self.destroy(JsValue::undefined(), cx);
        }
        Ok(())
    }
}

// The end.
impl Connection {
    /// The connection's socket; it is made when it is first asked for.
    pub fn socket(self: &Rc<Self>, cx: &mut Context) -> JsResult<JsObject> {
        if let Some(stream) = self.stream.borrow().as_ref() {
            return Ok(stream.clone());
        }
        let conn = self.conn.borrow().clone();
        let server = self.owner().map(|(server, _)| server);
        let socket = Socket::over_http(conn, server, self, cx)?;
        self.stream.replace(Some(socket.clone()));
        if let Some(idle) = self.idle.take() {
            Socket::take_timer(&socket, &idle, cx)?;
        }
        dispatch::listen_to_socket(self, &socket, cx)?;
        Ok(socket)
    }

    /// A script listens to the socket's bytes: they go through the socket's own stream from now on.
    pub fn read_through_socket(self: &Rc<Self>, socket: &JsObject, cx: &mut Context) -> JsResult<()> {
        if self.through_stream.get() || self.destroyed.get() {
            return Ok(());
        }
        Socket::read_itself(socket, cx)?;
        // Node's server sockets flow from the beginning.
        if socket.get(js_string!("readableFlowing"), cx)?.is_null() {
            socket.set(js_string!("readableFlowing"), true, true, cx)?;
        }
        Ok(())
    }

    /// Takes a socket that existed before the connection.
    pub fn adopt_socket(&self, socket: &JsObject) {
        self.stream.replace(Some(socket.clone()));
    }

    /// Ends the connection at once.
    pub fn destroy(self: &Rc<Self>, error: JsValue, cx: &mut Context) -> JsResult<()> {
        let stream = self.stream.borrow().clone();
        if let Some(stream) = stream {
            if self.destroyed.replace(true) && !self.through_stream.get() {
                return Ok(());
            }
            return events::method(&stream, "destroy", &[error], cx).map(drop);
        }
        if self.destroyed.replace(true) {
            return Ok(());
        }
        let conn = self.conn.borrow().clone();
        if let Some(conn) = conn {
            let connection = self.clone();
            conn.close(move |cx| {
                Host::of(cx).enter_with(cx, |cx| connection.closed(cx));
            });
        }
        Ok(())
    }

    /// The connection is closed: requests that are not answered are aborted, the current response hears `'close'`.
    pub fn closed(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        self.destroyed.set(true);
        self.parser.take();
        if let Some(id) = self.told.take() {
            Host::of(cx).renounce(id, cx);
        }
        self.out.take();
        let incoming: Vec<JsObject> = self.incoming.borrow_mut().drain(..).collect();
        for request in incoming {
            let result = incoming::abort(&request, cx);
            report(result, cx);
        }
        let current = self.current.take();
        if let Some(current) = current {
            let result = response::emit_close(&current, cx);
            report(result, cx);
        }
        let server = self.owner().map(|(server, _)| server);
        let stream = self.stream.borrow().clone();
        let counted = stream.is_none();
        self.forget(cx);
        if let Some(stream) = stream {
            let result = free_parser(&stream, cx);
            report(result, cx);
        }
        match server {
            // A socket tells its server itself.
            Some(server) if counted => net_server::connection_closed(&server, cx),
            _ => Ok(()),
        }
    }

    /// Breaks every link that keeps objects alive.
    fn forget(&self, _cx: &mut Context) {
        if let Some((_, state)) = self.owner.take() {
            let connections = state.borrow().data().connections.clone();
            connections.remove(self.id);
        }
        self.waiting.borrow_mut().clear();
        self.incoming.borrow_mut().clear();
        self.request.take();
        self.current.take();
        if let Some(idle) = self.idle.take() {
            idle.cancel();
        }
    }
}

/// Node's `freeParser`: the socket has no parser any more, and the parser's own `free`, which may be a script's, is called.
fn free_parser(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(parser) = socket.get(js_string!("parser"), cx)?.as_object() else { return Ok(()) };
    socket.set(js_string!("parser"), JsValue::null(), false, cx)?;
    events::method(&parser, "free", &[], cx).map(drop)
}

impl Out {
    fn push(&mut self, piece: Piece) {
        self.len += piece.data.len();
        if !matches!(piece.done, Done::Nothing) {
            self.done.push(piece.done);
        }
        match (self.pieces.last_mut(), piece.data) {
            (Some(Data::Owned(last)), Data::Owned(bytes)) => last.extend_from_slice(&bytes),
            (_, data) => {
                if data.len() > 0 {
                    self.pieces.push(data);
                }
            }
        }
    }
}

impl Reader for Connection {
    fn data(self: Rc<Self>, _conn: &Rc<Conn>, bytes: &[u8], cx: &mut Context) {
        Host::of(cx).enter_with(cx, |cx| {
            self.feed(bytes, cx);
            Ok(())
        });
    }

    fn end(self: Rc<Self>, _conn: &Rc<Conn>, cx: &mut Context) {
        Host::of(cx).enter_with(cx, |cx| self.ended(cx));
    }

    fn failed(self: Rc<Self>, _conn: &Rc<Conn>, error: SysError, cx: &mut Context) {
        Host::of(cx).enter_with(cx, |cx| self.read_failed(&error, cx));
    }
}

/// An error a listener threw is uncaught; it does not keep the other requests of the same read from being told.
fn report(result: JsResult<()>, cx: &mut Context) {
    if let Err(error) = result {
        Host::of(cx).report(error, coil_engine::Origin::Exception, cx);
    }
}

/// Pieces in one buffer.
fn joined(pieces: &[Data]) -> Data {
    let mut all = Vec::new();
    for piece in pieces {
        match piece {
            Data::Owned(bytes) => all.extend_from_slice(bytes),
            Data::View(range) => range.read(|bytes| all.extend_from_slice(bytes)),
        }
    }
    Data::Owned(all)
}
