//! What goes in and out of a socket: who reads its connection, and what its streams' hooks write.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    Host,
    coil_sys::{SysError, SysResult, errno},
    errors as engine_errors, table,
};

use super::{OnRead, SocketState, flow::read, options::push_state_timer, state_of};
use crate::{
    buffer, events,
    net::{
        conn::{Bytes, Conn, Reader, Then},
        errors,
    },
    stream::{self, Chunk, Done, Native},
};

pub(super) static SOCKET_IO: SocketIo = SocketIo;
pub(super) struct SocketIo;

/// Bytes from the descriptor to the socket's stream.
pub(super) struct SocketReader {
    pub(super) socket: JsObject,
    pub(super) state: JsObject<SocketState>,
}

impl Reader for SocketReader {
    fn object(&self) -> Option<JsObject> {
        Some(self.socket.clone())
    }

    fn data(self: Rc<Self>, conn: &Rc<Conn>, bytes: &[u8], cx: &mut Context) {
        push_state_timer(&self.state);
        Host::of(cx).enter_with(cx, |cx| {
            if !self.give(bytes, cx)? {
                conn.read_stop();
            }
            Ok(())
        });
    }

    fn end(self: Rc<Self>, _conn: &Rc<Conn>, cx: &mut Context) {
        push_state_timer(&self.state);
        Host::of(cx).enter_with(cx, |cx| {
            let ended = self.socket.get(js_string!("readableEnded"), cx)?.to_boolean();
            if !ended {
                stream::push(&self.socket, None, cx)?;
                events::method(&self.socket, "read", &[0.into()], cx)?;
            }
            Ok(())
        });
    }

    fn failed(self: Rc<Self>, _conn: &Rc<Conn>, error: SysError, cx: &mut Context) {
        Host::of(cx).enter_with(cx, |cx| {
            let error = errors::errno(&error, cx)?;
            events::method(&self.socket, "destroy", &[error.into()], cx).map(drop)
        });
    }
}

impl SocketReader {
    /// Whether the socket wants more.
    fn give(&self, bytes: &[u8], cx: &mut Context) -> JsResult<bool> {
        let on_read = self.state.borrow().data().on_read.clone();
        match on_read {
            Some(on_read) => self.give_on_read(*on_read, bytes, cx),
            None => {
                let chunk = buffer::from_slice(bytes, cx)?;
                stream::push(&self.socket, Some(chunk.into()), cx)
            }
        }
    }

    fn give_on_read(&self, mut on_read: OnRead, bytes: &[u8], cx: &mut Context) -> JsResult<bool> {
        let mut rest = bytes;
        let mut more = true;
        while !rest.is_empty() {
            let taken = buffer::with_bytes_mut(&on_read.buffer, |target| {
                let len = rest.len().min(target.len());
                target[..len].copy_from_slice(&rest[..len]);
                len
            });
            let taken = taken.unwrap_or(0);
            if taken == 0 {
                break;
            }
            rest = &rest[taken..];
            let args = [taken.into(), on_read.buffer.clone()];
            let answer = on_read.callback.call(&self.socket.clone().into(), &args, cx)?;
            more &= answer.as_boolean() != Some(false);
            if let Some(make) = &on_read.make {
                let next = make.call(&JsValue::undefined(), &[], cx)?;
                if buffer::is_uint8_array(&next) {
                    on_read.buffer = next;
                    let conn = self.state.borrow().data().conn.clone();
                    if let Some(conn) = conn {
                        conn.set_read_len_max(on_read.len());
                    }
                    self.state.borrow_mut().data_mut().on_read = Some(Box::new(on_read.clone()));
                }
            }
        }
        Ok(more)
    }
}

impl Native for SocketIo {
    fn read(&self, stream: &JsObject, size: usize, cx: &mut Context) -> JsResult<()> {
        let Some(state) = state_of(stream, cx) else { return Ok(()) };
        let (conn, connecting, is_http) = {
            let state = state.borrow();
            let state = state.data();
            (state.conn.clone(), state.connecting, state.http.is_some())
        };
        match conn {
            Some(conn) if !connecting => {
                // HTTP reads the descriptor itself.
                if is_http {
                    return Ok(());
                }
                try_read_start(stream, &conn, cx)
            }
            _ => {
                let later = table::closure("", 0, stream.clone(), move |_this, _args, stream, cx| events::method(stream, "_read", &[(size_of_read()).into()], cx), cx);
                let _ = size;
                events::once(stream, js_string!("connect"), later, cx)
            }
        }
    }

    fn comes_of_itself(&self, stream: &JsObject, cx: &mut Context) -> JsResult<bool> {
        let Some(state) = state_of(stream, cx) else { return Ok(false) };
        let reads = {
            let state = state.borrow();
            let state = state.data();
            !state.connecting && state.http.is_none() && state.on_read.is_none() && state.conn.as_ref().is_some_and(|conn| conn.is_reading())
        };
        if !reads {
            return Ok(false);
        }
        // Unless a script wants to hear of it.
        let (method, hook) = (stream.get(js_string!("read"), cx)?, stream.get(js_string!("_read"), cx)?);
        Ok(method.as_object().is_some_and(|method| method.is_native_function(read)) && hook.as_object().is_some_and(|hook| hook.is_native_function(stream::native::read)))
    }

