//! What a socket has the system do (delays, keep-alive, type of service), and the timer of its silence.

use std::rc::Rc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, errors as engine_errors, validate};

use super::{SocketState, find, state_of};
use crate::{
    events,
    net::{errors, idle::IdleTimer},
};

pub(super) fn timer_of(socket: &JsObject, state: &JsObject<SocketState>, cx: &Context) -> Rc<IdleTimer> {
    if let Some(timer) = &state.borrow().data().timer {
        return timer.clone();
    }
    let timer = IdleTimer::new(cx);
    let socket = socket.clone();
    timer.set_expired(Some(Rc::new(move |cx: &mut Context| {
        Host::of(cx).enter_with(cx, |cx| events::method(&socket, "_onTimeout", &[], cx).map(drop));
    })));
    state.borrow_mut().data_mut().timer = Some(timer.clone());
    timer
}

pub(super) fn push_state_timer(state: &JsObject<SocketState>) {
    let timer = state.borrow().data().timer.clone();
    if let Some(timer) = timer {
        timer.push();
    }
}

/// `net.Socket.prototype._unrefTimer`: something happened.
pub(super) fn push_timer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(state) = this.as_object().and_then(|socket| state_of(&socket, cx)) {
        push_state_timer(&state);
    }
    Ok(JsValue::undefined())
}

/// `net.Socket.prototype.setTimeout`
pub(super) fn set_timeout(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    if socket.get(js_string!("destroyed"), cx)?.to_boolean() {
        return Ok(this.clone());
    }
    let given = args.get_or_undefined(0);
    socket.set(js_string!("timeout"), given.clone(), true, cx)?;
    let duration_ms = timer_duration(given, "msecs", cx)?;
    let callback = args.get_or_undefined(1);
    timer_of(&socket, &state, cx).set(duration_ms);
    if callback.is_undefined() {
        return Ok(this.clone());
    }
    let callback = validate::function(callback, "callback", cx)?;
    if duration_ms == 0 {
        events::remove_listener(&socket, js_string!("timeout"), callback, cx)?;
    } else {
        events::once(&socket, js_string!("timeout"), callback, cx)?;
    }
    Ok(this.clone())
}

/// Node's `getTimerDuration`.
pub(crate) fn timer_duration(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<u64> {
    let number = validate::number(value, name, cx)?;
    if number < 0.0 || !number.is_finite() {
        return Err(engine_errors::out_of_range(name, "a non-negative finite number", value, cx));
    }
    if number > TIMEOUT_MAX_MS {
        let message = format!("{number} does not fit into a 32-bit signed integer.\nTimer duration was truncated to {TIMEOUT_MAX_MS}.");
        let warning = engine_errors::plain(engine_errors::Base::Error, message).into_opaque(cx)?;
        if let Some(warning) = warning.as_object() {
            warning.create_data_property_or_throw(js_string!("name"), js_string!("TimeoutOverflowWarning"), cx)?;
            events::emit_warning(warning.into(), cx)?;
        }
        return Ok(TIMEOUT_MAX_MS as u64);
    }
    Ok(number as u64)
}

const TIMEOUT_MAX_MS: f64 = 2_147_483_647.0;

/// `net.Socket.prototype._onTimeout`: a write that makes progress is no inactivity.
pub(super) fn on_timeout(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    let (conn, last) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().last_queue_len)
    };
    if let Some(conn) = conn.filter(|_| last > 0) {
        let now = conn.queue_len();
        if now != last {
            state.borrow_mut().data_mut().last_queue_len = now;
            push_state_timer(&state);
            return Ok(JsValue::undefined());
        }
    }
    events::emit(&socket, js_string!("timeout"), &[], cx)?;
    Ok(JsValue::undefined())
}

/// What was asked of a socket before it was connected.
pub(in crate::net) fn apply_options(state: &JsObject<SocketState>, cx: &mut Context) -> JsResult<()> {
    let (no_delay, keep_alive, delay_s, service_type) = {
        let state = state.borrow();
        let state = state.data();
        (state.no_delay, state.keep_alive, state.keep_alive_delay_s, state.service_type)
    };
    if no_delay {
        tell_no_delay(state, true, cx)?;
    }
    if keep_alive {
        tell_keep_alive(state, true, delay_s, cx)?;
    }
    if let Some(service_type) = service_type {
        let conn = state.borrow().data().conn.clone();
        conn.and_then(|conn| conn.with_fd(|fd, sys| sys.net().set_service_type(fd, service_type).ok()));
    }
    Ok(())
}

