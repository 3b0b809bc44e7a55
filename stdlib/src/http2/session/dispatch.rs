//! What the codec tells, as events and streams.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::Host;

use super::Session;
use crate::{
    buffer, events,
    http2::{
        channels, errors, headers,
        object::{emit_later, field},
        settings_object,
        stream::{self as http2_stream, client, server},
        wire::{Category, Event, Side, frame::flag},
    },
};

impl Session {
    /// Makes known what the codec has found, in the async context of the stream it is about. Runs inside one entry into JavaScript.
    pub(super) fn tell(self: &Rc<Self>, event: Event, bytes: &[u8], cx: &mut Context) -> JsResult<()> {
        let id = match &event {
            Event::Headers { id, .. } | Event::Data { id, .. } | Event::EndStream { id } | Event::Closed { id, .. } | Event::WantTrailers { id } => *id,
            _ => 0,
        };
        let state = self.stream(id).and_then(|stream| http2_stream::find(&stream, cx));
        match state {
            Some(state) => Host::of(cx).in_origin(&state.origin, None, cx, |cx| self.tell_now(event, bytes, cx)),
            None => self.tell_now(event, bytes, cx),
        }
    }

    fn tell_now(self: &Rc<Self>, event: Event, bytes: &[u8], cx: &mut Context) -> JsResult<()> {
        let Some(object) = self.object() else { return Ok(()) };
        match event {
            Event::More => Ok(()),
            Event::Headers { id, category, fields, flags } => self.headers(&object, id, category, &fields, flags, cx),
            Event::PushPromise { id, fields, flags } => self.promised(&object, id, &fields, flags, cx),
            Event::Data { id, range } => match self.stream(id) {
                Some(stream) => http2_stream::push_data(self, &stream, &bytes[range], cx),
                None => {
                    let len = range.len();
                    self.codec.borrow_mut().consume(id, len);
                    Ok(())
                }
            },
            Event::EndStream { id } => match self.stream(id) {
                Some(stream) => http2_stream::push_end(&stream, cx),
                None => Ok(()),
            },
            Event::Closed { id, code } => match self.stream(id) {
                Some(stream) => http2_stream::closed_by_codec(&stream, code, cx),
                None => Ok(()),
            },
            Event::Priority { id, parent, weight, exclusive } => {
                let emitter = self.stream(id).unwrap_or_else(|| object.clone());
                let args = vec![id.into(), parent.into(), weight.into(), exclusive.into()];
                events::emit(&emitter, js_string!("priority"), &args, cx).map(drop)
            }
            Event::Settings => {
                let settings = self.codec.borrow().remote_settings().clone();
                let settings = settings_object::to_object(&settings, cx)?;
                *self.remote_settings.borrow_mut() = Some(settings.clone());
                self.touch();
                emit_later(&object, "remoteSettings", vec![settings.into()], cx);
                Ok(())
            }
            Event::SettingsAck => self.settings_taken(&object, cx),
            Event::Ping(payload) => {
                self.touch();
                let payload = buffer::from_slice(&payload, cx)?;
                events::emit(&object, js_string!("ping"), &[payload.into()], cx).map(drop)
            }
            Event::PingAck(payload) => self.ping_answered(&object, payload, cx),
            Event::Goaway { code, last, data } => self.goaway_came(&object, code, last, &data, cx),
            Event::AltSvc { id, origin, value } => {
                let (origin, value) = (crate::http::latin1(&origin), crate::http::latin1(&value));
                events::emit(&object, js_string!("altsvc"), &[value.into(), origin.into(), id.into()], cx).map(drop)
            }
            Event::Origin(origins) => self.origins_came(&object, &origins, cx),
            Event::WantTrailers { id } => match self.stream(id) {
                Some(stream) => http2_stream::wants_trailers(&stream, cx),
                None => Ok(()),
            },
            Event::NotSent { kind, id, fault } => self.not_sent(&object, kind, id, fault, cx),
            Event::Failed { fault, code } => {
                let error = errors::fault(fault, code, cx)?;
                self.destroy(error.into(), JsValue::undefined(), cx)
            }
        }
    }