    fn write(&self, stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        write_chunks(stream, vec![(chunk, encoding.clone())], done, cx)
    }

    fn writev(&self, stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
        write_chunks(stream, chunks, done, cx)
    }

    fn finish(&self, stream: &JsObject, done: Done, cx: &mut Context) -> JsResult<()> {
        let Some(state) = state_of(stream, cx) else { return done.ok(cx) };
        let (conn, connecting) = {
            let state = state.borrow();
            (state.data().conn.clone(), state.data().connecting)
        };
        if connecting {
            let later = table::closure(
                "",
                0,
                (stream.clone(), done),
                |_this, _args, (stream, done), cx| {
                    SOCKET_IO.finish(stream, done.clone(), cx)?;
                    Ok(JsValue::undefined())
                },
                cx,
            );
            return events::once(stream, js_string!("connect"), later, cx);
        }
        let Some(conn) = conn else { return done.ok(cx) };
        let then: Then = Box::new(move |result, cx| {
            Host::of(cx).enter_with(cx, |cx| match result {
                Ok(()) => done.ok(cx),
                // The other side closed first, or the socket was closed meanwhile: nothing is left to say.
                Err(error) if error.is(errno::ENOTCONN) || error.is(errno::ECANCELED) => done.ok(cx),
                Err(error) => {
                    let error = errors::errno(&error, cx)?;
                    done.call(error.into(), cx)
                }
            });
        });
        if state.borrow().data().beside {
            conn.shutdown_below(then);
        } else {
            conn.shutdown(then);
        }
        Ok(())
    }

    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        let Some(state) = state_of(stream, cx) else { return done.call(error, cx) };
        let (conn, timer, server, resetting) = {
            let mut state = state.borrow_mut();
            let state = state.data_mut();
            state.connecting = false;
            state.handle = None;
            (state.conn.take(), state.timer.take(), state.server.take(), std::mem::take(&mut state.resetting))
        };
        if let Some(timer) = timer {
            timer.cancel();
        }
        let had_exception = error.to_boolean();
        let socket = stream.clone();
        match conn {
            Some(conn) => {
                {
                    let mut state = state.borrow_mut();
                    let state = state.data_mut();
                    state.bytes_read = conn.bytes_read();
                    state.bytes_written = conn.bytes_written();
                    state.had_exception = had_exception;
                }
                if resetting {
                    conn.reset();
                }
                conn.close(move |cx| {
                    Host::of(cx).enter_with(cx, |cx| events::emit(&socket, js_string!("close"), &[had_exception.into()], cx).map(drop));
                });
                done.call(error, cx)?;
            }
            None => {
                done.call(error, cx)?;
                Host::of(cx).next_tick_native(move |cx| events::emit(&socket, js_string!("close"), &[false.into()], cx).map(drop));
            }
        }
        match server {
            Some(server) => crate::net::server::connection_closed(&server, cx),
            None => Ok(()),
        }
    }
}

/// What `_read` is asked for when the connection is there: the stream knows better by then.
fn size_of_read() -> i32 {
    0
}

pub(super) fn try_read_start(socket: &JsObject, conn: &Rc<Conn>, cx: &mut Context) -> JsResult<()> {
    if conn.is_reading() {
        return Ok(());
    }
    // Closed under the socket, through its handle.
    let started = if conn.is_closed() { Err(SysError::new(errno::EBADF, "read")) } else { conn.read_start() };
    match started {
        Ok(()) => Ok(()),
        Err(error) => {
            let error = errors::errno(&error, cx)?;
            events::method(socket, "destroy", &[error.into()], cx).map(drop)
        }
    }
}

/// Node's `_writeGeneric`.
fn write_chunks(socket: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
    let Some(state) = state_of(socket, cx) else { return done.ok(cx) };
    let (conn, connecting, beside) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().connecting, state.data().beside)
    };
    if connecting {
        return write_when_connected(socket, chunks, done, cx);
    }
    let Some(conn) = conn else {
        let error = errors::socket_closed(cx).into_opaque(cx)?;
        return done.call(error, cx);
    };
    if let Some((Chunk::Value(value), encoding)) = chunks.first()
        && value.is_string()
        && encoding.as_string().is_some_and(|encoding| encoding == "buffer")
    {
        return Err(engine_errors::coded(engine_errors::Base::Type, "ERR_INVALID_ARG_TYPE", "Second argument must be a buffer", cx));
    }
    push_state_timer(&state);
    let state_of_write = state.clone();
    let result = send(&conn, chunks, beside, done.clone(), move |done| {
        Box::new(move |result: SysResult<()>, cx: &mut Context| {
            Host::of(cx).enter_with(cx, |cx| written(&state_of_write, result, &done, cx));
        })
    });
    match result {
        Ok(true) => done.ok(cx),
        Ok(false) => {
            state.borrow_mut().data_mut().last_queue_len = conn.queue_len();
            Ok(())
        }
        Err(error) => {
            let error = errors::errno(&error, cx)?;
            done.call(error.into(), cx)
        }
    }
}

