//! `write`, `end` and what carries bytes from a message to its channel.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsFunction};
use coil_engine::{Host, errors as engine_errors, table};

use super::{
    head,
    state::{self, Channel, Data, Done, Message, Piece},
};
use crate::{
    buffer::{self, Encoding},
    events,
    http::{errors, server::Connection, text, wire::writer},
};

/// What a script gave to be written.
pub(in crate::http) enum Chunk {
    Text(JsString, Encoding),
    View(boa_engine::bytes::ByteRange),
}

impl Chunk {
    /// Reads an argument: a string in an encoding, or bytes.
    fn parse(value: &JsValue, encoding: &JsValue, cx: &mut Context) -> JsResult<Self> {
        if value.is_null() {
            return Err(engine_errors::stream_null_values(cx));
        }
        if let Some(text) = value.as_string() {
            let encoding = encoding.as_string().and_then(|label| Encoding::of(&label)).unwrap_or_default();
            return Ok(Self::Text(text, encoding));
        }
        match buffer::range_of(value) {
            Some(range) if buffer::is_uint8_array(value) => Ok(Self::View(range)),
            _ => Err(engine_errors::invalid_arg_type("chunk", "string|Buffer|Uint8Array", value, cx)),
        }
    }

    fn byte_len(&self) -> usize {
        match self {
            Self::Text(text, Encoding::Utf8) => text::utf8_len(text),
            Self::Text(text, Encoding::Latin1 | Encoding::Ascii) => text.len(),
            Self::Text(text, encoding) => buffer::string_to_bytes(text, *encoding).len(),
            Self::View(range) => range.byte_length,
        }
    }

    fn push_to(&self, out: &mut Vec<u8>) {
        match self {
            Self::Text(text, Encoding::Utf8) => text::push_utf8(out, text),
            Self::Text(text, Encoding::Latin1 | Encoding::Ascii) => text::push_latin1(out, text),
            Self::Text(text, encoding) => out.extend(buffer::string_to_bytes(text, *encoding)),
            Self::View(range) => range.read(|bytes| out.extend_from_slice(bytes)),
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Text(text, _) => text.is_empty(),
            Self::View(range) => range.byte_length == 0,
        }
    }

    fn into_data(self) -> Data {
        match self {
            Self::View(range) if range.byte_length >= COPY_LEN_MAX => Data::View(range),
            chunk => {
                let mut bytes = Vec::new();
                chunk.push_to(&mut bytes);
                Data::Owned(bytes)
            }
        }
    }
}

/// Smaller buffers are copied beside the head, so that both leave in one call; larger ones are not worth the copy.
const COPY_LEN_MAX: usize = 16 * 1024;

/// `OutgoingMessage.prototype.write`
pub(in crate::http) fn write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = match state::expect(this, cx) {
        Ok(message) => message,
        Err(error) => {
            // An object of another kind: what is wrong with the chunk is said first.
            Chunk::parse(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
            return Err(error);
        }
    };
    let object = this.to_object(cx)?;
    let (mut encoding, mut callback) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).as_function());
    if let Some(function) = encoding.as_function() {
        callback = Some(function);
        encoding = JsValue::null();
    }
    let more = write_chunk(&object, &message, args.get_or_undefined(0), &encoding, callback, false, cx)?;
    if !more {
        message.borrow_mut().data_mut().need_drain = true;
    }
    Ok(more.into())
}

