//! `http2.connect`

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{Host, errors as engine_errors, table, validate};

use super::{
    errors,
    object::{copy, field, put},
    server::checked_options,
    session, settings_object,
    wire::Side,
};
use crate::{events, net};

/// `http2.connect(authority, options, listener)`
pub(super) fn connect(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (mut given, mut listener) = (args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if given.is_callable() {
        listener = std::mem::take(&mut given);
    }
    let given = settings_object::object_argument(&given, "options", cx)?;
    let options = checked_options(given.as_ref(), cx)?;
    let authority = args.get_or_undefined(0);
    let url = match authority.as_object() {
        Some(object) if !object.is_array() => object,
        None if authority.is_string() => {
            let constructor = crate::url::url_constructor(cx)?;
            let Some(constructor) = constructor.as_constructor() else { return Ok(JsValue::undefined()) };
            constructor.construct(std::slice::from_ref(authority), None, cx)?
        }
        _ => return Err(engine_errors::invalid_arg_type("authority", "string|Object|URL", authority, cx)),
    };
    let mut protocol = field(&url, "protocol", cx)?;
    if !protocol.to_boolean() {
        protocol = field(&options, "protocol", cx)?;
    }
    let is_plain = protocol.as_string().is_some_and(|protocol| protocol == js_string!("http:"));
    let port = field(&url, "port", cx)?;
    let port = match port.is_undefined() || port.as_string().is_some_and(|port| port.is_empty()) {
        true => if is_plain { "80" } else { "443" }.to_owned(),
        false => port.to_string(cx)?.to_std_string_lossy(),
    };
    let mut host = "localhost".to_owned();
    for key in ["hostname", "host"] {
        let value = field(&url, key, cx)?;
        if value.to_boolean() {
            host = value.to_string(cx)?.to_std_string_lossy();
            break;
        }
    }
    let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).map_or(host.clone(), str::to_owned);
    let socket = open(authority, &options, &protocol, is_plain, &port, &host, cx)?;
    let created = session::create(Side::Client, Some(&options), &socket, None, cx)?;
    session::watch_socket(&socket, cx)?;
    let state = session::of(&created.clone().into(), cx)?;
    let servername = field(&options, "servername", cx)?;
    let shown = if servername.to_boolean() { servername.to_string(cx)?.to_std_string_lossy() } else { host.clone() };
    let shown = if shown.contains(':') { format!("[{shown}]") } else { shown };
    *state.authority.borrow_mut() = js_string!(format!("{shown}:{port}")).into();
    *state.protocol.borrow_mut() = protocol;
    if listener.is_callable() {
        events::once(&created, js_string!("connect"), listener, cx)?;
    }
    let signal = field(&options, "signal", cx)?;
    if let Some(signal) = signal.as_object() {
        validate::abort_signal(&signal.clone().into(), "options.signal", cx)?;
        session::destroy_on_abort(&signal, &created, cx)?;
    }
    Ok(created.into())
}

fn open(authority: &JsValue, options: &JsObject, protocol: &JsValue, is_plain: bool, port: &str, host: &str, cx: &mut Context) -> JsResult<JsObject> {
    let create = field(options, "createConnection", cx)?;
    if let Some(create) = create.as_function() {
        return create.call(&options.clone().into(), &[authority.clone(), options.clone().into()], cx)?.to_object(cx);
    }
    let is_secure = protocol.as_string().is_some_and(|protocol| protocol == js_string!("https:"));
    if !is_plain && !is_secure {
        return Err(errors::unsupported_protocol(protocol, cx));
    }
    let given = copy(Some(options), cx)?;
    // The session listens to the signal, and takes the socket with it.
    put(&given, "signal", JsValue::undefined(), cx)?;
    if is_plain {
        let wanted = JsObject::with_object_proto(cx.intrinsics());
        put(&wanted, "port", js_string!(port), cx)?;
        put(&wanted, "host", js_string!(host), cx)?;
        for (key, value) in crate::http::own_entries(&given, cx)? {
            wanted.create_data_property_or_throw(key, value, cx)?;
        }
        // Through the module, where a script may have put another.
        let net = table::instantiate(&net::MODULE, cx)?;
        return events::method(&net, "connect", &[wanted.into()], cx)?.to_object(cx);
    }
    if field(&given, "ALPNProtocols", cx)?.is_undefined() {
        let protocols = boa_engine::object::builtins::JsArray::from_values(vec![js_string!("h2").into()], cx);
        put(&given, "ALPNProtocols", protocols, cx)?;
    }
    let is_ip = host.parse::<core::net::IpAddr>().is_ok();
    if !is_ip && field(&given, "servername", cx)?.is_undefined() {
        put(&given, "servername", js_string!(host), cx)?;
    }
    let Some(tls) = Host::of(cx).builtin("tls") else { return Err(errors::unsupported_protocol(protocol, cx)) };
    let tls = table::instantiate(tls, cx)?;
    events::method(&tls, "connect", &[js_string!(port).into(), js_string!(host).into(), given.into()], cx)?.to_object(cx)
}

/// `http2.connect` as the module has it: `util.promisify` knows it.
pub(super) fn function(cx: &mut Context) -> JsResult<JsValue> {
    let function: JsObject = table::function(connect, js_string!("connect"), 3, cx).into();
    let promised = table::function(connected, js_string!("connect"), 2, cx);
    let key = table::Symbol::For("nodejs.util.promisify.custom").to_js(cx);
    let descriptor = boa_engine::property::PropertyDescriptor::builder().value(promised).enumerable(false).writable(false).configurable(true);
    function.define_property_or_throw(key, descriptor, cx)?;
    Ok(function.into())
}

/// A promise of a session that is connected.
fn connected(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = boa_engine::object::builtins::JsPromise::new_pending(cx);
    let session = connect(&JsValue::undefined(), &[args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone()], cx)?.to_object(cx)?;
    let failed = resolvers.reject.clone();
    let captured = (session.clone(), resolvers.resolve.clone(), failed.clone());
    let over = table::closure(
        "",
        0,
        captured,
        |_this, _args, (session, resolve, failed), cx| {
            events::remove_listener(session, js_string!("error"), failed.clone(), cx)?;
            resolve.call(&JsValue::undefined(), &[session.clone().into()], cx)
        },
        cx,
    );
    events::once(&session, js_string!("error"), failed, cx)?;
    events::once(&session, js_string!("connect"), over, cx)?;
    Ok(promise.into())
}
