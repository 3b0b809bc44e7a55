//! Reading and writing.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::Host;

use super::{CLOSED, DID_READ, HAS_TRAILERS, HEADERS_SENT, NO_HANDLE, PendingWrite, READING, SENDS_FILE, SERVER, SHUT_DOWN, StreamState, TRAILERS_READY, closing, find, of};
use crate::{
    buffer, events,
    http2::{
        channels,
        object::flag,
        session::{Session, report},
    },
    stream::{self, Chunk, Done, Native},
};

/// The source and sink of every stream.
pub(super) static STREAM_IO: StreamIo = StreamIo;
pub(super) struct StreamIo;

impl Native for StreamIo {
    fn read(&self, stream: &JsObject, _size: usize, cx: &mut Context) -> JsResult<()> {
        let Some(state) = find(stream, cx) else { return Ok(()) };
        if flag(stream, "destroyed", cx)? {
            stream::push(stream, None, cx)?;
            return Ok(());
        }
        if !state.has(DID_READ) {
            state.add(DID_READ);
            if let Some(readable) = stream::readable_state(stream, cx)? {
                readable.set_reading_more(false);
            }
        }
        if !state.is_pending() {
            resume(&state, cx);
        }
        state.add(READING);
        Ok(())
    }

    fn write(&self, stream: &JsObject, chunk: Chunk, encoding: &JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        let chunk = channels::body_chunk(stream, chunk, encoding, cx)?;
        let bytes = bytes_of(chunk, encoding);
        write(stream, bytes, done, cx)
    }

    fn writev(&self, stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, done: Done, cx: &mut Context) -> JsResult<()> {
        let mut bytes = Vec::new();
        for (chunk, encoding) in channels::body_chunks(stream, chunks, cx)? {
            bytes.append(&mut bytes_of(chunk, &encoding));
        }
        write(stream, bytes, done, cx)
    }

    fn finish(&self, stream: &JsObject, done: Done, cx: &mut Context) -> JsResult<()> {
        let Some(state) = find(stream, cx) else { return done.ok(cx) };
        if state.is_pending() {
            *state.early_final.borrow_mut() = Some(done);
            return Ok(());
        }
        // A file has an end of its own.
        if !state.has(SENDS_FILE) {
            shut_down(stream, &state, cx)?;
        }
        done.ok(cx)
    }

    fn destroy(&self, stream: &JsObject, error: JsValue, done: Done, cx: &mut Context) -> JsResult<()> {
        closing::destroy(stream, error, &done, cx)
    }
}

fn bytes_of(chunk: Chunk, encoding: &JsValue) -> Vec<u8> {
    if let Chunk::Value(value) = &chunk
        && let Some(text) = value.as_string()
    {
        let encoding = encoding.as_string().and_then(|label| buffer::Encoding::of(&label)).unwrap_or_default();
        return buffer::string_to_bytes(&text, encoding);
    }
    chunk.into_vec()
}

/// Data goes to the codec; the write is done when it is with the system.
pub(super) fn write(stream: &JsObject, bytes: Vec<u8>, done: Done, cx: &mut Context) -> JsResult<()> {
    let Some(state) = find(stream, cx) else { return done.ok(cx) };
    if state.is_pending() {
        *state.early_write.borrow_mut() = Some((bytes, done));
        return Ok(());
    }
    // A destroyed stream writes nothing, and nobody waits for it.
    if flag(stream, "destroyed", cx)? {
        return Ok(());
    }
    state.touch();
    if state.has(SERVER) && !state.has(HEADERS_SENT) {
        super::server::respond_implicitly(stream, cx)?;
    }
    let Some(session) = state.session() else { return Ok(()) };
    let len = bytes.len();
    let is_empty = bytes.is_empty();
    if session.codec.borrow_mut().write(state.id.get(), bytes) {
        state.queued.set(state.queued.get() + len as u64);
    } else {
        // The peer wants no more: the write is never done, as the stream is about to close.
        let id = state.id.get();
        let is_known = session.codec.borrow().stream(id).is_some_and(|stream| !stream.is_reset);
        if !is_known {
            return Ok(());
        }
    }
    *state.write.borrow_mut() = Some(PendingWrite { done, until: state.queued.get(), is_written: is_empty, is_checked: false });
    session.writers.borrow_mut().push(stream.clone());
    session.schedule_flush(cx);
    // If this was the last write, its frame can say so: that is known in the next tick.
    let stream = stream.clone();
    Host::of(cx).next_tick_native(move |cx| check_end(&stream, cx));
    Ok(())
}

fn check_end(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(state) = find(stream, cx) else { return Ok(()) };
    let may_end = match stream::writable_state(stream, cx)? {
        Some(writable) => writable.is_ending() && !writable.has_buffered() && !state.has(HAS_TRAILERS | SENDS_FILE),
        None => false,
    };
    if may_end {
        shut_down(stream, &state, cx)?;
    }
    if let Some(write) = state.write.borrow_mut().as_mut() {
        write.is_checked = true;
    }
    finish_write(&state, cx)
}

