//! How many bytes went through a socket, and how many wait.

use boa_engine::{Context, JsResult, JsValue, js_string};

use super::{SocketState, find, state_of};
use crate::{buffer, net::conn::Conn};

pub(super) fn buffer_size(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    if state.borrow().data().conn.is_none() {
        return Ok(JsValue::undefined());
    }
    socket.get(js_string!("writableLength"), cx)
}

fn counted(this: &JsValue, live: fn(&Conn) -> u64, kept: fn(&SocketState) -> u64, cx: &mut Context) -> JsResult<JsValue> {
    let Some(state) = this.as_object().and_then(|socket| state_of(&socket, cx)) else { return Ok(JsValue::undefined()) };
    let state = state.borrow();
    let state = state.data();
    let count = state.conn.as_ref().map_or_else(|| kept(state), |conn| live(conn));
    Ok((count as f64).into())
}

pub(super) fn bytes_read(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    counted(this, Conn::bytes_read, |state| state.bytes_read, cx)
}

/// Bytes given to the system, those it has not taken included.
pub(super) fn bytes_dispatched(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    counted(this, |conn| conn.bytes_written() + conn.queue_len() as u64, |state| state.bytes_written, cx)
}

/// `net.Socket.prototype.bytesWritten`: what the stream still holds counts too.
pub(super) fn bytes_written(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(socket) = this.as_object() else { return Ok(JsValue::undefined()) };
    let mut total = bytes_dispatched(this, args, cx)?.as_number().unwrap_or(0.0);
    let waiting = socket.get(js_string!("writableBuffer"), cx)?;
    if waiting.is_null_or_undefined() {
        return Ok(JsValue::undefined());
    }
    for entry in crate::http::elements(&waiting, cx)?.unwrap_or_default() {
        let entry = entry.to_object(cx)?;
        let (chunk, encoding) = (entry.get(js_string!("chunk"), cx)?, entry.get(js_string!("encoding"), cx)?);
        total += byte_len(&chunk, &encoding);
    }
    let http = state_of(&socket, cx).and_then(|state| state.borrow().data().http.clone());
    total += http.map_or(0.0, |http| http.unsent_len() as f64);
    let pending = socket.get(js_string!("_pendingData"), cx)?;
    if let Some(chunks) = crate::http::elements(&pending, cx)? {
        for entry in chunks {
            let entry = entry.to_object(cx)?;
            let (chunk, encoding) = (entry.get(js_string!("chunk"), cx)?, entry.get(js_string!("encoding"), cx)?);
            total += byte_len(&chunk, &encoding);
        }
    } else if pending.to_boolean() {
        let encoding = socket.get(js_string!("_pendingEncoding"), cx)?;
        total += byte_len(&pending, &encoding);
    }
    Ok(total.into())
}

fn byte_len(chunk: &JsValue, encoding: &JsValue) -> f64 {
    match chunk.as_string() {
        Some(text) => {
            let encoding = encoding.as_string().and_then(|label| buffer::Encoding::of(&label)).unwrap_or_default();
            buffer::string_to_bytes(&text, encoding).len() as f64
        }
        None => buffer::range_of(chunk).map_or(0.0, |range| range.byte_length as f64),
    }
}
