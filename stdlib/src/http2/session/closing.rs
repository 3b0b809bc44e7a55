//! How sessions end.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsPromise};
use coil_engine::{Host, table};

use super::{Session, bound_to, of, transport::nothing};
use crate::{
    events,
    http2::{errors, object::flag, stream as http2_stream, wire::frame::code},
    net::errors as net_errors,
    stream,
};

/// `session.close(callback)`
pub(super) fn close_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    if session.closed.get() || session.destroyed.get() {
        return nothing();
    }
    let callback = args.get_or_undefined(0);
    if callback.is_callable()
        && let Some(object) = session.object()
    {
        events::once(&object, js_string!("close"), callback.clone(), cx)?;
    }
    session.close(cx)?;
    nothing()
}

/// `session.destroy(error, code)`
pub(super) fn destroy_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    session.destroy(args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone(), cx)?;
    nothing()
}

/// `session[Symbol.asyncDispose]()`
pub(super) fn async_dispose(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let session = of(this, cx)?;
    let (promise, resolvers) = JsPromise::new_pending(cx);
    match session.object().filter(|_| !session.destroyed.get()) {
        Some(object) => {
            events::once(&object, js_string!("close"), resolvers.resolve.clone(), cx)?;
            events::method(&object, "close", &[], cx)?;
        }
        None => drop(resolvers.resolve.call(&JsValue::undefined(), &[], cx)?),
    }
    Ok(promise.into())
}

/// With captured rejections: a rejected `'stream'` listener ends its stream, any other the session.
pub(super) fn rejected(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let error = args.get_or_undefined(0).clone();
    let is_stream = args.get_or_undefined(1).as_string().is_some_and(|event| event == js_string!("stream"));
    match args.get_or_undefined(2).as_object().filter(|_| is_stream) {
        Some(stream) => stream::destroy_with(&stream, &error, cx)?,
        None => of(this, cx)?.destroy(error, JsValue::undefined(), cx)?,
    }
    nothing()
}

/// Listens to the socket for its session.
pub(in crate::http2) fn watch_socket(socket: &JsObject, cx: &mut Context) -> JsResult<()> {
    let failed = table::function(socket_failed, js_string!("socketOnError"), 1, cx);
    events::on(socket, js_string!("error"), failed, cx)?;
    let closed = table::function(socket_closed, js_string!("socketOnClose"), 0, cx);
    events::on(socket, js_string!("close"), closed, cx)
}

fn socket_failed(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(session) = this.as_object().and_then(|socket| bound_to(&socket, cx)) else { return nothing() };
    let error = args.get_or_undefined(0);
    let code = match error.as_object() {
        Some(error) => error.get(js_string!("code"), cx)?,
        None => JsValue::undefined(),
    };
    // After a clean GOAWAY the peer may go as it likes.
    let is_reset = code.as_string().is_some_and(|code| code == js_string!("ECONNRESET"));
    if is_reset && session.goaway_code.get() == Some(code::NO_ERROR) {
        session.destroy(JsValue::undefined(), JsValue::undefined(), cx)?;
    } else {
        session.destroy(error.clone(), JsValue::undefined(), cx)?;
    }
    nothing()
}

fn socket_closed(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(session) = this.as_object().and_then(|socket| bound_to(&socket, cx)) else { return nothing() };
    if session.destroyed.get() {
        return nothing();
    }
    let error = match session.is_connecting(cx)? {
        true => net_errors::socket_closed(cx).into_opaque(cx)?,
        false => JsValue::undefined(),
    };
    let (pending, streams) = session.all_streams();
    for stream in streams.iter().chain(&pending) {
        http2_stream::close(stream, code::CANCEL, http2_stream::Reset::Yes, cx)?;
    }
    session.close(cx)?;
    session.end(code::NO_ERROR, error, cx)?;
    nothing()
}

impl Session {
    /// No new streams; ends when the last one does.
    pub fn close(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        if self.closed.get() || self.destroyed.get() {
            return Ok(());
        }
        self.closed.set(true);
        if self.has_handle() {
            let mut codec = self.codec.borrow_mut();
            let last = codec.last_processed_id();
            codec.goaway(code::NO_ERROR, last, &[]);
        }
        self.schedule_flush(cx);
        self.destroy_if_done(cx)
    }

