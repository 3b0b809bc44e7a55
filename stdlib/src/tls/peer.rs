//! What a TLS socket tells of its connection and its peer.

use std::sync::Arc;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{errors as engine_errors, validate};
use coil_tls::{
    rustls::{NamedGroup, ProtocolVersion},
    session::Session,
    x509::Certificate,
};

use super::{
    certificate, ciphers, context, errors, field, flag,
    socket::{self, TlsState, find},
};
use crate::{buffer, crypto};

fn text(text: &str) -> JsValue {
    js_string!(text).into()
}

/// `tlsSocket.getPeerCertificate(detailed)`
pub(super) fn get_peer_certificate(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, state) = find(this, cx)?;
    if field(&object, "_handle", cx)?.is_null() {
        return Ok(JsValue::null());
    }
    let Some(verified) = socket::verified(&state, cx) else { return Ok(JsObject::with_object_proto(cx.intrinsics()).into()) };
    if args.get_or_undefined(0).to_boolean() {
        return certificate::chain_to_object(&verified.chain, cx);
    }
    match verified.chain.first() {
        Some(leaf) => Ok(certificate::to_object(leaf, cx)?.into()),
        None => Ok(JsValue::undefined()),
    }
}

/// `tlsSocket.getCertificate()`
pub(super) fn get_certificate(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (object, state) = find(this, cx)?;
    if field(&object, "_handle", cx)?.is_null() {
        return Ok(JsValue::null());
    }
    let context = state.borrow().data().context.clone();
    match context.own.first().and_then(|chain| chain.first()) {
        Some(own) => Ok(certificate::to_object(own, cx)?.into()),
        None => Ok(JsObject::with_object_proto(cx.intrinsics()).into()),
    }
}

fn x509(chain: &[Arc<Certificate>], cx: &mut Context) -> JsResult<JsValue> {
    let raw: Vec<&[u8]> = chain.iter().map(|certificate| certificate.raw()).collect();
    Ok(crypto::certificate_of_chain(&raw, cx)?.map_or_else(JsValue::undefined, Into::into))
}

/// `tlsSocket.getPeerX509Certificate()`
pub(super) fn get_peer_x509_certificate(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    match socket::verified(&state, cx) {
        Some(verified) => x509(&verified.chain, cx),
        None => Ok(JsValue::undefined()),
    }
}

/// `tlsSocket.getX509Certificate()`
pub(super) fn get_x509_certificate(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let context = state.borrow().data().context.clone();
    x509(context.own.first().and_then(|chain| chain.get(..1)).unwrap_or_default(), cx)
}

/// Asks a connection that is open; `null` where there is none any more.
fn ask<T>(this: &JsValue, cx: &mut Context, read: impl FnOnce(&TlsState, &Session) -> Option<T>) -> JsResult<Result<Option<T>, JsValue>> {
    let (object, state) = find(this, cx)?;
    if field(&object, "_handle", cx)?.is_null() {
        return Ok(Err(JsValue::null()));
    }
    let state = state.borrow();
    let state = state.data();
    Ok(Ok(state.with_session(|session| read(state, session)).flatten()))
}

/// `tlsSocket.getCipher()`
pub(super) fn get_cipher(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let found = ask(this, cx, |_, session| session.connection()?.negotiated_cipher_suite())?;
    let suite = match found {
        Ok(Some(suite)) => suite,
        Ok(None) => return Ok(JsObject::with_object_proto(cx.intrinsics()).into()),
        Err(none) => return Ok(none),
    };
    let (name, standard) = ciphers::names(suite.suite());
    let object = JsObject::with_object_proto(cx.intrinsics());
    let version = if suite.tls13().is_some() { "TLSv1.3" } else { "TLSv1.2" };
    for (key, value) in [("name", name), ("standardName", standard), ("version", version)] {
        object.create_data_property_or_throw(js_string!(key), text(value), cx)?;
    }
    Ok(object.into())
}

/// `tlsSocket.getProtocol()`
pub(super) fn get_protocol(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(match ask(this, cx, |_, session| session.connection()?.protocol_version())? {
        Ok(Some(ProtocolVersion::TLSv1_2)) => text("TLSv1.2"),
        Ok(Some(ProtocolVersion::TLSv1_3) | None) => text("TLSv1.3"),
        Ok(Some(_)) => text("unknown"),
        Err(none) => none,
    })
}

