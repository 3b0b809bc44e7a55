//! `tls.Server`

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors as engine_errors, table,
    table::{Member, Symbol},
    validate,
};

use super::{
    context, errors, field, flag,
    identity::{self, merged},
    set,
    socket::{self, TLS_SOCKET},
};
use crate::{buffer, events, http, net::server as net_server};

/// `tls.Server`
pub(crate) static TLS_SERVER: Class = Class {
    name: "Server",
    length: 2,
    extends: Parent::Class(&net_server::NET_SERVER),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Member::renamed("setSecureContext", "", 1, set_secure_context),
        Member::renamed("_getServerData", "", 0, get_server_data),
        Member::renamed("_setServerData", "", 1, set_server_data),
        Member::function("getTicketKeys", 0, get_ticket_keys),
        Member::function("setTicketKeys", 1, set_ticket_keys),
        Member::renamed("addContext", "", 2, add_context),
        Member::symbol(Symbol::For("nodejs.rejection"), "", 3, rejected),
    ],
    statics: &[],
};

/// `tls.createServer`
pub(super) fn create_server(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(TLS_SERVER.construct(args, cx)?.into())
}

/// `tls.Server(options, listener)`
fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !TLS_SERVER.is_instance(this, cx)? {
        return Ok(TLS_SERVER.construct(args, cx)?.into());
    }
    let (first, second) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let (options, listener) = if first.is_callable() { (None, first.clone()) } else { (Some(first.clone()), second.clone()) };
    let options = match options {
        Some(options) if options.is_null_or_undefined() => JsObject::with_object_proto(cx.intrinsics()),
        Some(options) => match options.as_object() {
            Some(options) if !options.is_array() => options,
            _ => return Err(engine_errors::invalid_arg_type("options", "Object", &options, cx)),
        },
        None => JsObject::with_object_proto(cx.intrinsics()),
    };
    init(this, &options, &listener, cx)?;
    Ok(JsValue::undefined())
}

/// What the constructor does to `this`, for `https` as well.
pub(crate) fn init(this: &JsValue, options: &JsObject, listener: &JsValue, cx: &mut Context) -> JsResult<()> {
    let server = this.to_object(cx)?;
    let contexts = JsArray::new(cx)?;
    set(&server, "_contexts", contexts, cx)?;
    let requests = flag(options, "requestCert", cx)?;
    set(&server, "requestCert", requests, cx)?;
    let rejects = field(options, "rejectUnauthorized", cx)?.as_boolean() != Some(false);
    set(&server, "rejectUnauthorized", rejects, cx)?;
    let callback = field(options, "ALPNCallback", cx)?;
    set(&server, "ALPNCallback", callback.clone(), cx)?;
    let protocols = field(options, "ALPNProtocols", cx)?;
    if !callback.is_undefined() && !callback.is_null() {
        if protocols.to_boolean() {
            return Err(errors::alpn_callback_with_protocols(cx));
        }
    }
    if protocols.to_boolean() {
        identity::convert_alpn_protocols(this, &[protocols, server.clone().into()], cx)?;
    }
    let sni = field(options, "SNICallback", cx)?;
    if sni.to_boolean() {
        validate::function(&sni, "options.SNICallback", cx)?;
    }
    set_secure_context(this, &[options.clone().into()], cx)?;
    let timeout = field(options, "handshakeTimeout", cx)?;
    let timeout = if timeout.to_boolean() { timeout } else { HANDSHAKE_TIMEOUT_MS.into() };
    let timeout = validate::number(&timeout, "options.handshakeTimeout", cx)?;
    let hints: [(Symbol, JsValue); 3] = [(TIMEOUT, timeout.into()), (SNI, sni), (OPTIONS, options.clone().into())];
    for (symbol, value) in hints {
        let key = symbol.to_js(cx);
        let hidden = boa_engine::property::PropertyDescriptor::builder().value(value).writable(true).enumerable(false).configurable(true);
        server.define_property_or_throw(key, hidden, cx)?;
    }
    (net_server::NET_SERVER.init)(this, &[options.clone().into()], cx)?;
    let connection = table::function(on_connection, js_string!("onconnection"), 1, cx);
    events::on(&server, js_string!("connection"), connection, cx)?;
    if listener.to_boolean() {
        events::on(&server, js_string!("secureConnection"), listener.clone(), cx)?;
    }
    Ok(())
}

