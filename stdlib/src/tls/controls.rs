//! What scripts tell a TLS socket to be or to do.

use boa_engine::{Context, JsArgs, JsResult, JsValue};
use coil_engine::{Host, validate};

use super::{context, errors, flag, identity, set, socket::find};
use crate::buffer;

/// `tlsSocket.setServername(name)`
pub(super) fn set_servername(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = validate::string(args.get_or_undefined(0), "name", cx)?;
    let (socket, state) = find(this, cx)?;
    if state.borrow().data().is_server {
        return Err(errors::sni_from_server(cx));
    }
    let text = name.to_std_string_escaped();
    if !text.is_empty() && !identity::is_address(&text) {
        state.borrow_mut().data_mut().servername = Some(text);
    }
    set(&socket, "servername", name, cx)?;
    Ok(JsValue::undefined())
}

/// `tlsSocket.setSession(session)`
pub(super) fn set_session(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let given = args.get_or_undefined(0);
    let name = match given.as_string() {
        Some(text) => Some(buffer::string_to_bytes(&text, buffer::Encoding::Latin1)),
        None => buffer::bytes_of(given),
    };
    state.borrow_mut().data_mut().wanted_session = name;
    Ok(JsValue::undefined())
}

/// `tlsSocket.setKeyCert(context)`
pub(super) fn set_key_cert(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let given = args.get_or_undefined(0);
    let context = match context::of(given, cx) {
        Some(context) => context,
        None => {
            let made = context::create(this, std::slice::from_ref(given), cx)?;
            context::of(&made, cx).ok_or_else(|| errors::invalid_context("context", cx))?
        }
    };
    state.borrow_mut().data_mut().context = context;
    Ok(JsValue::undefined())
}

/// `tlsSocket.setMaxSendFragment(size)`
pub(super) fn set_max_send_fragment(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let size = validate::int32(args.get_or_undefined(0), "size", i32::MIN, i32::MAX, cx)?;
    let valid = (512..=16_384).contains(&size);
    if valid {
        let layer = {
            let mut state = state.borrow_mut();
            state.data_mut().max_fragment = Some(size as usize);
            state.data().layer.clone()
        };
        layer.set_fragment_len_max(size as usize);
    }
    Ok(valid.into())
}

pub(super) fn disable_renegotiation(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    state.borrow_mut().data_mut().renegotiation_disabled = true;
    Ok(JsValue::undefined())
}

/// `tlsSocket.renegotiate(options, callback)`: TLS 1.3 has none, and of TLS 1.2 it is the dangerous part.
pub(super) fn renegotiate(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = find(this, cx)?;
    validate::object(args.get_or_undefined(0), "options", cx)?;
    let callback = args.get_or_undefined(1);
    let callback = if callback.is_undefined() { None } else { Some(validate::function(callback, "callback", cx)?) };
    if flag(&socket, "destroyed", cx)? {
        return Ok(JsValue::undefined());
    }
    let error = if state.borrow().data().renegotiation_disabled {
        errors::renegotiation_disabled(cx).into_opaque(cx)?
    } else {
        errors::openssl(0x0a00_010a, "SSL routines", "wrong ssl version", cx).into_opaque(cx)?
    };
    if let Some(callback) = callback {
        Host::of(cx).next_tick(callback, JsValue::undefined(), vec![error]);
    }
    Ok(false.into())
}

pub(super) fn enable_trace(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(JsValue::undefined())
}