    fn headers(self: &Rc<Self>, object: &JsObject, id: u32, category: Category, fields: &[crate::http2::wire::Field], flags: u8, cx: &mut Context) -> JsResult<()> {
        self.touch();
        let ends = flags & flag::END_STREAM != 0;
        let (headers, raw) = headers::to_objects(fields, self.strict_single, cx)?;
        if let Some(stream) = self.stream(id) {
            return self.more_headers(&stream, category, headers, flags, raw, cx);
        }
        if self.closed.get() || self.destroyed.get() || self.side == Side::Client {
            self.codec.borrow_mut().reset(id, crate::http2::wire::frame::code::REFUSED_STREAM);
            return Ok(());
        }
        let stream = server::create(self, id, &headers, cx)?;
        self.count_stream();
        if ends {
            http2_stream::mark_end_after_headers(&stream, cx);
            crate::stream::push(&stream, None, cx)?;
        }
        let method = field(&headers, ":method", cx)?;
        if method.as_string().is_some_and(|method| method == js_string!("HEAD")) {
            // There is no body: the writable side is over already.
            crate::stream::end(&stream, cx)?;
            http2_stream::mark_head(&stream, cx);
        }
        channels::stream("http2.server.stream.created", &stream, Some(&headers), None, cx)?;
        emit_later(object, "stream", vec![stream.clone().into(), headers.clone().into(), flags.into(), raw.into()], cx);
        channels::stream("http2.server.stream.start", &stream, Some(&headers), None, cx)
    }

    fn more_headers(self: &Rc<Self>, stream: &JsObject, category: Category, headers: JsObject, flags: u8, raw: JsObject, cx: &mut Context) -> JsResult<()> {
        let status = field(&headers, ":status", cx)?.as_number();
        let ends = flags & flag::END_STREAM != 0;
        let event = match category {
            Category::Response if !ends && status.is_some_and(|status| (100.0..200.0).contains(&status)) => "headers",
            Category::Response => "response",
            Category::PushResponse => "push",
            _ if status.is_some_and(|status| status >= 200.0) => "response",
            _ if ends => "trailers",
            _ => "headers",
        };
        if status == Some(421.0) {
            self.forget_origin(stream, cx)?;
        }
        emit_later(stream, event, vec![headers.clone().into(), flags.into(), raw.into()], cx);
        if matches!(event, "response" | "push") {
            channels::stream("http2.client.stream.finish", stream, Some(&headers), Some(flags), cx)?;
        }
        Ok(())
    }

    fn promised(self: &Rc<Self>, object: &JsObject, id: u32, fields: &[crate::http2::wire::Field], flags: u8, cx: &mut Context) -> JsResult<()> {
        self.touch();
        if self.closed.get() || self.destroyed.get() {
            self.codec.borrow_mut().reset(id, crate::http2::wire::frame::code::REFUSED_STREAM);
            return Ok(());
        }
        let (headers, raw) = headers::to_objects(fields, self.strict_single, cx)?;
        let stream = client::create_pushed(self, id, cx)?;
        self.count_stream();
        crate::stream::end(&stream, cx)?;
        channels::stream("http2.client.stream.created", &stream, Some(&headers), None, cx)?;
        emit_later(object, "stream", vec![stream.clone().into(), headers.clone().into(), flags.into(), raw.into()], cx);
        channels::stream("http2.client.stream.start", &stream, Some(&headers), None, cx)
    }

    pub fn count_stream(&self) {
        self.stats.streams.set(self.stats.streams.get() + 1);
        let open = self.streams.borrow().len() as u32;
        self.stats.streams_max.set(self.stats.streams_max.get().max(open));
    }

    fn settings_taken(self: &Rc<Self>, object: &JsObject, cx: &mut Context) -> JsResult<()> {
        self.touch();
        let settings = self.codec.borrow().local_settings().clone();
        let settings = settings_object::to_object(&settings, cx)?;
        *self.local_settings.borrow_mut() = Some(settings.clone());
        self.settings_unanswered.set(self.settings_unanswered.get().saturating_sub(1));
        let sent = self.settings_waiting.borrow_mut().pop_front();
        if let Some(sent) = sent
            && let Some(callback) = sent.callback
        {
            let duration_ms = (Host::of(cx).uptime_ns().saturating_sub(sent.sent_ns)) as f64 / 1e6;
            callback.call(&object.clone().into(), &[JsValue::null(), settings.clone().into(), duration_ms.into()], cx)?;
        }
        events::emit(object, js_string!("localSettings"), &[settings.into()], cx).map(drop)
    }

