//! Bytes between the codec and the socket.
//!
//! A TCP socket or pipe of ours is read and written at its descriptor: its stream sees nothing of it. Anything else (TLS, a script's
//! Duplex) goes through its own methods.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    coil_sys::{SysError, SysResult},
    table,
};

use super::{Session, find, report};
use crate::{
    events,
    http2::{
        object::flag,
        stream as http2_stream,
        wire::{Event, frame},
    },
    net::{
        Socket,
        conn::{Bytes, Conn, Reader},
        errors as net_errors,
    },
    stream::{self, Callback, Chunk, Consumer},
};

/// How much is given to the socket at once. More waits in the streams, where windows and priorities are looked at.
const WRITE_LEN: usize = 64 * 1024;

/// What carries the bytes.
pub enum Transport {
    Conn(Rc<Conn>),
    Stream,
}

impl Transport {
    /// Takes over reading.
    pub fn take(session: &Rc<Session>, socket: &JsObject, object: &JsObject, cx: &mut Context) -> JsResult<Self> {
        let conn = if flag(socket, "encrypted", cx)? { None } else { Socket::shared_conn(socket, cx) };
        let Some((conn, rest)) = conn else {
            if events::listener_count(socket, js_string!("data"), cx)? > 0 {
                // Somebody else looks on: everyone gets what comes.
                let data = table::closure("", 1, object.clone(), |_this, args, object, cx| feed_value(object, args.get_or_undefined(0).clone(), cx), cx);
                events::on(socket, js_string!("data"), data, cx)?;
                return Ok(Self::Stream);
            }
            stream::consume(socket, Some(Consumer { take: take_chunk, data: object.clone() }), cx)?;
            return Ok(Self::Stream);
        };
        conn.set_reader(Some(Rc::new(SocketReader { session: session.clone(), rest })));
        Ok(Self::Conn(conn))
    }
}

/// Reads for a session; the end and errors are the socket's own business.
struct SocketReader {
    session: Rc<Session>,
    rest: Rc<dyn Reader>,
}

impl Reader for SocketReader {
    fn data(self: Rc<Self>, _conn: &Rc<Conn>, bytes: &[u8], cx: &mut Context) {
        if let Some(socket) = self.session.socket() {
            Socket::touch(&socket, cx);
        }
        self.session.feed(bytes, cx);
    }

    fn end(self: Rc<Self>, conn: &Rc<Conn>, cx: &mut Context) {
        self.rest.clone().end(conn, cx);
    }

    fn failed(self: Rc<Self>, conn: &Rc<Conn>, error: SysError, cx: &mut Context) {
        self.rest.clone().failed(conn, error, cx);
    }
}

fn feed_value(object: &JsObject, value: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    take_chunk(object, object, Some(Chunk::Value(value)), cx)?;
    nothing()
}

/// A chunk of a stream that is no socket of ours.
fn take_chunk(_socket: &JsObject, object: &JsObject, chunk: Option<Chunk>, cx: &mut Context) -> JsResult<()> {
    if let (Some(session), Some(chunk)) = (find(object, cx), chunk) {
        let bytes = match chunk {
            Chunk::Value(value) if value.is_string() => value.to_string(cx)?.to_std_string_lossy().into_bytes(),
            chunk => chunk.into_vec(),
        };
        session.feed(&bytes, cx);
    }
    Ok(())
}

impl Session {
    /// What the socket's stream had read before it was ours, and from now on.
    pub(super) fn read_what_is_there(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let Some(socket) = self.socket() else { return Ok(()) };
        let conn = match &*self.transport.borrow() {
            Some(Transport::Conn(conn)) => Some(conn.clone()),
            _ => None,
        };
        let Some(conn) = conn else {
            return stream::resume(&socket, cx);
        };
        while let Some(chunk) = stream::read_chunk(&socket, cx)? {
            let session = self.clone();
            let bytes = chunk.into_vec();
            // As if it came now: not within the call that made the session.
            Host::of(cx).event_loop().pending(Box::new(move |cx| session.feed(&bytes, cx)));
        }
        if let Err(error) = conn.read_start() {
            let error = net_errors::errno(&error, cx)?;
            events::method(&socket, "destroy", &[error.into()], cx)?;
        }
        Ok(())
    }

