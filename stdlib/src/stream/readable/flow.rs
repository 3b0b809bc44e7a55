//! Whether a readable stream flows: what listeners, `pause` and `resume` do.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_str, js_string};
use coil_engine::Host;

use super::read::{call_read, emit_readable};
use crate::{
    events,
    stream::{
        flags::r,
        readable_state::{Readable, readable_or_throw},
    },
};

/// `readable.on(event, listener)`
pub(super) fn on_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let result = events::add_listener_method(this, args, cx)?;
    let stream = this.to_object(cx)?;
    let Some(name) = args.get_or_undefined(0).as_string() else { return Ok(result) };
    if name == js_str!("data") {
        let state = readable_or_throw(&stream, cx)?;
        state.add(r::DATA_LISTENING);
        // For once('readable'): resume() may then do nothing.
        if events::listener_count(&stream, js_string!("readable"), cx)? > 0 {
            state.add(r::READABLE_LISTENING);
        }
        if state.flowing() != Some(false) {
            call_resume(&stream, cx)?;
        }
    } else if name == js_str!("readable") {
        let state = readable_or_throw(&stream, cx)?;
        if !state.has(r::END_EMITTED | r::READABLE_LISTENING) {
            state.add(r::READABLE_LISTENING | r::NEED_READABLE | r::HAS_FLOWING);
            state.clear(r::FLOWING | r::EMITTED_READABLE);
            if state.length.get() > 0 {
                emit_readable(&stream, &state, cx);
            } else if !state.has(r::READING) {
                Host::of(cx).next_tick_native(move |cx| call_read(&stream, 0.0, cx).map(drop));
            }
        }
    }
    Ok(result)
}

/// `readable.removeListener(event, listener)`
pub(super) fn remove_listener_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let result = events::remove_listener_method(this, args, cx)?;
    let Some(name) = args.get_or_undefined(0).as_string() else { return Ok(result) };
    let stream = this.to_object(cx)?;
    if name == js_str!("readable") {
        Host::of(cx).next_tick_native(move |cx| update_readable_listening(&stream, cx));
    } else if name == js_str!("data") && events::listener_count(&stream, js_string!("data"), cx)? == 0 {
        readable_or_throw(&stream, cx)?.clear(r::DATA_LISTENING);
    }
    Ok(result)
}

/// `readable.removeAllListeners(event)`
pub(super) fn remove_all_listeners_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let result = events::remove_all_listeners_method(this, args, cx)?;
    let event = args.get_or_undefined(0);
    if event.is_undefined() || event.as_string().is_some_and(|name| name == js_str!("readable")) {
        let stream = this.to_object(cx)?;
        Host::of(cx).next_tick_native(move |cx| update_readable_listening(&stream, cx));
    }
    Ok(result)
}

/// In a later tick than the removal, so that once('readable') can be set up again.
fn update_readable_listening(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = readable_or_throw(stream, cx)?;
    let listening = events::listener_count(stream, js_string!("readable"), cx)? > 0;
    state.put(r::READABLE_LISTENING, listening);
    if state.bits(r::HAS_PAUSED | r::PAUSED | r::RESUME_SCHEDULED) == r::HAS_PAUSED | r::RESUME_SCHEDULED {
        // The resume that is coming would not flow otherwise.
        state.add(r::HAS_FLOWING | r::FLOWING);
    } else if state.has(r::DATA_LISTENING) {
        call_resume(stream, cx)?;
    } else if !listening {
        state.clear(r::HAS_FLOWING | r::FLOWING);
    }
    Ok(())
}

/// `stream.resume()`, through an overriding one.
pub(crate) fn call_resume(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let method = stream.get(js_string!("resume"), cx)?;
    match method.as_object() {
        Some(method) if method.is_native_function(resume_method) => resume(stream, cx),
        _ => events::call(stream, &method, "stream.resume", &[], cx).map(drop),
    }
}

/// `stream.pause()`, through an overriding one.
pub(crate) fn call_pause(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let method = stream.get(js_string!("pause"), cx)?;
    match method.as_object() {
        Some(method) if method.is_native_function(pause_method) => pause(stream, cx),
        _ => events::call(stream, &method, "stream.pause", &[], cx).map(drop),
    }
}

/// `readable.resume()`
pub(super) fn resume_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    resume(&this.to_object(cx)?, cx)?;
    Ok(this.clone())
}

/// The same for native code.
pub(crate) fn resume(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = readable_or_throw(stream, cx)?;
    if !state.has(r::FLOWING) {
        // It flows only where nobody listens for 'readable'.
        state.add(r::HAS_FLOWING);
        state.put(r::FLOWING, !state.has(r::READABLE_LISTENING));
        if !state.has(r::RESUME_SCHEDULED) {
            state.add(r::RESUME_SCHEDULED);
            let (stream, state) = (stream.clone(), state.clone());
            Host::of(cx).next_tick_native(move |cx| resume_now(&stream, &state, cx));
        }
    }
    state.add(r::HAS_PAUSED);
    state.clear(r::PAUSED);
    Ok(())
}

fn resume_now(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    if !state.has(r::READING) {
        call_read(stream, 0.0, cx)?;
    }
    state.clear(r::RESUME_SCHEDULED);
    events::emit(stream, js_string!("resume"), &[], cx)?;
    flow(stream, state, cx)?;
    if state.bits(r::FLOWING | r::READING) == r::FLOWING {
        call_read(stream, 0.0, cx)?;
    }
    Ok(())
}

/// `readable.pause()`
pub(super) fn pause_method(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    pause(&this.to_object(cx)?, cx)?;
    Ok(this.clone())
}

/// The same for native code.
pub(crate) fn pause(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let state = readable_or_throw(stream, cx)?;
    if state.flowing() != Some(false) {
        state.add(r::HAS_FLOWING);
        state.clear(r::FLOWING);
        events::emit(stream, js_string!("pause"), &[], cx)?;
    }
    state.add(r::HAS_PAUSED | r::PAUSED);
    Ok(())
}

pub(super) fn flow(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    while state.has(r::FLOWING) && call_read(stream, f64::NAN, cx)? {}
    Ok(())
}