fn write_chunk(object: &JsObject, message: &JsObject<Message>, value: &JsValue, encoding: &JsValue, callback: Option<JsFunction>, from_end: bool, cx: &mut Context) -> JsResult<bool> {
    let chunk = Chunk::parse(value, encoding, cx)?;
    let (finished, destroyed, strict) = {
        let message = message.borrow();
        (message.data().finished, message.data().destroyed, message.data().strict_length)
    };
    if finished || destroyed {
        if destroyed {
            let error = if finished { engine_errors::stream_write_after_end(cx) } else { engine_errors::stream_destroyed("write", cx) };
            let error = error.into_opaque(cx)?;
            if let Some(callback) = callback {
                Host::of(cx).next_tick(callback, JsValue::undefined(), vec![error]);
            }
        } else {
            let error = engine_errors::stream_write_after_end(cx).into_opaque(cx)?;
            emit_error_later(object, message, error, callback, cx);
        }
        return Ok(false);
    }
    if strict {
        check_length(message, chunk.byte_len() as f64, from_end, cx)?;
    }
    if message.borrow().data().head.is_none() {
        if from_end {
            message.borrow_mut().data_mut().frame.length = Some(chunk.byte_len() as f64);
        }
        head::implicit(object, cx)?;
    }
    let (has_body, rejects) = {
        let message = message.borrow();
        (message.data().frame.has_body, message.data().rejects_body)
    };
    if !has_body {
        if rejects {
            return Err(errors::http_body_not_allowed(cx));
        }
        if let Some(callback) = callback {
            Host::of(cx).next_tick(callback, JsValue::undefined(), Vec::new());
        }
        return Ok(true);
    }
    let done = callback.map_or(Done::Nothing, Done::Callback);
    if !from_end {
        cork_until_tick(message, cx)?;
    }
    send_body(object, message, chunk, done, cx)
}

fn check_length(message: &JsObject<Message>, len: f64, from_end: bool, cx: &mut Context) -> JsResult<()> {
    let (checks, written, announced) = {
        let message = message.borrow();
        let message = message.data();
        (message.checks_length(), message.body_len + len, message.frame.length)
    };
    if checks
        && let Some(announced) = announced
        && (if from_end { written != announced } else { written > announced })
    {
        return Err(errors::http_content_length_mismatch(written, announced, cx));
    }
    message.borrow_mut().data_mut().body_len = written;
    Ok(())
}

/// Frames a piece of the body and sends it.
fn send_body(object: &JsObject, message: &JsObject<Message>, chunk: Chunk, done: Done, cx: &mut Context) -> JsResult<bool> {
    let (chunked, corked, head_sent, high_water_mark) = {
        let message = message.borrow();
        let message = message.data();
        (message.frame.chunked, message.corked > 0, message.head_sent, message.high_water_mark)
    };
    if !chunked || chunk.is_empty() {
        return send(object, message, chunk, done, cx);
    }
    let len = chunk.byte_len();
    if corked && head_sent {
        let piece = Piece { data: chunk.into_data(), done };
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        message.corked_pieces.push(piece);
        message.corked_len += len;
        return Ok((message.corked_len as f64) < high_water_mark);
    }
    let mut bytes = take_head(message, cx)?;
    writer::push_chunk_size(&mut bytes, len);
    match chunk.into_data() {
        Data::Owned(body) => {
            bytes.extend_from_slice(&body);
            bytes.extend_from_slice(b"\r\n");
            write_raw(object, message, Data::Owned(bytes), done, cx)
        }
        view @ Data::View(_) => {
            write_raw(object, message, Data::Owned(bytes), Done::Nothing, cx)?;
            write_raw(object, message, view, Done::Nothing, cx)?;
            write_raw(object, message, Data::Owned(b"\r\n".to_vec()), done, cx)
        }
    }
}