    /// Takes bytes from the peer. Each thing they tell is one entry into JavaScript.
    pub(super) fn feed(self: &Rc<Self>, bytes: &[u8], cx: &mut Context) {
        if !self.has_handle() {
            return;
        }
        self.stats.bytes_read.set(self.stats.bytes_read.get() + bytes.len() as u64);
        self.touch();
        self.codec.borrow_mut().now_s = Host::of(cx).event_loop().now_ms() / 1000;
        self.receiving.set(true);
        let mut at = 0;
        while self.has_handle() {
            let event = self.codec.borrow_mut().next(bytes, &mut at);
            if event == Event::More {
                break;
            }
            let session = self.clone();
            Host::of(cx).enter_with(cx, |cx| session.tell(event, bytes, cx));
        }
        self.receiving.set(false);
        let session = self.clone();
        Host::of(cx).enter_with(cx, |cx| {
            session.flush(cx);
            Ok(())
        });
    }

    /// Sends soon: what else is said in this turn goes with it.
    pub fn schedule_flush(self: &Rc<Self>, cx: &mut Context) {
        if !self.ready.get() || self.flush_scheduled.replace(true) {
            return;
        }
        let session = self.clone();
        let host = Host::of(cx);
        host.event_loop().immediate(Box::new(move |cx| {
            session.flush_scheduled.set(false);
            Host::of(cx).enter_with(cx, |cx| {
                session.flush(cx);
                Ok(())
            });
        }));
    }

    /// Gives the socket what is to be sent, as long as it takes it, and tells what came of it.
    pub fn flush(self: &Rc<Self>, cx: &mut Context) {
        // What is being read is told first, and what it causes sent at the end.
        if self.receiving.get() {
            return;
        }
        while !self.writing.get() && self.has_handle() {
            let bytes = self.codec.borrow_mut().output(WRITE_LEN);
            let is_empty = bytes.is_empty();
            if !is_empty {
                self.send(bytes, cx);
            }
            if !self.writing.get() {
                self.written(cx);
            }
            if is_empty {
                break;
            }
        }
        // What is said because of this goes with the next turn.
        if self.tell_waiting(cx) && self.codec.borrow().wants_write() {
            self.schedule_flush(cx);
        }
        self.finish_if_ending(cx);
    }

    fn send(self: &Rc<Self>, bytes: Vec<u8>, cx: &mut Context) {
        self.stats.bytes_written.set(self.stats.bytes_written.get() + bytes.len() as u64);
        self.touch();
        let conn = match &*self.transport.borrow() {
            Some(Transport::Conn(conn)) => Some(conn.clone()),
            _ => None,
        };
        let Some(socket) = self.socket() else { return };
        let result = match conn {
            Some(conn) if conn.is_closed() => Ok(()),
            Some(conn) => {
                Socket::touch(&socket, cx);
                let session = self.clone();
                let then = move |result: SysResult<()>, cx: &mut Context| {
                    Host::of(cx).enter_with(cx, |cx| session.sent(result, cx));
                };
                match conn.write(Bytes::Owned(bytes), Some(Box::new(then))) {
                    Ok(is_sent) => {
                        self.writing.set(!is_sent);
                        Ok(())
                    }
                    Err(error) => self.sent(Err(error), cx),
                }
            }
            None => self.send_through(&socket, bytes, cx),
        };
        report(result, cx);
    }

    fn send_through(self: &Rc<Self>, socket: &JsObject, bytes: Vec<u8>, cx: &mut Context) -> JsResult<()> {
        let Some(object) = self.object() else { return Ok(()) };
        if flag(socket, "destroyed", cx)? || flag(socket, "writableEnded", cx)? {
            return Ok(());
        }
        self.writing.set(true);
        // As in Node, such a stream gets each frame by itself; TLS makes records of its own of all there is.
        let mut pieces = if flag(socket, "encrypted", cx)? { vec![bytes] } else { frames(bytes) };
        let Some(last) = pieces.pop() else { return Ok(()) };
        for piece in pieces {
            stream::write(socket, piece.into(), Callback::Nobody, cx)?;
        }
        let over = Callback::Native(
            |object, _error, cx| {
                if let Some(session) = find(object, cx) {
                    session.writing.set(false);
                    session.written(cx);
                    session.flush(cx);
                }
                Ok(())
            },
            object,
        );
        stream::write(socket, last.into(), over, cx).map(drop)
    }