/// Ends the write that is both with the system and looked at.
fn finish_write(state: &Rc<StreamState>, cx: &mut Context) -> JsResult<()> {
    let write = state.write.borrow_mut().take_if(|write| write.is_written && write.is_checked);
    match write {
        Some(write) => write.done.ok(cx),
        None => Ok(()),
    }
}

/// So much is sent; `None` where the codec has forgotten the stream. Whether nothing more is waited for.
pub fn write_progress(stream: &JsObject, sent: Option<u64>, cx: &mut Context) -> JsResult<bool> {
    let Some(state) = find(stream, cx) else { return Ok(true) };
    let is_done = match state.write.borrow_mut().as_mut() {
        Some(write) => {
            write.is_written |= sent.is_none_or(|sent| sent >= write.until);
            write.is_written
        }
        None => true,
    };
    if is_done {
        state.touch();
        finish_write(&state, cx)?;
    }
    Ok(is_done)
}

/// No more data comes.
pub(super) fn shut_down(stream: &JsObject, state: &Rc<StreamState>, cx: &mut Context) -> JsResult<()> {
    if !state.has(SHUT_DOWN) {
        state.add(SHUT_DOWN);
        if let Some(session) = state.session() {
            session.codec.borrow_mut().end(state.id.get(), state.has(HAS_TRAILERS));
            session.schedule_flush(cx);
        }
        channels::body_sent(state, stream, cx)?;
        let finished = coil_engine::table::function(closing::finished, js_string!(""), 0, cx);
        events::on(stream, js_string!("finish"), finished, cx)?;
    }
    Ok(())
}

/// The stream has got its number.
pub(super) fn begin(stream: &JsObject, state: &Rc<StreamState>, id: u32, cx: &mut Context) -> JsResult<()> {
    let Some(session) = state.session() else { return Ok(()) };
    session.remove_pending(stream);
    state.id.set(id);
    session.streams.borrow_mut().insert(id, stream.clone());
    session.count_stream();
    state.touch();
    if state.has(READING) {
        resume(state, cx);
    }
    let early = state.early_write.take();
    if let Some((bytes, done)) = early {
        write(stream, bytes, done, cx)?;
    }
    let early = state.early_final.take();
    if let Some(done) = early {
        STREAM_IO.finish(stream, done, cx)?;
    }
    stream::uncork(stream, cx)?;
    events::emit(stream, js_string!("ready"), &[], cx)?;
    if let Some(code) = state.early_reset.take() {
        closing::reset(stream, state, code, cx);
    }
    Ok(())
}

/// What came while nobody read may be replaced by more now.
fn resume(state: &Rc<StreamState>, cx: &mut Context) {
    state.add(READING);
    let unread = state.unread.replace(0);
    if unread > 0
        && let Some(session) = state.session()
    {
        session.codec.borrow_mut().consume(state.id.get(), unread);
        session.schedule_flush(cx);
    }
}

/// `'pause'`: the peer's window closes when it is used up.
pub(super) fn paused(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    of(this, cx)?.clear(READING);
    Ok(JsValue::undefined())
}

/// Data came.
pub fn push_data(session: &Rc<Session>, stream: &JsObject, bytes: &[u8], cx: &mut Context) -> JsResult<()> {
    let Some(state) = find(stream, cx) else { return Ok(()) };
    state.touch();
    let chunk = buffer::from_slice(bytes, cx)?;
    let result = stream::push(stream, Some(chunk.into()), cx);
    match result {
        Ok(true) => {}
        Ok(false) => state.clear(READING),
        Err(error) => report(Err(error), cx),
    }
    if state.has(READING) {
        session.codec.borrow_mut().consume(state.id.get(), bytes.len());
    } else {
        state.unread.set(state.unread.get() + bytes.len());
    }
    Ok(())
}

/// The peer sends no more.
pub fn push_end(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    if flag(stream, "destroyed", cx)? {
        return Ok(());
    }
    // The head may have said so already.
    if let Some(readable) = stream::readable_state(stream, cx)?
        && readable.is_ended()
    {
        return Ok(());
    }
    stream::push(stream, None, cx).map(drop)
}

/// All data is sent, and trailers were announced.
pub fn wants_trailers(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let Some(state) = find(stream, cx) else { return Ok(()) };
    state.add(TRAILERS_READY);
    if state.has(CLOSED) || state.has(NO_HANDLE) {
        return Ok(());
    }
    if !events::emit(stream, js_string!("wantTrailers"), &[], cx)? {
        // Nobody has any.
        let none = JsObject::with_object_proto(cx.intrinsics());
        events::method(stream, "sendTrailers", &[none.into()], cx)?;
    }
    Ok(())
}
