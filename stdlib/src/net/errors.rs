//! The errors only sockets have, with Node's codes and words.

use boa_engine::{Context, JsError, JsNativeError, JsObject, JsResult, JsValue, js_string};
use coil_engine::coil_sys::SysError;
use coil_engine::errors::{Base, coded, coded_object};

/// ERR_INVALID_ADDRESS_FAMILY, with `host` and `port`.
pub fn invalid_address_family(family: &JsValue, host: &JsValue, port: &JsValue, cx: &mut Context) -> JsError {
    let show = |value: &JsValue, cx: &mut Context| value.to_string(cx).map(|text| text.to_std_string_escaped()).unwrap_or_default();
    let message = format!("Invalid address family: {} {}:{}", show(family, cx), show(host, cx), show(port, cx));
    with_properties(Base::Range, "ERR_INVALID_ADDRESS_FAMILY", &message, &[("host", host.clone()), ("port", port.clone())], cx)
}

/// ERR_INVALID_FD_TYPE
pub fn invalid_fd_type(kind: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_INVALID_FD_TYPE", format!("Unsupported fd type: {kind}"), cx)
}

/// ERR_INVALID_HANDLE_TYPE
pub fn invalid_handle_type(cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_INVALID_HANDLE_TYPE", "This handle type cannot be sent", cx)
}

/// ERR_INVALID_IP_ADDRESS
pub fn invalid_ip_address(address: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_INVALID_IP_ADDRESS", format!("Invalid IP address: {address}"), cx)
}

/// ERR_INVALID_ADDRESS
pub fn invalid_address(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_INVALID_ADDRESS", "Invalid socket address", cx)
}

/// ERR_IP_BLOCKED
pub fn ip_blocked(address: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_IP_BLOCKED", format!("IP({address}) is blocked by net.BlockList"), cx)
}

/// ERR_MISSING_ARGS, where one of several would do.
pub fn missing_target(cx: &mut Context) -> JsError {
    let message = "The \"options\" or \"port\" or \"path\" argument must be specified";
    coded(Base::Type, "ERR_MISSING_ARGS", message, cx)
}

/// ERR_SERVER_ALREADY_LISTEN
pub fn server_already_listen(cx: &mut Context) -> JsError {
    let message = "Listen method has been called more than once without closing.";
    coded(Base::Error, "ERR_SERVER_ALREADY_LISTEN", message, cx)
}

/// ERR_SERVER_NOT_RUNNING
pub fn server_not_running(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_SERVER_NOT_RUNNING", "Server is not running.", cx)
}

/// ERR_SOCKET_CLOSED
pub fn socket_closed(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_SOCKET_CLOSED", "Socket is closed", cx)
}

/// ERR_SOCKET_CLOSED_BEFORE_CONNECTION
pub fn socket_closed_before_connection(cx: &mut Context) -> JsError {
    let message = "Socket closed before the connection was established";
    coded(Base::Error, "ERR_SOCKET_CLOSED_BEFORE_CONNECTION", message, cx)
}

/// ERR_SOCKET_CONNECTION_TIMEOUT
pub fn socket_connection_timeout(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_SOCKET_CONNECTION_TIMEOUT", "Socket connection timeout", cx)
}

/// `This socket has been ended by the other party`, with the code of a broken pipe.
pub fn ended_by_other_party(cx: &mut Context) -> JsError {
    let message = "This socket has been ended by the other party";
    match plain_with(message, &[("code", js_string!("EPIPE").into())], cx) {
        Ok(object) => JsError::from_opaque(object.into()),
        Err(error) => error,
    }
}

/// `read ECONNRESET`: Node's `ErrnoException`.
pub fn errno(error: &SysError, cx: &mut Context) -> JsResult<JsObject> {
    if error.denied.is_some() {
        return coil_engine::errors::system_object(error, cx);
    }
    let message = format!("{} {}", error.syscall, error.code());
    plain_with(&message, &errno_properties(error), cx)
}