/// Node's `_send`: the head goes before the first piece of the body, in the same write.
fn send(object: &JsObject, message: &JsObject<Message>, chunk: Chunk, done: Done, cx: &mut Context) -> JsResult<bool> {
    let mut bytes = take_head(message, cx)?;
    // Node joins the head to a string that is then written as UTF-8; to any other body it writes it as Latin-1.
    if matches!(&chunk, Chunk::Text(text, Encoding::Utf8) if !text.is_empty()) && !bytes.is_ascii() {
        let mut wide = Vec::with_capacity(bytes.len() * 2);
        text::push_latin1_as_utf8(&mut wide, &bytes);
        bytes = wide;
    }
    if bytes.is_empty() {
        return write_raw(object, message, chunk.into_data(), done, cx);
    }
    match chunk {
        Chunk::View(range) if range.byte_length >= COPY_LEN_MAX => {
            write_raw(object, message, Data::Owned(bytes), Done::Nothing, cx)?;
            write_raw(object, message, Data::View(range), done, cx)
        }
        chunk => {
            chunk.push_to(&mut bytes);
            write_raw(object, message, Data::Owned(bytes), done, cx)
        }
    }
}

/// The head, the first time it is asked for.
fn take_head(message: &JsObject<Message>, _cx: &mut Context) -> JsResult<Vec<u8>> {
    let mut message = message.borrow_mut();
    let message = message.data_mut();
    Ok(match &message.head {
        Some(head) if !message.head_sent => {
            message.head_sent = true;
            head.clone()
        }
        _ => Vec::new(),
    })
}

/// Node's `_writeRaw`: to the channel if it is this message's turn, else into the queue.
pub(in crate::http) fn write_raw(object: &JsObject, message: &JsObject<Message>, data: Data, done: Done, cx: &mut Context) -> JsResult<bool> {
    let channel = message.borrow().data().channel.clone();
    match &channel {
        Channel::Connection(connection) => {
            if connection.is_destroyed() {
                return Ok(false);
            }
            if connection.is_current(object) && connection.is_writable() {
                flush_queue(message, &channel, cx)?;
                return Ok(connection.write(Piece { data, done }, cx));
            }
        }
        Channel::Stream(stream) => {
            if stream.get(js_string!("destroyed"), cx)?.to_boolean() {
                return Ok(false);
            }
            let current = stream.get(js_string!("_httpMessage"), cx)?;
            let turn = current.as_object().is_some_and(|current| JsObject::equals(&current, object));
            if turn && stream.get(js_string!("writable"), cx)?.to_boolean() {
                flush_queue(message, &channel, cx)?;
                return write_to_stream(stream, Piece { data, done }, cx);
            }
        }
        Channel::None => {}
    }
    let (len, high_water_mark) = {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        let len = data.len();
        message.queue.push(Piece { data, done });
        message.queue_len += len;
        (len, message.high_water_mark)
    };
    tell_pending(message, len as f64, cx)?;
    Ok((message.borrow().data().queue_len as f64) < high_water_mark)
}

/// Tells whoever counts what waits in messages whose turn has not come.
fn tell_pending(message: &JsObject<Message>, change: f64, cx: &mut Context) -> JsResult<()> {
    let told = message.borrow().data().on_pending.clone();
    if let Some(told) = told {
        told.call(&JsValue::undefined(), &[change.into()], cx)?;
    }
    let owner = message.borrow().data().owner.clone();
    if let Some(owner) = owner {
        owner.pending_changed(change, cx);
    }
    Ok(())
}

fn write_to_stream(stream: &JsObject, piece: Piece, cx: &mut Context) -> JsResult<bool> {
    let chunk = match piece.data {
        Data::Owned(bytes) => buffer::from_slice(&bytes, cx)?,
        Data::View(range) => range.read(|bytes| buffer::from_slice(bytes, cx))?,
    };
    let mut args = vec![chunk.into(), JsValue::null()];
    if let Some(callback) = done_function(piece.done, cx) {
        args.push(callback.into());
    }
    events::method(stream, "write", &args, cx).map(|more| more.to_boolean())
}

