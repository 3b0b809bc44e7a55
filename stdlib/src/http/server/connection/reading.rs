//! What a client sends: bytes into the parser, heads and bodies out of it, and what is no HTTP.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, coil_sys::SysError};

use super::{Connection, report};
use crate::{
    events,
    http::{
        errors, incoming,
        outgoing::{Data, Done, Piece, state as message_state},
        server::dispatch,
        wire::{Event, ParseError, Parser, Reply},
    },
    net::{
        Socket,
        conn::{Conn, Reader},
        errors as net_errors,
    },
};

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
    pub(super) fn touch(&self, cx: &mut Context) {
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
    pub(super) fn upgrade(self: &Rc<Self>, rest: &[u8], cx: &mut Context) -> JsResult<()> {
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
    pub(super) fn read_failed(self: &Rc<Self>, error: &SysError, cx: &mut Context) -> JsResult<()> {
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
    pub(super) fn stop_reading(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
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

/// Node's `freeParser`: the socket has no parser any more, and the parser's own `free`, which may be a script's, is called.
pub(super) fn free_parser(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(parser) = socket.get(js_string!("parser"), cx)?.as_object() else { return Ok(()) };
    socket.set(js_string!("parser"), JsValue::null(), false, cx)?;
    events::method(&parser, "free", &[], cx).map(drop)
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