/// `connect ECONNREFUSED 127.0.0.1:80`: Node's `ExceptionWithHostPort`. `local` is the address the socket was bound to.
pub fn host_port(error: &SysError, address: Option<&str>, port: Option<u16>, local: Option<&str>, cx: &mut Context) -> JsResult<JsObject> {
    if let Some(denied) = &error.denied {
        // The denial stands in the place of the number.
        let message = format!("{} ERR_ACCESS_DENIED {}", error.syscall, denied.message);
        let denial = coil_engine::errors::system_object(error, cx)?;
        let mut properties: Vec<(&'static str, JsValue)> = vec![("errno", denial.into()), ("code", js_string!("ERR_ACCESS_DENIED").into()), ("syscall", js_string!(error.syscall).into())];
        push_address_properties(&mut properties, address, port);
        return plain_with(&message, &properties, cx);
    }
    let mut message = format!("{} {}", error.syscall, error.code());
    push_address(&mut message, address, port);
    if let Some(local) = local {
        message += &format!(" - Local ({local})");
    }
    let mut properties = errno_properties(error);
    push_address_properties(&mut properties, address, port);
    plain_with(&message, &properties, cx)
}

/// `listen EADDRINUSE: address already in use 127.0.0.1:80`: Node's `UVExceptionWithHostPort`.
pub fn uv_host_port(error: &SysError, address: Option<&str>, port: Option<i32>, cx: &mut Context) -> JsResult<JsObject> {
    if error.denied.is_some() {
        return coil_engine::errors::system_object(error, cx);
    }
    let mut message = format!("{} {}: {}", error.syscall, error.code(), error.description());
    let shown = port.and_then(|port| u16::try_from(port).ok()).filter(|&port| port > 0);
    push_address(&mut message, address, shown);
    let mut properties: Vec<(&'static str, JsValue)> = vec![
        ("code", js_string!(error.code()).into()),
        ("errno", (-error.errno).into()),
        ("syscall", js_string!(error.syscall).into()),
        ("address", address.map_or_else(JsValue::undefined, |address| js_string!(address).into())),
    ];
    if let Some(port) = port.filter(|&port| port != 0) {
        properties.push(("port", port.into()));
    }
    plain_with(&message, &properties, cx)
}

/// All attempts of a connection to several addresses failed.
pub fn aggregate(all: Vec<JsObject>, cx: &mut Context) -> JsResult<JsObject> {
    let code = match all.first() {
        Some(first) => first.get(js_string!("code"), cx)?,
        None => JsValue::undefined(),
    };
    let errors = all.into_iter().map(|error| boa_engine::JsError::from_opaque(error.into())).collect();
    let object = JsNativeError::aggregate(errors).into_opaque(cx);
    object.create_data_property_or_throw(js_string!("code"), code, cx)?;
    Ok(object)
}

/// An `Error` without Node's bracketed code, and own properties.
pub fn plain_with(message: &str, properties: &[(&'static str, JsValue)], cx: &mut Context) -> JsResult<JsObject> {
    let object = JsNativeError::error().with_message(message.to_owned()).into_opaque(cx);
    for (key, value) in properties {
        object.create_data_property_or_throw(js_string!(*key), value.clone(), cx)?;
    }
    Ok(object)
}

fn with_properties(base: Base, code: &'static str, message: &str, properties: &[(&'static str, JsValue)], cx: &mut Context) -> JsError {
    let made = coded_object(base, code, message, cx).and_then(|object| {
        for (key, value) in properties {
            object.create_data_property_or_throw(js_string!(*key), value.clone(), cx)?;
        }
        Ok(object)
    });
    made.map_or_else(|error| error, |object| JsError::from_opaque(object.into()))
}

fn errno_properties(error: &SysError) -> Vec<(&'static str, JsValue)> {
    vec![("errno", (-error.errno).into()), ("code", js_string!(error.code()).into()), ("syscall", js_string!(error.syscall).into())]
}

fn push_address(message: &mut String, address: Option<&str>, port: Option<u16>) {
    match (address, port) {
        (Some(address), Some(port)) if port > 0 => *message += &format!(" {address}:{port}"),
        (Some(address), _) if !address.is_empty() => *message += &format!(" {address}"),
        _ => {}
    }
}

fn push_address_properties(properties: &mut Vec<(&'static str, JsValue)>, address: Option<&str>, port: Option<u16>) {
    properties.push(("address", address.map_or_else(JsValue::undefined, |address| js_string!(address).into())));
    if let Some(port) = port.filter(|&port| port > 0) {
        properties.push(("port", port.into()));
    }
}

/// `getaddrinfo ENOTFOUND nosuch.example`: Node's `DNSException`.
pub fn look_up(error: &SysError, cx: &mut Context) -> JsResult<JsObject> {
    if error.denied.is_some() {
        return coil_engine::errors::system_object(error, cx);
    }
    let mut properties: Vec<(&'static str, JsValue)> = vec![("errno", (-error.errno).into()), ("code", js_string!(error.dns_code()).into()), ("syscall", js_string!(error.syscall).into())];
    if let Some(host) = &error.address {
        properties.push(("hostname", js_string!(&**host).into()));
    }
    plain_with(&error.dns_message(), &properties, cx)
}