/// A function for a stream to call when the write is done.
fn done_function(done: Done, cx: &mut Context) -> Option<JsFunction> {
    match done {
        Done::Nothing => None,
        Done::Callback(callback) => Some(callback),
        done => Some(table::closure(
            "",
            1,
            done,
            |_this, args, done, cx| {
                run_done(done.clone(), args.first().cloned(), cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        )),
    }
}

/// Tells whom a finished (or failed) write concerns.
pub(in crate::http) fn run_done(done: Done, error: Option<JsValue>, cx: &mut Context) -> JsResult<()> {
    let error = error.filter(|error| !error.is_null_or_undefined());
    let args: Vec<JsValue> = error.clone().into_iter().collect();
    match done {
        Done::Nothing => Ok(()),
        Done::Callback(callback) => callback.call(&JsValue::undefined(), &args, cx).map(drop),
        Done::Callbacks(callbacks) => callbacks.iter().try_for_each(|callback| callback.call(&JsValue::undefined(), &args, cx).map(drop)),
        Done::Finish(object) => finished(&object, cx),
    }
}

/// The last byte of the message is on its way: `'finish'`.
fn finished(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(message) = state::of(object, cx) else { return Ok(()) };
    let channel = message.borrow().data().channel.clone();
    match channel {
        Channel::Connection(connection) => {
            if connection.had_error() {
                return Ok(());
            }
            connection.response_finished(object, cx)?;
        }
        Channel::Stream(stream) => {
            if stream.get(js_string!("_hadError"), cx)?.to_boolean() {
                return Ok(());
            }
            let owner = message.borrow().data().owner.clone();
            if let Some(owner) = owner {
                owner.response_finished(object, cx)?;
            }
        }
        Channel::None => {}
    }
    events::emit(object, js_string!("finish"), &[], cx).map(drop)
}

/// Writes what waited in the message. `None` where nothing did.
fn flush_queue(message: &JsObject<Message>, channel: &Channel, cx: &mut Context) -> JsResult<Option<bool>> {
    let (queue, queue_len) = {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        if message.queue.is_empty() {
            return Ok(None);
        }
        (std::mem::take(&mut message.queue), std::mem::take(&mut message.queue_len))
    };
    let mut more = true;
    match channel {
        Channel::Connection(connection) => {
            connection.cork();
            for piece in queue {
                more = connection.write(piece, cx);
            }
            connection.uncork(cx);
        }
        Channel::Stream(stream) => {
            events::method(stream, "cork", &[], cx)?;
            for piece in queue {
                more = write_to_stream(stream, piece, cx)?;
            }
            events::method(stream, "uncork", &[], cx)?;
        }
        Channel::None => {}
    }
    tell_pending(message, -(queue_len as f64), cx)?;
    Ok(Some(more))
}

/// Node's `_flush`: the message's turn has come.
pub(in crate::http) fn flush(object: &JsObject, message: &JsObject<Message>, cx: &mut Context) -> JsResult<()> {
    let channel = message.borrow().data().channel.clone();
    let writable = match &channel {
        Channel::None => false,
        Channel::Connection(connection) => connection.is_writable(),
        Channel::Stream(stream) => stream.get(js_string!("writable"), cx)?.to_boolean(),
    };
    if !writable {
        return Ok(());
    }
    let more = flush_queue(message, &channel, cx)?;
    let (finished, need_drain) = {
        let message = message.borrow();
        (message.data().finished, message.data().need_drain)
    };
    if finished {
        return prefinish(object, cx);
    }
    if more == Some(true) && need_drain {
        message.borrow_mut().data_mut().need_drain = false;
        events::emit(object, js_string!("drain"), &[], cx)?;
    }
    Ok(())
}

/// Node's `_finish`, through the object: `ClientRequest` and scripts have their own.
fn prefinish(object: &JsObject, cx: &mut Context) -> JsResult<()> {
    events::method(object, "_finish", &[], cx).map(drop)
}

/// `OutgoingMessage.prototype._finish`
pub(in crate::http) fn finish(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    events::emit(&object, js_string!("prefinish"), &[], cx)?;
    Ok(JsValue::undefined())
}

/// `OutgoingMessage.prototype.end`
pub(in crate::http) fn end(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let object = this.to_object(cx)?;
    let (mut chunk, mut encoding) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone());
    let mut callback = args.get_or_undefined(2).as_function();
    if let Some(function) = chunk.as_function() {
        callback = Some(function);
        chunk = JsValue::null();
        encoding = JsValue::null();
    } else if let Some(function) = encoding.as_function() {
        callback = Some(function);
        encoding = JsValue::null();
    }
    let has_chunk = chunk.to_boolean();
    let (finished, has_head) = {
        let message = message.borrow();
        (message.data().finished, message.data().head.is_some())
    };
    if finished {
        if has_chunk {
            let error = engine_errors::stream_write_after_end(cx).into_opaque(cx)?;
            emit_error_later(&object, &message, error, callback, cx);
        } else if let Some(callback) = callback {
            if writable_finished(&message, cx)? {
                let error = engine_errors::stream_already_finished("end", cx).into_opaque(cx)?;
                callback.call(&JsValue::undefined(), &[error], cx)?;
            } else {
                events::on(&object, js_string!("finish"), callback, cx)?;
            }
        }
        return Ok(this.clone());
    }
    let channel = message.borrow().data().channel.clone();
    if has_chunk {
        cork_channel(&channel, cx)?;
        write_chunk(&object, &message, &chunk, &encoding, None, true, cx)?;
    } else if !has_head {
        cork_channel(&channel, cx)?;
        message.borrow_mut().data_mut().frame.length = Some(0.0);
        head::implicit(&object, cx)?;
    }
    if let Some(callback) = callback {
        events::once(&object, js_string!("finish"), callback, cx)?;
    }
    let (checks, body_len, announced) = {
        let message = message.borrow();
        let message = message.data();
        (message.checks_length(), message.body_len, message.frame.length)
    };
    if checks
        && let Some(announced) = announced
        && body_len != announced
    {
        return Err(errors::http_content_length_mismatch(body_len, announced, cx));
    }
    send_end(&object, &message, has_chunk, cx)?;
    uncork_fully(&object, &message, cx)?;
    message.borrow_mut().data_mut().finished = true;
    let (queue_empty, channel) = {
        let message = message.borrow();
        (message.data().queue.is_empty(), message.data().channel.clone())
    };
    let current = match &channel {
        Channel::None => false,
        Channel::Connection(connection) => connection.is_current(&object),
        Channel::Stream(stream) => {
            let current = stream.get(js_string!("_httpMessage"), cx)?;
            current.as_object().is_some_and(|current| JsObject::equals(&current, &object))
        }
    };
    if queue_empty && current {
        prefinish(&object, cx)?;
    }
    Ok(this.clone())
}

/// The last chunk, or the head of a message without a body; `'finish'` follows it.
fn send_end(object: &JsObject, message: &JsObject<Message>, has_chunk: bool, cx: &mut Context) -> JsResult<()> {
    let finish = Done::Finish(object.clone());
    let (chunked, head_sent) = {
        let message = message.borrow();
        let message = message.data();
        (message.frame.has_body && message.frame.chunked, message.head_sent)
    };
    if chunked {
        let mut bytes = take_head(message, cx)?;
        writer::push_last_chunk(&mut bytes, &message.borrow().data().trailers);
        write_raw(object, message, Data::Owned(bytes), finish, cx)?;
    } else if !head_sent || has_chunk || writable_len(message, cx)? > 0.0 {
        let bytes = take_head(message, cx)?;
        write_raw(object, message, Data::Owned(bytes), finish, cx)?;
    } else {
        Host::of(cx).next_tick_native(move |cx| run_done(finish, None, cx));
    }
    Ok(())
}

/// Ends every cork, the message's and its channel's, so that all goes out at once.
fn uncork_fully(object: &JsObject, message: &JsObject<Message>, cx: &mut Context) -> JsResult<()> {
    let channel = message.borrow().data().channel.clone();
    match &channel {
        Channel::None => {}
        Channel::Connection(connection) => connection.uncork_fully(cx),
        Channel::Stream(stream) => {
            if let Some(state) = stream.get(js_string!("_writableState"), cx)?.as_object() {
                state.set(js_string!("corked"), 1, false, cx)?;
            }
            events::method(stream, "uncork", &[], cx)?;
        }
    }
    message.borrow_mut().data_mut().corked = 0;
    flush_corked(object, message, cx)
}

/// Sends what was collected while corked, as one chunk.
fn flush_corked(object: &JsObject, message: &JsObject<Message>, cx: &mut Context) -> JsResult<()> {
    let (pieces, len) = {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        if message.corked > 0 || message.corked_pieces.is_empty() {
            return Ok(());
        }
        (std::mem::take(&mut message.corked_pieces), std::mem::take(&mut message.corked_len))
    };
    let mut bytes = take_head(message, cx)?;
    writer::push_chunk_size(&mut bytes, len);
    let mut callbacks = Vec::new();
    for piece in pieces {
        piece.data.read(|data| bytes.extend_from_slice(data));
        if let Done::Callback(callback) = piece.done {
            callbacks.push(callback);
        }
    }
    bytes.extend_from_slice(b"\r\n");
    let done = if callbacks.is_empty() { Done::Nothing } else { Done::Callbacks(callbacks) };
    write_raw(object, message, Data::Owned(bytes), done, cx).map(drop)
}

/// `OutgoingMessage.prototype.cork`
pub(in crate::http) fn cork(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    message.borrow_mut().data_mut().corked += 1;
    let channel = message.borrow().data().channel.clone();
    cork_channel(&channel, cx)?;
    Ok(JsValue::undefined())
}

/// `OutgoingMessage.prototype.uncork`
pub(in crate::http) fn uncork(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let object = this.to_object(cx)?;
    let channel = {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        message.corked = message.corked.saturating_sub(1);
        message.channel.clone()
    };
    match &channel {
        Channel::None => {}
        Channel::Connection(connection) => connection.uncork(cx),
        Channel::Stream(stream) => drop(events::method(stream, "uncork", &[], cx)?),
    }
    flush_corked(&object, &message, cx)?;
    Ok(JsValue::undefined())
}

fn cork_channel(channel: &Channel, cx: &mut Context) -> JsResult<()> {
    match channel {
        Channel::None => Ok(()),
        Channel::Connection(connection) => {
            connection.cork();
            Ok(())
        }
        Channel::Stream(stream) => events::method(stream, "cork", &[], cx).map(drop),
    }
}

/// Writes of one tick leave together.
fn cork_until_tick(message: &JsObject<Message>, cx: &mut Context) -> JsResult<()> {
    let channel = message.borrow().data().channel.clone();
    match channel {
        Channel::None => {}
        Channel::Connection(connection) => {
            if !connection.is_corked() {
                connection.cork();
                Host::of(cx).next_tick_native(move |cx| {
                    connection.uncork(cx);
                    Ok(())
                });
            }
        }
        Channel::Stream(stream) => {
            if !stream.get(js_string!("writableCorked"), cx)?.to_boolean() {
                events::method(&stream, "cork", &[], cx)?;
                Host::of(cx).next_tick_native(move |cx| events::method(&stream, "uncork", &[], cx).map(drop));
            }
        }
    }
    Ok(())
}

/// `OutgoingMessage.prototype._send`
pub(in crate::http) fn send_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let object = this.to_object(cx)?;
    let (chunk, done) = raw_arguments(args, cx)?;
    send(&object, &message, chunk, done, cx).map(Into::into)
}

