//! What a client gets: pieces of heads and bodies, gathered while the connection is corked.

use std::rc::Rc;

use boa_engine::{Context, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    coil_sys::{SysError, SysResult},
};

use super::{Connection, report};
use crate::{
    events,
    http::outgoing::{Data, Done, Piece, body},
    net::conn::{Bytes, Conn},
};

/// What is to be sent with the next write.
#[derive(Default)]
pub(super) struct Out {
    pieces: Vec<Data>,
    pub(super) len: usize,
    done: Vec<Done>,
}

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
    pub(super) fn flush(self: &Rc<Self>, cx: &mut Context) {
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
    pub(super) fn end_soon(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
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

impl Out {
    pub(super) fn push(&mut self, piece: Piece) {
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
