//! Requests and their responses in order, and the silences between them.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::Host;

use super::{Connection, report};
use crate::{
    events,
    http::{
        incoming,
        outgoing::{Channel, body, state as message_state},
        server::{dispatch, response, state::positive},
    },
    net::idle::IdleTimer,
};

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

    pub(super) fn reset_timeout(self: &Rc<Self>, cx: &mut Context) -> JsResult<()> {
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