/// `OutgoingMessage.prototype._writeRaw`
pub(in crate::http) fn write_raw_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let object = this.to_object(cx)?;
    let (chunk, done) = raw_arguments(args, cx)?;
    write_raw(&object, &message, chunk.into_data(), done, cx).map(Into::into)
}

fn raw_arguments(args: &[JsValue], cx: &mut Context) -> JsResult<(Chunk, Done)> {
    let encoding = args.get_or_undefined(1);
    let callback = encoding.as_function().or_else(|| args.get_or_undefined(2).as_function());
    let chunk = Chunk::parse(args.get_or_undefined(0), encoding, cx)?;
    Ok((chunk, callback.map_or(Done::Nothing, Done::Callback)))
}

/// Writes an interim response, such as `100 Continue`, past the head.
pub(in crate::http) fn write_interim(object: &JsObject, bytes: Vec<u8>, callback: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(message) = state::of(object, cx) else { return Ok(()) };
    let done = callback.as_function().map_or(Done::Nothing, Done::Callback);
    write_raw(object, &message, Data::Owned(bytes), done, cx).map(drop)
}

/// Sends the head now: an empty `_send('')`.
pub(in crate::http) fn send_head(object: &JsObject, message: &JsObject<Message>, cx: &mut Context) -> JsResult<()> {
    let bytes = take_head(message, cx)?;
    write_raw(object, message, Data::Owned(bytes), Done::Nothing, cx).map(drop)
}