    fn ping_answered(self: &Rc<Self>, object: &JsObject, payload: [u8; 8], cx: &mut Context) -> JsResult<()> {
        self.touch();
        let ping = self.pings.borrow_mut().pop_front();
        let Some(ping) = ping else {
            // Nobody asked.
            let error = errors::fault(crate::http2::wire::frame::fault::PROTO, None, cx)?;
            return self.destroy(error.into(), JsValue::undefined(), cx);
        };
        let passed_ns = Host::of(cx).uptime_ns().saturating_sub(ping.sent_ns);
        self.stats.ping_rtt_ns.set(passed_ns);
        // A buffer of its own, that lies in no pool.
        let mut block = buffer::zeroed(payload.len())?;
        block.copy_from_slice(&payload);
        let payload = buffer::from_block(block, cx)?;
        let args = [JsValue::null(), (passed_ns as f64 / 1e6).into(), payload.into()];
        ping.answer(object, &args, cx)
    }

    fn goaway_came(self: &Rc<Self>, object: &JsObject, code: u32, last: u32, data: &[u8], cx: &mut Context) -> JsResult<()> {
        self.goaway_code.set(Some(code));
        self.goaway_last.set(Some(last));
        let data = if data.is_empty() { JsValue::undefined() } else { buffer::from_slice(data, cx)?.into() };
        emit_later(object, "goaway", vec![code.into(), last.into(), data], cx);
        if code == 0 {
            // What is under way may end.
            return self.close(cx);
        }
        // The fault is the peer's to know of: our own GOAWAY does not name one.
        let error = errors::session_error(code, cx).into_opaque(cx)?;
        self.destroy(error, 0.into(), cx)
    }

    fn origins_came(self: &Rc<Self>, object: &JsObject, origins: &[Vec<u8>], cx: &mut Context) -> JsResult<()> {
        self.touch();
        // Without TLS nobody vouches for them (RFC 8336, 2.4).
        let Some(mut known) = self.origin_list(cx)? else { return Ok(()) };
        let texts: Vec<String> = origins.iter().map(|origin| String::from_utf8_lossy(origin).into_owned()).collect();
        for text in &texts {
            if !known.contains(text) {
                known.push(text.clone());
            }
        }
        *self.origins.borrow_mut() = Some(known);
        let values = texts.into_iter().map(|text| js_string!(text).into()).collect();
        let list = boa_engine::object::builtins::JsArray::from_values(values, cx);
        events::emit(object, js_string!("origin"), &[list.into()], cx).map(drop)
    }

    fn not_sent(self: &Rc<Self>, object: &JsObject, kind: u8, id: u32, fault: i32, cx: &mut Context) -> JsResult<()> {
        self.touch();
        let emitter = self.stream(id).unwrap_or_else(|| object.clone());
        let code = fault_code(fault);
        events::emit(&emitter, js_string!("frameError"), &[kind.into(), code.into(), id.into()], cx)?;
        let is_open = self.codec.borrow().stream(id).is_some_and(|stream| !stream.is_reset);
        if let Some(stream) = self.stream(id).filter(|_| is_open) {
            http2_stream::close(&stream, code, http2_stream::Reset::Yes, cx)?;
        }
        self.close(cx)
    }
}

/// The code of HTTP/2 that is nearest to a fault.
fn fault_code(fault: i32) -> u32 {
    use crate::http2::wire::frame::{code, fault as faults};
    match fault {
        faults::STREAM_CLOSED => code::STREAM_CLOSED,
        faults::HEADER_COMP => code::COMPRESSION_ERROR,
        faults::FRAME_SIZE_ERROR => code::FRAME_SIZE_ERROR,
        faults::FLOW_CONTROL => code::FLOW_CONTROL_ERROR,
        _ => code::INTERNAL_ERROR,
    }
}