    /// The system has taken what waited, or will not.
    fn sent(self: &Rc<Self>, result: SysResult<()>, cx: &mut Context) -> JsResult<()> {
        self.writing.set(false);
        match result {
            Ok(()) => {
                self.touch();
                self.written(cx);
                self.flush(cx);
                Ok(())
            }
            Err(error) => {
                let socket = self.socket();
                let error = net_errors::errno(&error, cx)?;
                self.written(cx);
                match socket {
                    Some(socket) => events::method(&socket, "destroy", &[error.into()], cx).map(drop),
                    None => Ok(()),
                }
            }
        }
    }

    /// Nothing that was sent waits any more: writes of streams are done as far as they were part of it.
    fn written(&self, cx: &mut Context) {
        let writers = std::mem::take(&mut *self.writers.borrow_mut());
        for stream in writers {
            let sent = http2_stream::find(&stream, cx).and_then(|state| self.codec.borrow().stream(state.id.get()).map(|stream| stream.outgoing.sent));
            match http2_stream::write_progress(&stream, sent, cx) {
                Ok(true) => {}
                Ok(false) => self.writers.borrow_mut().push(stream),
                Err(error) => report(Err(error), cx),
            }
        }
    }

    /// What has happened without the peer. Whether something had.
    fn tell_waiting(self: &Rc<Self>, cx: &mut Context) -> bool {
        let mut told = false;
        loop {
            let event = self.codec.borrow_mut().pop_event();
            let Some(event) = event.filter(|_| self.has_handle()) else { return told };
            told = true;
            let result = self.tell(event, &[], cx);
            report(result, cx);
        }
    }

    /// Whether something waits to be sent.
    pub fn has_pending_data(&self) -> bool {
        self.writing.get() || self.codec.borrow().wants_write()
    }

    /// The socket has nothing to do with the session any more.
    pub(super) fn release_transport(&self, socket: Option<&JsObject>, cx: &mut Context) -> JsResult<()> {
        let transport = self.transport.take();
        match (transport, socket) {
            (Some(Transport::Conn(_)), Some(socket)) => Socket::take_over(socket, cx),
            (Some(Transport::Stream), Some(socket)) => stream::consume(socket, None, cx),
            _ => Ok(()),
        }
    }
}

/// Output of the codec, frame by frame; DATA as its head, its data and its padding.
fn frames(bytes: Vec<u8>) -> Vec<Vec<u8>> {
    let mut pieces = Vec::new();
    let mut rest = bytes.as_slice();
    let mut take = |rest: &mut &[u8], len: usize| {
        let (piece, after) = rest.split_at(len.min(rest.len()));
        if !piece.is_empty() {
            pieces.push(piece.to_vec());
        }
        *rest = after;
    };
    if rest.starts_with(frame::PREFACE) {
        take(&mut rest, frame::PREFACE.len());
    }
    while let Some(head) = rest.first_chunk::<{ frame::HEADER_LEN }>() {
        let head = frame::Head::parse(head);
        if head.kind != frame::kind::DATA {
            take(&mut rest, frame::HEADER_LEN + head.len);
            continue;
        }
        take(&mut rest, frame::HEADER_LEN);
        let padding = if head.has(frame::flag::PADDED) { usize::from(*rest.first().unwrap_or(&0)) + 1 } else { 0 };
        if padding > 0 {
            take(&mut rest, 1);
        }
        take(&mut rest, head.len - padding);
        take(&mut rest, padding.saturating_sub(1));
    }
    pieces
}

/// `undefined`, for what gives nothing.
pub(super) fn nothing() -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}