/// Node's `onError`: the error goes to the callback and to `'error'`, in the next tick.
fn emit_error_later(object: &JsObject, message: &JsObject<Message>, error: JsValue, callback: Option<JsFunction>, cx: &mut Context) {
    if message.borrow().data().destroyed {
        return;
    }
    let (object, message) = (object.clone(), message.clone());
    Host::of(cx).next_tick_native(move |cx| {
        if let Some(callback) = callback {
            callback.call(&JsValue::undefined(), std::slice::from_ref(&error), cx)?;
        }
        if !message.borrow().data().destroyed {
            events::emit(&object, js_string!("error"), &[error], cx)?;
        }
        Ok(())
    });
}

/// `writableLength`
pub(in crate::http) fn writable_len(message: &JsObject<Message>, cx: &mut Context) -> JsResult<f64> {
    let (own, channel) = {
        let message = message.borrow();
        let message = message.data();
        ((message.queue_len + message.corked_len) as f64, message.channel.clone())
    };
    Ok(own
        + match channel {
            Channel::None => 0.0,
            Channel::Connection(connection) => connection.writable_len() as f64,
            Channel::Stream(stream) => stream.get(js_string!("writableLength"), cx)?.as_number().unwrap_or(0.0),
        })
}

/// `writableFinished`
pub(in crate::http) fn writable_finished(message: &JsObject<Message>, cx: &mut Context) -> JsResult<bool> {
    let (waiting, channel) = {
        let message = message.borrow();
        let message = message.data();
        (!message.finished || message.queue_len > 0, message.channel.clone())
    };
    if waiting {
        return Ok(false);
    }
    Ok(match channel {
        Channel::None => true,
        Channel::Connection(connection) => connection.writable_len() == 0,
        Channel::Stream(stream) => stream.get(js_string!("writableLength"), cx)?.as_number() == Some(0.0),
    })
}