/// Options a socket may refuse (a unix socket has none of them) are not worth losing a connection for. A handle a script has
/// asked for is told through its own methods, which may be the script's.
fn tell_no_delay(state: &JsObject<SocketState>, on: bool, cx: &mut Context) -> JsResult<()> {
    let (conn, handle) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().handle.clone())
    };
    match (conn, handle) {
        (_, Some(handle)) => events::method(&handle, "setNoDelay", &[on.into()], cx).map(drop),
        (Some(conn), None) => {
            conn.with_fd(|fd, sys| sys.net().set_nodelay(fd, on).ok());
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

fn tell_keep_alive(state: &JsObject<SocketState>, on: bool, delay_s: u32, cx: &mut Context) -> JsResult<()> {
    let (conn, handle) = {
        let state = state.borrow();
        (state.data().conn.clone(), state.data().handle.clone())
    };
    match (conn, handle) {
        (_, Some(handle)) => events::method(&handle, "setKeepAlive", &[on.into(), delay_s.into()], cx).map(drop),
        (Some(conn), None) => {
            conn.with_fd(|fd, sys| sys.net().set_keepalive(fd, on, delay_s).ok());
            Ok(())
        }
        (None, None) => Ok(()),
    }
}

/// `net.Socket.prototype.setNoDelay`
pub(super) fn set_no_delay(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let given = args.get_or_undefined(0);
    let on = given.is_undefined() || given.to_boolean();
    let tells = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        std::mem::replace(&mut state.no_delay, on) != on && !state.connecting
    };
    if tells {
        tell_no_delay(&state, on, cx)?;
    }
    Ok(this.clone())
}

/// A type of service: 0 to 255.
pub(super) fn service_type_of(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<u8> {
    if value.as_number().is_none_or(f64::is_nan) {
        return Err(engine_errors::invalid_arg_type(name, "number", value, cx));
    }
    validate::int32(value, name, 0, 255, cx).map(|number| number as u8)
}

/// `net.Socket.prototype.setTypeOfService`
pub(super) fn set_type_of_service(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let service_type = service_type_of(args.get_or_undefined(0), "tos", cx)?;
    let conn = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        state.service_type = Some(service_type);
        state.conn.clone().filter(|_| !state.connecting)
    };
    let result = conn.and_then(|conn| conn.with_fd(|fd, sys| sys.net().set_service_type(fd, service_type)));
    match result {
        Some(Err(error)) => Err(boa_engine::JsError::from_opaque(errors::errno(&error, cx)?.into())),
        _ => Ok(this.clone()),
    }
}

/// `net.Socket.prototype.getTypeOfService`
pub(super) fn type_of_service(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let (conn, known) = {
        let state = state.borrow();
        let state = state.data();
        (state.conn.clone().filter(|_| !state.connecting), state.service_type)
    };
    match conn.and_then(|conn| conn.with_fd(|fd, sys| sys.net().service_type(fd))) {
        Some(Ok(service_type)) => Ok(service_type.into()),
        Some(Err(error)) => Err(boa_engine::JsError::from_opaque(errors::errno(&error, cx)?.into())),
        None => Ok(known.unwrap_or(0).into()),
    }
}

/// `net.Socket.prototype.setKeepAlive`
pub(super) fn set_keep_alive(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let on = args.get_or_undefined(0).to_boolean();
    let delay = args.get_or_undefined(1).to_number(cx)?;
    let delay_s = if delay.is_finite() { (delay / 1000.0).max(0.0) as u32 } else { 0 };
    let tells = {
        let mut state = state.borrow_mut();
        let state = state.data_mut();
        let changes = on != state.keep_alive || on && state.keep_alive_delay_s != delay_s;
        state.keep_alive = on;
        state.keep_alive_delay_s = delay_s;
        changes && !state.connecting
    };
    if tells {
        tell_keep_alive(&state, on, delay_s, cx)?;
    }
    Ok(this.clone())
}