/// A write that had to wait is over.
fn written(state: &JsObject<SocketState>, result: SysResult<()>, done: &Done, cx: &mut Context) -> JsResult<()> {
    match result {
        Ok(()) => {
            push_state_timer(state);
            state.borrow_mut().data_mut().last_queue_len = 0;
            done.ok(cx)
        }
        Err(error) => {
            let error = errors::errno(&error, cx)?;
            done.call(error.into(), cx)
        }
    }
}

/// Hands chunks to the connection, in as few calls as that takes. `Ok(true)`: all is sent.
fn send(conn: &Rc<Conn>, chunks: Vec<(Chunk, JsValue)>, beside: bool, done: Done, then: impl FnOnce(Done) -> Then + 'static) -> SysResult<bool> {
    let mut pieces: Vec<Bytes> = Vec::with_capacity(1);
    for (chunk, encoding) in chunks {
        let piece = to_bytes(chunk, &encoding);
        match (pieces.last_mut(), piece) {
            (Some(Bytes::Owned(last)), Bytes::Owned(more)) => last.extend_from_slice(&more),
            (Some(Bytes::Owned(last)), Bytes::View(range)) if range.byte_length < JOIN_LEN_MAX => {
                range.read(|bytes| last.extend_from_slice(bytes));
            }
            (Some(_), Bytes::View(range)) if range.byte_length < JOIN_LEN_MAX => pieces.push(Bytes::Owned(range.to_vec())),
            (_, piece) => pieces.push(piece),
        }
    }
    let Some(last) = pieces.pop() else { return Ok(true) };
    for piece in pieces {
        if beside { conn.write_below(piece, None) } else { conn.write(piece, None) }?;
    }
    Ok(conn.write_or(last, done, beside, then)?.is_some())
}

/// Smaller buffers that are written together are joined: a copy costs less than a place in a gathered write.
const JOIN_LEN_MAX: usize = 16 * 1024;

fn to_bytes(chunk: Chunk, encoding: &JsValue) -> Bytes {
    if let Chunk::Value(value) = &chunk {
        if let Some(text) = value.as_string() {
            let encoding = encoding.as_string().and_then(|label| buffer::Encoding::of(&label)).unwrap_or_default();
            return Bytes::Owned(buffer::string_to_bytes(&text, encoding));
        }
        if let Some(range) = buffer::range_of(value) {
            return Bytes::View(range);
        }
    }
    Bytes::Owned(chunk.into_vec())
}

/// What is written while the socket connects waits for it; so does the stream, which sends no more meanwhile.
fn write_when_connected(socket: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
    let mut values = Vec::with_capacity(chunks.len());
    for (chunk, encoding) in chunks {
        values.push((chunk.into_value(cx)?, encoding));
    }
    if let [(value, encoding)] = values.as_slice() {
        socket.set(js_string!("_pendingData"), value.clone(), true, cx)?;
        socket.set(js_string!("_pendingEncoding"), encoding.clone(), true, cx)?;
    } else {
        let mut entries = Vec::with_capacity(values.len());
        for (value, encoding) in &values {
            let entry = JsObject::with_object_proto(cx.intrinsics());
            entry.create_data_property_or_throw(js_string!("chunk"), value.clone(), cx)?;
            entry.create_data_property_or_throw(js_string!("encoding"), encoding.clone(), cx)?;
            entries.push(entry.into());
        }
        let entries = boa_engine::object::builtins::JsArray::from_values(entries, cx);
        socket.set(js_string!("_pendingData"), entries, true, cx)?;
    }
    let closed = table::closure(
        "onClose",
        0,
        done.clone(),
        |_this, _args, done, cx| {
            let error = errors::socket_closed_before_connection(cx).into_opaque(cx)?;
            done.call(error, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let captured = (values, done, closed.clone());
    let connected = table::closure(
        "connect",
        0,
        captured,
        |this, _args, (values, done, closed), cx| {
            let socket = this.to_object(cx)?;
            events::method(&socket, "off", &[js_string!("close").into(), closed.clone().into()], cx)?;
            socket.set(js_string!("_pendingData"), JsValue::null(), true, cx)?;
            socket.set(js_string!("_pendingEncoding"), js_string!(""), true, cx)?;
            let chunks = values.iter().map(|(value, encoding)| (Chunk::Value(value.clone()), encoding.clone())).collect();
            write_chunks(&socket, chunks, done.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(socket, js_string!("connect"), connected, cx)?;
    events::once(socket, js_string!("close"), closed, cx)
}

/// `socket._handle`: null without a connection.
/// `socket._writeGeneric(writev, data, encoding, callback)`: what `_write` and `_writev` both are.
pub(super) fn write_generic(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (data, encoding, callback) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone(), args.get_or_undefined(3).clone());
    if args.get_or_undefined(0).to_boolean() { stream::native::writev(this, &[data, callback], cx) } else { stream::native::write(this, &[data, encoding, callback], cx) }
}