/// `socket`: null before the message's turn and after it.
pub(in crate::http) fn socket(message: &JsObject<Message>, cx: &mut Context) -> JsResult<JsValue> {
    let channel = message.borrow().data().channel.clone();
    Ok(match channel {
        Channel::None => JsValue::null(),
        Channel::Connection(connection) => connection.socket(cx)?.into(),
        Channel::Stream(stream) => stream.into(),
    })
}

/// Assigns a socket; the message's corks go over to it.
pub(in crate::http) fn set_socket(message: &JsObject<Message>, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    let (corks, before) = {
        let message = message.borrow();
        (message.data().corked, message.data().channel.clone())
    };
    let channel = value.as_object().map_or(Channel::None, Channel::Stream);
    for _ in 0..corks {
        cork_channel(&channel, cx)?;
        if let Channel::Stream(before) = &before {
            events::method(before, "uncork", &[], cx)?;
        }
    }
    message.borrow_mut().data_mut().channel = channel;
    Ok(())
}

/// Gives a response its turn on a connection.
pub(in crate::http) fn assign_connection(message: &JsObject<Message>, connection: &Rc<Connection>) {
    let corks = message.borrow().data().corked;
    for _ in 0..corks {
        connection.cork();
    }
    message.borrow_mut().data_mut().channel = Channel::Connection(connection.clone());
}