/// `tlsSocket.getEphemeralKeyInfo()`: in TLS 1.3 Node says nothing, for OpenSSL does not.
pub(super) fn get_ephemeral_key_info(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let found = ask(this, cx, |state, session| {
        let connection = session.connection()?;
        let group = connection.negotiated_key_exchange_group()?.name();
        Some((state.is_server, connection.protocol_version(), group))
    })?;
    let (is_server, version, group) = match found {
        Ok(Some(found)) => found,
        Ok(None) => return Ok(JsObject::with_object_proto(cx.intrinsics()).into()),
        Err(none) => return Ok(none),
    };
    if is_server {
        return Ok(JsValue::null());
    }
    let object = JsObject::with_object_proto(cx.intrinsics());
    let (name, size) = match group {
        NamedGroup::X25519 => ("X25519", 253),
        NamedGroup::secp256r1 => ("prime256v1", 256),
        NamedGroup::secp384r1 => ("secp384r1", 384),
        _ => ("secp521r1", 521),
    };
    let known = version == Some(ProtocolVersion::TLSv1_2);
    let values: [(&str, JsValue); 3] = [("type", text("ECDH")), ("name", text(name)), ("size", size.into())];
    for (key, value) in values {
        if known {
            object.create_data_property_or_throw(js_string!(key), value, cx)?;
        }
    }
    Ok(object.into())
}

/// `tlsSocket.getSharedSigalgs()`
pub(super) fn get_shared_sigalgs(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let schemes = state.borrow().data().with_session(Session::shared_schemes).unwrap_or_default();
    let names: Vec<JsValue> = schemes.into_iter().map(|scheme| text(context::scheme_name(scheme))).collect();
    Ok(boa_engine::object::builtins::JsArray::from_iter(names, cx).into())
}

/// `tlsSocket.getFinished()`
pub(super) fn get_finished(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    finished(this, true, cx)
}

/// `tlsSocket.getPeerFinished()`
pub(super) fn get_peer_finished(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    finished(this, false, cx)
}

fn finished(this: &JsValue, own: bool, cx: &mut Context) -> JsResult<JsValue> {
    let found = ask(this, cx, |state, session| {
        let (client, server) = session.finished()?;
        Some(if state.is_server == own { server.to_vec() } else { client.to_vec() })
    })?;
    match found {
        Ok(Some(message)) => Ok(buffer::from_slice(&message, cx)?.into()),
        Ok(None) => Ok(JsValue::undefined()),
        Err(none) => Ok(none),
    }
}

/// `tlsSocket.getSession()`
pub(super) fn get_session(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    let name = state.borrow().data().session.clone();
    match name {
        Some(name) => Ok(buffer::from_slice(&name, cx)?.into()),
        None => Ok(JsValue::undefined()),
    }
}

/// `tlsSocket.getTLSTicket()`: tickets stay within their sessions.
pub(super) fn get_tls_ticket(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (_, state) = find(this, cx)?;
    if state.borrow().data().is_server { Ok(JsValue::undefined()) } else { get_session(this, args, cx) }
}

/// `tlsSocket.isSessionReused()`
pub(super) fn is_session_reused(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(match ask(this, cx, |_, session| Some(session.was_resumed()))? {
        Ok(resumed) => resumed.unwrap_or(false).into(),
        Err(none) => none,
    })
}

/// `tlsSocket.exportKeyingMaterial(length, label, context)`
pub(super) fn export_keying_material(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let len = validate::uint32(args.get_or_undefined(0), "length", true, cx)?;
    let label = validate::string(args.get_or_undefined(1), "label", cx)?.to_std_string_lossy();
    let given = args.get_or_undefined(2);
    if !given.is_undefined() && !buffer::is_view(given) {
        return Err(engine_errors::invalid_arg_type("context", "Buffer|TypedArray|DataView", given, cx));
    }
    let context = if given.is_undefined() { None } else { buffer::bytes_of(given) };
    let (object, state) = find(this, cx)?;
    if !flag(&object, "_secureEstablished", cx)? {
        return Err(errors::invalid_state(cx));
    }
    // More than the key schedule can give.
    const LEN_MAX: u32 = 255 * 32;
    if len > LEN_MAX {
        return Err(errors::openssl(0x0a00_0044, "SSL routines", "internal error", cx));
    }
    let made = state.borrow().data().with_session(|session| session.export_keying_material(len as usize, label.as_bytes(), context.as_deref()));
    match made {
        Some(Ok(bytes)) => Ok(buffer::from_vec(bytes, cx)?.into()),
        _ => Err(errors::invalid_state(cx)),
    }
}