    /// Node's `kMaybeDestroy`: a session that is closed and has nothing more to do ends.
    pub fn destroy_if_done(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
        let is_busy = !self.streams.borrow().is_empty() || !self.pending.borrow().is_empty();
        if !self.closed.get() || is_busy || self.destroyed.get() || self.has_handle() && self.has_pending_data() {
            return Ok(());
        }
        self.destroy(JsValue::undefined(), JsValue::undefined(), cx)
    }

    /// Ends the session and all its streams now. `error` may be a code.
    pub fn destroy(self: &Rc<Self>, error: JsValue, code: JsValue, cx: &mut Context) -> JsResult<()> {
        if self.destroyed.get() {
            return Ok(());
        }
        let (mut error, mut code) = (error, code);
        if error.is_number() {
            code = error.clone();
            let number = error.to_u32(cx)?;
            error = if number == code::NO_ERROR { JsValue::undefined() } else { errors::session_error(number, cx).into_opaque(cx)? };
        }
        let number = match code.as_number() {
            Some(number) => number as u32,
            None if error.is_null_or_undefined() => code::NO_ERROR,
            None => code::INTERNAL_ERROR,
        };
        self.end(number, error, cx)
    }

    /// Node's `closeSession`.
    pub(super) fn end(self: &Rc<Self>, code: u32, error: JsValue, cx: &mut Context) -> JsResult<()> {
        if self.destroyed.replace(true) {
            return Ok(());
        }
        let Some(object) = self.object() else { return Ok(()) };
        if let Some(idle) = self.idle.take() {
            idle.cancel();
        }
        events::method(&object, "removeAllListeners", &[js_string!("timeout").into()], cx)?;
        self.cancel_questions(&object, cx)?;
        let (pending, streams) = self.all_streams();
        // Of a fault that the peer has told, the streams tell; our own GOAWAY does not.
        let told = self.goaway_code.get().filter(|_| code == code::NO_ERROR && !error.is_null_or_undefined());
        // A GOAWAY with a fault says it for all streams, and so did the peer's.
        self.codec.borrow_mut().terminating = code != code::NO_ERROR || told.is_some();
        if !pending.is_empty() || !streams.is_empty() {
            let cancel = errors::stream_cancel(&error, cx)?;
            for stream in pending {
                http2_stream::destroy_with_code(&stream, cancel.clone(), told.unwrap_or(code), cx)?;
            }
            for stream in streams {
                http2_stream::destroy_with_code(&stream, error.clone(), told.unwrap_or(code), cx)?;
            }
        }
        if !self.has_handle() {
            return self.finish(error, cx);
        }
        let is_gone = match self.socket() {
            Some(socket) => flag(&socket, "destroyed", cx)?,
            None => true,
        };
        if !is_gone {
            let mut codec = self.codec.borrow_mut();
            let last = codec.last_processed_id();
            codec.goaway(code, last, &[]);
        }
        *self.ending.borrow_mut() = Some(error);
        let session = self.clone();
        Host::of(cx).event_loop().immediate(Box::new(move |cx| {
            Host::of(cx).enter_with(cx, |cx| {
                session.flush(cx);
                session.finish_if_ending(cx);
                Ok(())
            });
        }));
        Ok(())
    }

    /// Settings and pings that will never be answered.
    fn cancel_questions(&self, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        let (settings, pings) = (std::mem::take(&mut *self.settings_waiting.borrow_mut()), std::mem::take(&mut *self.pings.borrow_mut()));
        let this = JsValue::from(object.clone());
        for callback in settings.into_iter().filter_map(|sent| sent.callback) {
            let error = errors::fixed_value("ERR_HTTP2_SETTINGS_CANCEL", cx)?;
            callback.call(&this, &[error], cx)?;
        }
        for ping in pings {
            let error = errors::fixed_value("ERR_HTTP2_PING_CANCEL", cx)?;
            let object = object.clone();
            Host::of(cx).next_tick_native(move |cx| ping.answer(&object, &[error], cx));
        }
        Ok(())
    }

