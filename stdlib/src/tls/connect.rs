//! `tls.connect`

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, errors as engine_errors, table, validate};

use super::{
    errors, field, flag,
    identity::{self, merged},
    set,
    socket::{self, TLS_SOCKET},
};
use crate::{events, http, net};

/// `tls.connect(options, callback)`, `(path, options, callback)`, `(port, host, options, callback)`
pub(crate) fn connect(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (options, callback) = arguments(args, cx)?;
    if !flag(&options, "keepAlive", cx)? {
        set(&options, "singleUse", true, cx)?;
    }
    let check = field(&options, "checkServerIdentity", cx)?;
    validate::function(&check, "options.checkServerIdentity", cx)?;
    validate::number_within(&field(&options, "minDHSize", cx)?, "options.minDHSize", Some(1.0), None, cx)?;
    let servername = field(&options, "servername", cx)?;
    if servername.as_string().is_some_and(|name| identity::is_address(&name.to_std_string_escaped())) {
        let why = "Setting the TLS ServerName to an IP address is not permitted.";
        return Err(engine_errors::invalid_arg_value("options.servername", &servername, why, cx));
    }
    let mut secure_context = field(&options, "secureContext", cx)?;
    if !secure_context.to_boolean() {
        secure_context = super::secure_context(&options, cx)?;
    }
    let below = field(&options, "socket", cx)?;
    let own = JsObject::with_object_proto(cx.intrinsics());
    for key in
        ["allowHalfOpen", "session", "ALPNProtocols", "requestOCSP", "enableTrace", "pskCallback", "highWaterMark", "onread", "signal", "noDelay", "keepAlive", "keepAliveInitialDelay", "blockList"]
    {
        let value = field(&options, key, cx)?;
        set(&own, key, value, cx)?;
    }
    let pipe = flag(&options, "path", cx)?;
    let rejects = field(&options, "rejectUnauthorized", cx)?.as_boolean() != Some(false);
    let fixed: [(&'static str, JsValue); 5] =
        [("pipe", pipe.into()), ("secureContext", secure_context), ("isServer", false.into()), ("requestCert", true.into()), ("rejectUnauthorized", rejects.into())];
    for (key, value) in fixed {
        set(&own, key, value, cx)?;
    }
    let socket = TLS_SOCKET.construct(&[below.clone(), own.into()], cx)?;
    let key = Host::of(cx).named_symbol("connect-options", cx);
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(options.clone()).writable(true).enumerable(false).configurable(true);
    socket.define_property_or_throw(key, hidden, cx)?;
    if let Some(callback) = callback.as_function() {
        events::once(&socket, js_string!("secureConnect"), callback, cx)?;
    }
    if !below.to_boolean() {
        let timeout = field(&options, "timeout", cx)?;
        if timeout.to_boolean() {
            events::method(&socket, "setTimeout", &[timeout], cx)?;
        }
        // One whose signal was aborted already is not connected at all.
        if !flag(&socket, "destroyed", cx)? {
            events::method(&socket, "connect", &[options.clone().into()], cx)?;
        }
    }
    events::method(&socket, "_releaseControl", &[], cx)?;
    socket::log_keys(&socket, cx)?;
    let session = field(&options, "session", cx)?;
    if session.to_boolean() {
        events::method(&socket, "setSession", &[session], cx)?;
    }
    if servername.to_boolean() {
        events::method(&socket, "setServername", &[servername], cx)?;
    }
    if below.to_boolean() {
        events::method(&socket, "_start", &[], cx)?;
    }
    let secure = table::function(on_secure, js_string!("onConnectSecure"), 0, cx);
    events::on(&socket, js_string!("secure"), secure, cx)?;
    let end = table::function(on_end, js_string!("onConnectEnd"), 0, cx);
    events::prepend_listener(&socket, js_string!("end"), end, cx)?;
    Ok(socket.into())
}

/// Options with what is said before and after them, and Node's defaults.
fn arguments(args: &[JsValue], cx: &mut Context) -> JsResult<(JsObject, JsValue)> {
    let normalized = net::normalize_args(args, cx)?;
    let (mut options, callback) = (normalized.0, normalized.1.map_or_else(JsValue::undefined, Into::into));
    // `connect(port, host, options)`: options that stand behind other arguments.
    for at in [1, 2] {
        if let Some(more) = args.get(at).and_then(JsValue::as_object).filter(|more| !more.is_callable()) {
            options = merged(Some(&options), Some(&more), cx)?;
            break;
        }
    }
    let defaults = JsObject::with_object_proto(cx.intrinsics());
    let rejects = Host::of(cx).env("NODE_TLS_REJECT_UNAUTHORIZED").as_deref() != Some("0");
    if !rejects {
        warn_unauthorized(cx)?;
    }
    set(&defaults, "rejectUnauthorized", rejects, cx)?;
    let check = match super::exports(cx) {
        Some(exports) => field(&exports, "checkServerIdentity", cx)?,
        None => table::function(identity::check_server_identity, js_string!("checkServerIdentity"), 2, cx).into(),
    };
    set(&defaults, "checkServerIdentity", check, cx)?;
    if let Some(exports) = super::exports(cx) {
        let ciphers = field(&exports, "DEFAULT_CIPHERS", cx)?;
        set(&defaults, "ciphers", ciphers, cx)?;
    }
    set(&defaults, "minDHSize", 1024, cx)?;
    Ok((merged(Some(&defaults), Some(&options), cx)?, callback))
}

/// What was warned of already.
#[derive(Default)]
struct Warned {
    unauthorized: std::cell::Cell<bool>,
}

fn warn_unauthorized(cx: &mut Context) -> JsResult<()> {
    if Host::of(cx).state::<Warned>().unauthorized.replace(true) {
        return Ok(());
    }
    let message = "Setting the NODE_TLS_REJECT_UNAUTHORIZED environment variable to '0' makes TLS connections and HTTPS requests insecure by disabling certificate verification.";
    emit_warning(&[js_string!(message).into()], cx)
}

fn emit_warning(args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let Some(process) = cx.global_object().get(js_string!("process"), cx)?.as_object() else { return Ok(()) };
    events::method(&process, "emitWarning", args, cx).map(drop)
}

fn options_of(socket: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    let key = Host::of(cx).named_symbol("connect-options", cx);
    socket.get(key, cx)?.to_object(cx)
}

/// Node's `onConnectSecure`: the peer is looked at before the script hears of it.
fn on_secure(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = socket::find(this, cx)?;
    let options = options_of(&socket, cx)?;
    let mut error = match socket::verify(&state, cx) {
        Some(failure) => errors::of_failure(failure, cx)?.into(),
        None => JsValue::undefined(),
    };
    let resumed = events::method(&socket, "isSessionReused", &[], cx)?.to_boolean();
    if error.is_undefined() && !resumed {
        let host = host_of(&options, cx)?;
        let certificate = events::method(&socket, "getPeerCertificate", &[true.into()], cx)?;
        error = events::method(&options, "checkServerIdentity", &[host, certificate], cx)?;
    }
    if error.to_boolean() {
        set(&socket, "authorized", false, cx)?;
        let code = match error.as_object() {
            Some(error) => {
                let code = field(&error, "code", cx)?;
                if code.to_boolean() { code } else { field(&error, "message", cx)? }
            }
            None => error.clone(),
        };
        set(&socket, "authorizationError", code, cx)?;
        let rejects = field(&options, "rejectUnauthorized", cx)?;
        if rejects.as_boolean() != Some(false) {
            events::method(&socket, "destroy", &[error], cx)?;
            return Ok(JsValue::undefined());
        }
    } else {
        set(&socket, "authorized", true, cx)?;
    }
    set(&socket, "secureConnecting", false, cx)?;
    events::emit(&socket, js_string!("secureConnect"), &[], cx)?;
    socket::set_verified(&socket, &state, cx)?;
    let listeners = events::method(&socket, "listeners", &[js_string!("end").into()], cx)?;
    for listener in http::elements(&listeners, cx)?.unwrap_or_default() {
        if listener.as_object().is_some_and(|listener| listener.is_native_function(on_end)) {
            events::remove_listener(&socket, js_string!("end"), listener, cx)?;
        }
    }
    Ok(JsValue::undefined())
}

/// Whom the certificate must be for.
fn host_of(options: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    for key in ["servername", "host"] {
        let name = field(options, key, cx)?;
        if name.to_boolean() {
            return Ok(name);
        }
    }
    if let Some(below) = field(options, "socket", cx)?.as_object() {
        let name = field(&below, "_host", cx)?;
        if name.to_boolean() {
            return Ok(name);
        }
    }
    Ok(js_string!("localhost").into())
}

/// Node's `onConnectEnd`: the peer went before the handshake was over.
fn on_end(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if flag(&socket, "_hadError", cx)? {
        return Ok(JsValue::undefined());
    }
    let options = options_of(&socket, cx)?;
    set(&socket, "_hadError", true, cx)?;
    let error = engine_errors::plain(engine_errors::Base::Error, "Client network socket disconnected before secure TLS connection was established");
    let error = errors::object(error, cx)?;
    set(&error, "code", js_string!("ECONNRESET"), cx)?;
    for key in ["path", "host", "port", "localAddress"] {
        let value = field(&options, key, cx)?;
        set(&error, key, value, cx)?;
    }
    events::method(&socket, "destroy", &[error.into()], cx)?;
    Ok(JsValue::undefined())
}