const HANDSHAKE_TIMEOUT_MS: f64 = 120_000.0;
const TIMEOUT: Symbol = Symbol::Private("handshake-timeout");
const SNI: Symbol = Symbol::Private("snicallback");
const OPTIONS: Symbol = Symbol::Private("tls-options");

fn hidden(server: &JsObject, symbol: Symbol, cx: &mut Context) -> JsResult<JsValue> {
    let key = symbol.to_js(cx);
    server.get(key, cx)
}

/// Options of a server that are shown as its properties.
static SHOWN: &[&str] = &[
    "pfx",
    "key",
    "passphrase",
    "cert",
    "clientCertEngine",
    "ca",
    "minVersion",
    "maxVersion",
    "secureProtocol",
    "crl",
    "sigalgs",
    "ciphers",
    "ecdhCurve",
    "dhparam",
    "honorCipherOrder",
    "secureOptions",
    "sessionIdContext",
    "sessionTimeout",
    "ticketKeys",
    "privateKeyIdentifier",
    "privateKeyEngine",
];

/// `server.setSecureContext(options)`
fn set_secure_context(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let options = validate::object(args.get_or_undefined(0), "options", cx)?;
    let wanted = JsObject::with_object_proto(cx.intrinsics());
    for key in SHOWN {
        let value = field(&options, key, cx)?;
        set(&server, key, value.clone(), cx)?;
        if !value.is_undefined() {
            set(&wanted, key, value, cx)?;
        }
    }
    if !flag(&wanted, "ticketKeys", cx)?
        && let Some(before) = shared(&server, cx)?
    {
        // Tickets of before stay good.
        let keys = buffer::from_slice(&before.settings.borrow().tickets.keys(), cx)?;
        set(&wanted, "ticketKeys", keys, cx)?;
    }
    let partial = field(&options, "allowPartialTrustChain", cx)?;
    set(&wanted, "allowPartialTrustChain", partial, cx)?;
    let made = super::secure_context(&wanted, cx)?;
    set(&server, "_sharedCreds", made, cx)?;
    Ok(JsValue::undefined())
}

fn shared(server: &JsObject, cx: &mut Context) -> JsResult<Option<std::rc::Rc<context::SecureContext>>> {
    let shared = field(server, "_sharedCreds", cx)?;
    Ok(context::of(&shared, cx))
}