    /// Goes on with the end once the last bytes are with the system.
    pub(super) fn finish_if_ending(self: &Rc<Self>, cx: &mut Context) {
        let is_gone = match self.socket() {
            Some(socket) => flag(&socket, "destroyed", cx).unwrap_or(true),
            None => true,
        };
        if self.writing.get() && !is_gone {
            return;
        }
        if let Some(error) = { self.ending.take() } {
            let result = self.finish(error, cx);
            super::report(result, cx);
        }
        if !self.destroyed.get() && self.closed.get() {
            let result = self.destroy_if_done(cx);
            super::report(result, cx);
        }
    }

    /// Node's `finishSessionClose`.
    fn finish(self: &Rc<Self>, error: JsValue, cx: &mut Context) -> JsResult<()> {
        let (object, socket, server) = (self.object(), self.socket.take(), self.server.borrow().clone());
        self.tell_performance(cx)?;
        self.release_transport(socket.as_ref(), cx)?;
        if let Some(socket) = &socket {
            if let Some(bound) = coil_engine::Slot::<super::Bound>::get(socket, cx) {
                bound.borrow().data().session.take();
            }
        }
        let Some(object) = object else { return Ok(()) };
        if let Some(server) = server {
            crate::http2::server::remove_session(&server, &object, cx);
        }
        let session = self.clone();
        let is_open = match &socket {
            Some(socket) => !flag(socket, "destroyed", cx)?,
            None => false,
        };
        match socket.filter(|_| is_open) {
            Some(socket) => {
                let captured = (object, error.clone());
                let closed = table::closure(
                    "",
                    0,
                    captured,
                    |_this, _args, (object, error), cx| {
                        emit_close(object, error, cx)?;
                        nothing()
                    },
                    cx,
                );
                events::on(&socket, js_string!("close"), closed, cx)?;
                if self.closed.get() {
                    // What the peer still sends is read over, so that its end is seen.
                    stream::resume(&socket, cx)?;
                    events::method(&socket, "end", &[], cx)?;
                } else {
                    let args = if error.is_null_or_undefined() { vec![] } else { vec![error] };
                    events::method(&socket, "destroy", &args, cx)?;
                }
            }
            None => Host::of(cx).next_tick_native(move |cx| {
                let result = emit_close(&object, &error, cx);
                session.forget();
                result
            }),
        }
        Ok(())
    }

    /// Cuts every link to objects.
    fn forget(&self) {
        self.object.take();
        self.streams.borrow_mut().clear();
        self.pending.borrow_mut().clear();
        self.writers.borrow_mut().clear();
        self.server.take();
    }
}

fn emit_close(object: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    let session = super::find(object, cx);
    if let Some((signal, listener)) = session.as_ref().and_then(|session| session.abort.take()) {
        events::off_abort(&signal, &listener, cx)?;
    }
    if !error.is_null_or_undefined() {
        events::emit(object, js_string!("error"), std::slice::from_ref(error), cx)?;
    }
    events::emit(object, js_string!("close"), &[], cx)?;
    if let Some(session) = session {
        session.forget();
    }
    Ok(())
}

/// Ends a session when a signal aborts.
pub(in crate::http2) fn destroy_on_abort(signal: &JsObject, object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let on_abort = table::closure(
        "onAbort",
        0,
        (signal.clone(), object.clone()),
        |_this, _args, (signal, object), cx| {
            let reason = signal.get(js_string!("reason"), cx)?;
            let error: JsValue = coil_engine::errors::abort_object(None, Some(reason), cx)?.into();
            events::method(object, "destroy", &[error], cx)
        },
        cx,
    );
    if flag(signal, "aborted", cx)? {
        on_abort.call(&JsValue::undefined(), &[], cx)?;
        return Ok(());
    }
    if events::on_abort(signal, &on_abort, cx)?
        && let Some(session) = super::find(object, cx)
    {
        *session.abort.borrow_mut() = Some((signal.clone(), on_abort));
    }
    Ok(())
}
