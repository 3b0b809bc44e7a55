//! How streams end.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, table, validate};

use super::{ABORTED, CLOSED, DID_READ, HAS_TRAILERS, HEADERS_SENT, NO_HANDLE, SERVER, StreamState, find, of};
use crate::{
    events,
    http2::{
        channels, errors,
        object::{field, flag},
        wire::frame::code,
    },
    stream::{self, Done},
};

/// Whether the peer is to be told with RST_STREAM.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    No,
    /// When all is written.
    Yes,
    /// At once.
    Force,
}

/// `stream.close(code, callback)`
pub(super) fn close_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let stream = this.to_object(cx)?;
    let given = args.get_or_undefined(0);
    let number = if given.is_undefined() { 0.0 } else { validate::integer(given, "code", 0.0, f64::from(u32::MAX), cx)? };
    let callback = args.get_or_undefined(1);
    let callback = if callback.is_undefined() { None } else { Some(validate::function(callback, "callback", cx)?) };
    if state.has(CLOSED) {
        return Ok(JsValue::undefined());
    }
    if let Some(callback) = callback {
        events::once(&stream, js_string!("close"), callback, cx)?;
    }
    close(&stream, number as u32, Reset::Yes, cx)?;
    Ok(JsValue::undefined())
}

/// Node's `closeStream`: nothing is sent or taken any more.
pub fn close(stream: &JsObject, code: u32, how: Reset, cx: &mut Context) -> JsResult<()> {
    let Some(state) = find(stream, cx) else { return Ok(()) };
    if state.has(CLOSED) {
        return Ok(());
    }
    state.add(CLOSED);
    state.rst_code.set(code);
    if let Some(idle) = state.idle.take() {
        idle.cancel();
    }
    let is_ending = stream::writable_state(stream, cx)?.is_some_and(|writable| writable.is_ending());
    if !is_ending {
        // The other side is not to wait for what never comes.
        if !state.has(ABORTED) {
            state.add(ABORTED);
            events::emit(stream, js_string!("aborted"), &[], cx)?;
        }
        stream::end(stream, cx)?;
    }
    channels::closed(&state, stream, cx)?;
    if how == Reset::No {
        return Ok(());
    }
    if !is_ending || flag(stream, "writableFinished", cx)? || code != code::NO_ERROR || how == Reset::Force {
        finish_close(stream, &state, code, cx)
    } else {
        let later = table::closure(
            "",
            0,
            stream.clone(),
            |_this, _args, stream, cx| {
                if let Some(state) = find(stream, cx) {
                    let code = state.rst_code.get();
                    finish_close(stream, &state, code, cx)?;
                }
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::once(stream, js_string!("finish"), later, cx)
    }
}

/// Node's `finishCloseStream`: tells the codec.
fn finish_close(stream: &JsObject, state: &Rc<StreamState>, code: u32, cx: &mut Context) -> JsResult<()> {
    if state.is_pending() {
        stream::push(stream, None, cx)?;
        state.early_reset.set(Some(code));
        return Ok(());
    }
    reset(stream, state, code, cx);
    Ok(())
}

/// RST_STREAM, after what the windows still let through.
pub(super) fn reset(_stream: &JsObject, state: &Rc<StreamState>, code: u32, cx: &mut Context) {
    let Some(session) = state.session() else { return };
    {
        let mut codec = session.codec.borrow_mut();
        if code != code::CANCEL {
            codec.collect(usize::MAX);
        }
        codec.reset(state.id.get(), code);
    }
    session.schedule_flush(cx);
}

/// The codec has closed the stream: Node's `onStreamClose`.
pub fn closed_by_codec(stream: &JsObject, code: u32, cx: &mut Context) -> JsResult<()> {
    let Some(state) = find(stream, cx) else { return Ok(()) };
    if flag(stream, "destroyed", cx)? {
        return Ok(());
    }
    if !state.has(CLOSED) {
        close(stream, code, Reset::No, cx)?;
    }
    state.add(NO_HANDLE);
    if flag(stream, "destroyed", cx)? {
        return Ok(());
    }
    if flag(stream, "readableEnded", cx)? || code != code::NO_ERROR {
        return stream::destroy_with(stream, &JsValue::undefined(), cx);
    }
    // Whoever reads is to see the end first.
    let destroys = table::function(destroy_at_end, js_string!(""), 0, cx);
    events::on(stream, js_string!("end"), destroys, cx)?;
    if stream::readable_state(stream, cx)?.is_some_and(|readable| !readable.is_ended()) {
        stream::push(stream, None, cx)?;
    }
    let flowing = field(stream, "readableFlowing", cx)?;
    if state.has(SERVER) && !state.has(DID_READ) && flowing.is_null() {
        // A server that does not care for the request's body.
        stream::resume(stream, cx)
    } else {
        events::method(stream, "read", &[0.into()], cx).map(drop)
    }
}

fn destroy_at_end(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    stream::destroy_with(&stream, &JsValue::undefined(), cx)?;
    Ok(JsValue::undefined())
}

/// `'finish'`
pub(super) fn finished(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = of(this, cx)?;
    let stream = this.to_object(cx)?;
    destroy_if_done(&stream, &state, cx)?;
    Ok(JsValue::undefined())
}

/// Node's `kMaybeDestroy`.
pub(super) fn destroy_if_done(stream: &JsObject, state: &Rc<StreamState>, cx: &mut Context) -> JsResult<()> {
    if !flag(stream, "writableFinished", cx)? {
        return Ok(());
    }
    if !flag(stream, "readable", cx)? && state.has(CLOSED) {
        return stream::destroy_with(stream, &JsValue::undefined(), cx);
    }
    // A response is sent, and nobody has looked at the request's body: the rest of it need not come.
    let flowing = field(stream, "readableFlowing", cx)?;
    if state.has(SERVER) && state.has(HEADERS_SENT) && !state.has(HAS_TRAILERS) && !state.has(DID_READ) && flowing.is_null() {
        let stream = stream.clone();
        // Later, so that streams can still be pushed on this one.
        Host::of(cx).event_loop().immediate(Box::new(move |cx| {
            Host::of(cx).enter_with(cx, |cx| close(&stream, code::NO_ERROR, Reset::Yes, cx));
        }));
    }
    Ok(())
}

/// The session ends, and the stream with it.
pub fn destroy_with_code(stream: &JsObject, error: JsValue, code: u32, cx: &mut Context) -> JsResult<()> {
    if let Some(state) = find(stream, cx) {
        state.session_code.set(Some(code));
    }
    let error = if error.is_null() { JsValue::undefined() } else { error };
    stream::destroy_with(stream, &error, cx)
}

/// `_destroy`
pub(super) fn destroy(stream: &JsObject, error: JsValue, done: &Done, cx: &mut Context) -> JsResult<()> {
    let Some(state) = find(stream, cx) else { return done.call(error, cx) };
    let session = state.session();
    let has_error = !error.is_null_or_undefined();
    let session_code = state.session_code.get();
    let code = if has_error {
        if is_abort(&error, cx)? { code::CANCEL } else { session_code.unwrap_or(code::INTERNAL_ERROR) }
    } else if state.has(CLOSED) {
        state.rst_code.get()
    } else {
        session_code.unwrap_or(code::NO_ERROR)
    };
    let has_handle = !state.is_pending();
    if !state.has(CLOSED) {
        let force = has_handle && !state.has(NO_HANDLE);
        close(stream, code, if force { Reset::Force } else { Reset::No }, cx)?;
    }
    stream::push(stream, None, cx)?;
    if let Some(session) = &session {
        session.stats.streams_done.set(session.stats.streams_done.get() + 1);
        let lived_ns = Host::of(cx).uptime_ns().saturating_sub(state.began_ns);
        session.stats.duration_ns.set(session.stats.duration_ns.get() + lived_ns);
        session.streams.borrow_mut().remove(&state.id.get());
        session.remove_pending(stream);
    }
    // What was not written is not any more.
    let (write, early) = (state.write.take(), state.early_write.take());
    drop((write, early));
    state.early_final.take();
    state.request.take();
    let is_quiet = matches!(code, code::NO_ERROR | code::CANCEL);
    let mut error = if has_error { error } else { JsValue::null() };
    if !has_error && !is_quiet {
        error = errors::stream_error(code, cx)?;
    }
    channels::failed(&state, stream, &error, cx)?;
    *state.session.borrow_mut() = None;
    done.call(error, cx)?;
    // The session may have waited for this.
    if let Some(session) = session {
        session.schedule_flush(cx);
        if session.closed.get() && !session.destroyed.get() {
            Host::of(cx).event_loop().immediate(Box::new(move |cx| {
                Host::of(cx).enter_with(cx, |cx| session.destroy_if_done(cx));
            }));
        }
    }
    Ok(())
}

fn is_abort(error: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(error) = error.as_object() else { return Ok(false) };
    let name = field(&error, "name", cx)?;
    Ok(name.as_string().is_some_and(|name| name == js_string!("AbortError")))
}