/// `OutgoingMessage.prototype.destroy`
pub(in crate::http) fn destroy(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let object = this.to_object(cx)?;
    let error = args.get_or_undefined(0).clone();
    let channel = {
        let mut message = message.borrow_mut();
        let message = message.data_mut();
        if message.destroyed {
            return Ok(this.clone());
        }
        message.destroyed = true;
        message.errored = error.clone();
        message.channel.clone()
    };
    match channel {
        Channel::Connection(connection) => connection.destroy(error, cx)?,
        Channel::Stream(stream) => drop(events::method(&stream, "destroy", &[error], cx)?),
        Channel::None => {
            let listener = table::closure(
                "socketDestroyOnConnect",
                1,
                error,
                |_this, args, error, cx| {
                    if let Some(socket) = args.get_or_undefined(0).as_object() {
                        events::method(&socket, "destroy", std::slice::from_ref(error), cx)?;
                    }
                    Ok(JsValue::undefined())
                },
                cx,
            );
            events::once(&object, js_string!("socket"), listener, cx)?;
        }
    }
    Ok(this.clone())
}

/// `OutgoingMessage.prototype.setTimeout`
pub(in crate::http) fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let (duration, callback) = (args.get_or_undefined(0).clone(), args.get_or_undefined(1));
    if callback.to_boolean() {
        events::on(&object, js_string!("timeout"), callback.clone(), cx)?;
    }
    let socket = object.get(js_string!("socket"), cx)?;
    match socket.as_object() {
        Some(socket) => drop(events::method(&socket, "setTimeout", &[duration], cx)?),
        None => {
            let listener = table::closure(
                "socketSetTimeoutOnConnect",
                1,
                duration,
                |_this, args, duration, cx| {
                    if let Some(socket) = args.get_or_undefined(0).as_object() {
                        events::method(&socket, "setTimeout", std::slice::from_ref(duration), cx)?;
                    }
                    Ok(JsValue::undefined())
                },
                cx,
            );
            events::once(&object, js_string!("socket"), listener, cx)?;
        }
    }
    Ok(this.clone())
}

/// `OutgoingMessage.prototype.pipe`: a message is only written to.
pub(in crate::http) fn pipe(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let error = engine_errors::stream_cannot_pipe(cx).into_opaque(cx)?;
    events::emit(&object, js_string!("error"), &[error], cx)?;
    Ok(JsValue::undefined())
}

/// `OutgoingMessage.prototype.flushHeaders`
pub(in crate::http) fn flush_headers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let object = this.to_object(cx)?;
    if message.borrow().data().head.is_none() {
        head::implicit(&object, cx)?;
    }
    send_head(&object, &message, cx)?;
    Ok(JsValue::undefined())
}

/// `OutgoingMessage.prototype._flush`
pub(in crate::http) fn flush_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let object = this.to_object(cx)?;
    flush(&object, &message, cx)?;
    Ok(JsValue::undefined())
}

/// `OutgoingMessage.prototype._flushOutput`
pub(in crate::http) fn flush_output_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let message = state::expect(this, cx)?;
    let channel = args.get_or_undefined(0).as_object().map_or(Channel::None, Channel::Stream);
    Ok(flush_queue(&message, &channel, cx)?.map_or_else(JsValue::undefined, Into::into))
}