/// A connection was accepted: TLS is laid over it.
fn on_connection(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let options = JsObject::with_object_proto(cx.intrinsics());
    let own = hidden(&server, OPTIONS, cx)?.to_object(cx)?;
    for key in ["requestCert", "rejectUnauthorized", "ALPNProtocols", "ALPNCallback", "pauseOnConnect"] {
        let value = field(&server, key, cx)?;
        set(&options, key, value, cx)?;
    }
    for key in ["enableTrace", "highWaterMark", "pskCallback", "pskIdentityHint"] {
        let value = field(&own, key, cx)?;
        set(&options, key, value, cx)?;
    }
    let sni = hidden(&server, SNI, cx)?;
    let sni = if sni.to_boolean() { sni } else { table::closure("SNICallback", 2, server.clone(), sni_callback, cx).into() };
    let shared = field(&server, "_sharedCreds", cx)?;
    let timeout = hidden(&server, TIMEOUT, cx)?;
    let fixed: [(&'static str, JsValue); 5] = [("secureContext", shared), ("isServer", true.into()), ("server", server.clone().into()), ("handshakeTimeout", timeout), ("SNICallback", sni)];
    for (key, value) in fixed {
        set(&options, key, value, cx)?;
    }
    let socket = TLS_SOCKET.construct(&[args.get_or_undefined(0).clone(), options.into()], cx)?;
    socket::log_keys(&socket, cx)?;
    let secure = table::function(on_secure, js_string!("onServerSocketSecure"), 0, cx);
    events::on(&socket, js_string!("secure"), secure, cx)?;
    let close = table::function(on_close, js_string!("onSocketClose"), 1, cx);
    events::on(&socket, js_string!("close"), close, cx)?;
    let error = table::function(on_tls_error, js_string!("onSocketTLSError"), 1, cx);
    events::on(&socket, js_string!("error"), error.clone(), cx)?;
    events::on(&socket, js_string!("_tlsError"), error, cx)?;
    Ok(JsValue::undefined())
}

fn server_of(socket: &JsObject, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let options = field(socket, "_tlsOptions", cx)?.to_object(cx)?;
    Ok(field(&options, "server", cx)?.as_object())
}

/// Node's `onServerSocketSecure`.
fn on_secure(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (socket, state) = socket::find(this, cx)?;
    if flag(&socket, "_requestCert", cx)? {
        match socket::verify(&state, cx) {
            Some(failure) => {
                set(&socket, "authorizationError", js_string!(failure.code), cx)?;
                if flag(&socket, "_rejectUnauthorized", cx)? {
                    events::method(&socket, "destroy", &[], cx)?;
                }
            }
            None => set(&socket, "authorized", true, cx)?,
        }
    }
    if !flag(&socket, "destroyed", cx)? && events::method(&socket, "_releaseControl", &[], cx)?.to_boolean() {
        set(&socket, "secureConnecting", false, cx)?;
        if let Some(server) = server_of(&socket, cx)? {
            events::emit(&server, js_string!("secureConnection"), &[socket.into()], cx)?;
        }
    }
    Ok(JsValue::undefined())
}

/// Whether nothing was told of the failure yet; it will have been.
fn tells_failure(socket: &JsObject, cx: &mut Context) -> JsResult<bool> {
    if flag(socket, "_controlReleased", cx)? {
        return Ok(false);
    }
    let key = Symbol::Private("error-emitted").to_js(cx);
    let told = socket.get(key.clone(), cx)?.to_boolean();
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(true).writable(true).enumerable(false).configurable(true);
    socket.define_property_or_throw(key, hidden, cx)?;
    Ok(!told)
}

/// Node's `onSocketClose`: a client that goes before the handshake is over.
fn on_close(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if !args.get_or_undefined(0).to_boolean()
        && let Some(server) = server_of(&socket, cx)?
        && tells_failure(&socket, cx)?
    {
        let error = errors::object(engine_errors::plain(engine_errors::Base::Error, "socket hang up"), cx)?;
        set(&error, "code", js_string!("ECONNRESET"), cx)?;
        events::emit(&server, js_string!("tlsClientError"), &[error.into(), socket.into()], cx)?;
    }
    Ok(JsValue::undefined())
}

/// Node's `onSocketTLSError`.
fn on_tls_error(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let socket = this.to_object(cx)?;
    if let Some(server) = server_of(&socket, cx)?
        && tells_failure(&socket, cx)?
    {
        events::emit(&server, js_string!("tlsClientError"), &[args.get_or_undefined(0).clone(), socket.into()], cx)?;
    }
    Ok(JsValue::undefined())
}

/// The context that was added last for a name that matches.
fn sni_callback(_this: &JsValue, args: &[JsValue], server: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let name = args.get_or_undefined(0).to_string(cx)?.to_std_string_escaped();
    let callback = args.get_or_undefined(1).as_function();
    let contexts = field(server, "_contexts", cx)?;
    let mut found = JsValue::undefined();
    for entry in http::elements(&contexts, cx)?.unwrap_or_default().into_iter().rev() {
        let entry = entry.to_object(cx)?;
        let pattern = entry.get(0, cx)?.to_string(cx)?.to_std_string_escaped();
        if fits(&pattern, &name) {
            found = entry.get(1, cx)?;
            break;
        }
    }
    match callback {
        Some(callback) => callback.call(&JsValue::undefined(), &[JsValue::null(), found], cx),
        None => Ok(JsValue::undefined()),
    }
}

/// A star stands for what has no dot in it.
fn fits(pattern: &str, name: &str) -> bool {
    let mut rest = name;
    let mut parts = pattern.split('*');
    let Some(tail) = parts.next().and_then(|first| rest.strip_prefix(first)) else { return false };
    rest = tail;
    let others: Vec<&str> = parts.collect();
    for (at, part) in others.iter().enumerate() {
        let is_last = at + 1 == others.len();
        let place = if is_last { rest.strip_suffix(part).map(str::len) } else { rest.find(part) };
        let Some(place) = place.filter(|place| !rest[..*place].contains('.')) else { return false };
        rest = &rest[place + part.len()..];
    }
    rest.is_empty()
}

/// `server.addContext(servername, context)`
fn add_context(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let name = args.get_or_undefined(0);
    if !name.to_boolean() {
        return Err(errors::required_server_name(cx));
    }
    let given = args.get_or_undefined(1);
    let made = if context::of(given, cx).is_some() { given.clone() } else { context::create(&JsValue::undefined(), std::slice::from_ref(given), cx)? };
    let pattern: JsString = name.to_string(cx)?;
    let entry = JsArray::from_iter([pattern.into(), made], cx);
    let contexts = field(&server, "_contexts", cx)?.to_object(cx)?;
    events::method(&contexts, "push", &[entry.into()], cx)?;
    Ok(JsValue::undefined())
}

/// `server.getTicketKeys()`
fn get_ticket_keys(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let Some(shared) = shared(&server, cx)? else { return Err(engine_errors::invalid_this("Server", cx)) };
    let keys = shared.settings.borrow().tickets.keys();
    Ok(buffer::from_slice(&keys, cx)?.into())
}

/// `server.setTicketKeys(keys)`
fn set_ticket_keys(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let server = this.to_object(cx)?;
    let given = args.get_or_undefined(0);
    if !buffer::is_view(given) {
        return Err(engine_errors::invalid_arg_type("buffer", "an instance of Buffer, TypedArray, or DataView", given, cx));
    }
    let bytes = buffer::bytes_of(given).unwrap_or_default();
    let Ok(keys) = <[u8; coil_tls::tickets::KEYS_LEN]>::try_from(bytes) else {
        return Err(engine_errors::internal_assertion("Session ticket keys must be a 48-byte buffer", cx));
    };
    if let Some(shared) = shared(&server, cx)? {
        shared.settings.borrow().tickets.set_keys(keys);
    }
    Ok(JsValue::undefined())
}

fn get_server_data(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let data = JsObject::with_object_proto(cx.intrinsics());
    let keys = get_ticket_keys(this, args, cx)?;
    let text = events::method(&keys.to_object(cx)?, "toString", &[js_string!("hex").into()], cx)?;
    set(&data, "ticketKeys", text, cx)?;
    Ok(data.into())
}

fn set_server_data(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let data = args.get_or_undefined(0).to_object(cx)?;
    let text = field(&data, "ticketKeys", cx)?.to_string(cx)?;
    let keys = buffer::from_vec(buffer::string_to_bytes(&text, buffer::Encoding::Hex), cx)?;
    set_ticket_keys(this, &[keys.into()], cx)
}

/// With captured rejections: a rejected `'secureConnection'` listener destroys its socket.
fn rejected(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let is_secure = args.get_or_undefined(1).as_string().is_some_and(|event| event == "secureConnection");
    if is_secure {
        let socket = args.get_or_undefined(2).to_object(cx)?;
        return events::method(&socket, "destroy", &[args.get_or_undefined(0).clone()], cx);
    }
    net_server::rejected(this, args, cx)
}

/// `{ ...options }`, for `https`.
pub(crate) fn copied(options: &JsObject, cx: &mut Context) -> JsResult<JsObject> {
    merged(Some(options), None, cx)
}
