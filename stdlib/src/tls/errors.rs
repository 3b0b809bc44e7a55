//! Errors of TLS: Node's own, and those that look like OpenSSL's.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};
use coil_engine::errors::{self, Base, coded, coded_object};
use coil_tls::{
    rustls::{AlertDescription, CertificateError, Error, PeerIncompatible},
    session::{NO_SHARED_SCHEMES, shows_nothing},
    x509::chain::Failure,
};

/// ERR_TLS_INVALID_PROTOCOL_VERSION
pub(super) fn invalid_protocol_version(version: &str, which: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_TLS_INVALID_PROTOCOL_VERSION", format!("{version} is not a valid {which} TLS protocol version"), cx)
}

/// ERR_TLS_PROTOCOL_VERSION_CONFLICT
pub(super) fn protocol_version_conflict(version: &str, method: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_TLS_PROTOCOL_VERSION_CONFLICT", format!("TLS protocol version {version} conflicts with secureProtocol {method}"), cx)
}

/// ERR_TLS_INVALID_PROTOCOL_METHOD
pub(super) fn invalid_protocol_method(message: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_TLS_INVALID_PROTOCOL_METHOD", message, cx)
}

/// ERR_TLS_HANDSHAKE_TIMEOUT
pub(super) fn handshake_timeout(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_TLS_HANDSHAKE_TIMEOUT", "TLS handshake timeout", cx)
}

/// ERR_TLS_SNI_FROM_SERVER
pub(super) fn sni_from_server(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_TLS_SNI_FROM_SERVER", "Cannot issue SNI from a TLS server-side socket", cx)
}

/// ERR_TLS_REQUIRED_SERVER_NAME
pub(super) fn required_server_name(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_TLS_REQUIRED_SERVER_NAME", "\"servername\" is required parameter for Server.addContext", cx)
}

/// ERR_TLS_INVALID_CONTEXT
pub(super) fn invalid_context(name: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_TLS_INVALID_CONTEXT", format!("{name} must be a SecureContext"), cx)
}

/// What OpenSSL's callback says of an answer that is no context.
pub(super) fn invalid_sni_context() -> JsError {
    errors::plain(Base::Type, "Invalid SNI context")
}

/// An engine of OpenSSL's is a library that is loaded; there are none here.
pub(super) fn no_engine(cx: &mut Context) -> JsResult<JsError> {
    const LIBRARY: &str = "error:12800067:DSO support routines::could not load the shared library";
    let error = object(errors::plain(Base::Error, LIBRARY), cx)?;
    let stack = ["error:13000084:engine routines::dso not found", LIBRARY, LIBRARY, "error:13000074:engine routines::no such engine", "error:13000084:engine routines::dso not found", LIBRARY];
    let stack = boa_engine::object::builtins::JsArray::from_iter(stack.map(|line| JsValue::from(js_string!(line))), cx);
    error.create_data_property_or_throw(js_string!("opensslErrorStack"), stack, cx)?;
    Ok(JsError::from_opaque(error.into()))
}

/// ERR_TLS_INVALID_STATE
pub(super) fn invalid_state(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_TLS_INVALID_STATE", "TLS socket connection must be securely established", cx)
}

/// ERR_TLS_RENEGOTIATION_DISABLED
pub(super) fn renegotiation_disabled(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_TLS_RENEGOTIATION_DISABLED", "TLS session renegotiation disabled for this socket", cx)
}

/// ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS
pub(super) fn alpn_callback_with_protocols(cx: &mut Context) -> JsError {
    let message = "The ALPNCallback and ALPNProtocols TLS options are mutually exclusive";
    coded(Base::Type, "ERR_TLS_ALPN_CALLBACK_WITH_PROTOCOLS", message, cx)
}

/// ERR_TLS_ALPN_CALLBACK_INVALID_RESULT
pub(super) fn alpn_callback_invalid_result(value: &str, protocols: &str, cx: &mut Context) -> JsError {
    let message = format!("ALPN callback returned a value ({value}) that did not match any of the client's offered protocols ({protocols})");
    coded(Base::Type, "ERR_TLS_ALPN_CALLBACK_INVALID_RESULT", message, cx)
}

/// ERR_TLS_CERT_ALTNAME_FORMAT
pub(super) fn cert_altname_format(cx: &mut Context) -> JsError {
    coded(Base::Syntax, "ERR_TLS_CERT_ALTNAME_FORMAT", "Invalid subject alternative name string", cx)
}

/// ERR_TLS_CERT_ALTNAME_INVALID, with `reason`, `host` and `cert`.
pub(super) fn cert_altname_invalid(reason: &str, host: &JsValue, cert: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let message = format!("Hostname/IP does not match certificate's altnames: {reason}");
    let error = coded_object(Base::Error, "ERR_TLS_CERT_ALTNAME_INVALID", &message, cx)?;
    for (key, value) in [("reason", js_string!(reason).into()), ("host", host.clone()), ("cert", cert.clone())] {
        error.create_data_property_or_throw(js_string!(key), value, cx)?;
    }
    Ok(error)
}

/// What is wrong with the peer's certificate.
pub(super) fn of_failure(failure: Failure, cx: &mut Context) -> JsResult<JsObject> {
    let hints = matches!(failure.code, "UNABLE_TO_VERIFY_LEAF_SIGNATURE" | "UNABLE_TO_GET_ISSUER_CERT" | "DEPTH_ZERO_SELF_SIGNED_CERT");
    let mut message = failure.message.to_owned();
    if hints && crate::launch_flags::switch("use-system-ca", cx) != Some(true) {
        message += "; if the root CA is installed locally, try running Node.js with --use-system-ca";
    }
    let error = object(errors::plain(Base::Error, message), cx)?;
    error.create_data_property_or_throw(js_string!("code"), js_string!(failure.code), cx)?;
    Ok(error)
}

/// An error of OpenSSL's library while something is read, thrown at once.
pub(super) fn openssl(number: u32, library: &str, reason: &str, cx: &mut Context) -> JsError {
    let message = format!("error:{number:08X}:{library}::{reason}");
    let prefix = if library.starts_with("SSL") { "ERR_SSL_" } else { "ERR_OSSL_" };
    let part = library.split(' ').next().unwrap_or_default();
    let part = match part {
        "PEM" => "PEM_",
        "x509" => "X509_",
        "asn1" => "ASN1_",
        _ => "",
    };
    let code = format!("{prefix}{part}{}", reason.to_ascii_uppercase().replace(' ', "_"));
    made(&message, library, reason, &code, cx).map_or_else(|error| error, |error| JsError::from_opaque(error.into()))
}

fn made(message: &str, library: &str, reason: &str, code: &str, cx: &mut Context) -> JsResult<JsObject> {
    let error = object(errors::plain(Base::Error, message), cx)?;
    for (key, value) in [("library", library), ("reason", reason), ("code", code)] {
        error.create_data_property_or_throw(js_string!(key), js_string!(value), cx)?;
    }
    Ok(error)
}

/// The object an error becomes.
pub(super) fn object(error: JsError, cx: &mut Context) -> JsResult<JsObject> {
    let value = error.into_opaque(cx)?;
    value.as_object().ok_or_else(|| errors::plain(Base::Error, "an error is an object"))
}

/// What OpenSSL would say of a connection that failed.
pub(super) fn of_connection(error: &Error, first: [u8; 5], is_server: bool, cx: &mut Context) -> JsResult<JsObject> {
    let alert = match error {
        Error::AlertReceived(alert) => Some(u8::from(*alert)),
        _ => None,
    };
    let (number, place, reason) = described(error, first, is_server);
    let code = format!("ERR_SSL_{}", reason.to_ascii_uppercase().replace(' ', "_"));
    let alert = alert.map_or_else(String::new, |alert| format!("SSL alert number {alert}"));
    let message = format!("{THREAD}:error:{:08X}:SSL routines:{place}:{reason}:{SOURCE}:{alert}\n", 0x0a00_0000 | number);
    made(&message, "SSL routines", reason, &code, cx)
}

/// What OpenSSL has here differs from run to run: the thread, and a line of its source.
const THREAD: &str = "0000000000000000";
const SOURCE: &str = "../deps/openssl/openssl/ssl/record/rec_layer_s3.c:0";

/// OpenSSL's number, function and words.
fn described(error: &Error, first: [u8; 5], is_server: bool) -> (u32, &'static str, &'static str) {
    match error {
        Error::AlertReceived(alert) => (1000 + u32::from(u8::from(*alert)), "ssl3_read_bytes", alert_reason(*alert)),
        Error::PeerIncompatible(why) => match why {
            PeerIncompatible::NoCipherSuitesInCommon | PeerIncompatible::NoSignatureSchemesInCommon if is_server => (193, "tls_post_process_client_hello", "no shared cipher"),
            PeerIncompatible::NoKxGroupsInCommon if is_server => (101, "final_key_share", "no suitable key share"),
            PeerIncompatible::NoSignatureSchemesInCommon => (118, "tls_choose_sigalg", "no suitable signature algorithm"),
            _ => (258, if is_server { "tls_early_post_process_client_hello" } else { "ssl_choose_client_version" }, "unsupported protocol"),
        },
        Error::NoCertificatesPresented => (199, "tls_process_client_certificate", "peer did not return a certificate"),
        Error::NoApplicationProtocol => (235, "tls_handle_alpn", "no application protocol"),
        Error::DecryptError => (281, "tls_get_more_records", "decryption failed or bad record mac"),
        Error::InvalidCertificate(CertificateError::BadSignature) => (123, "tls_process_cert_verify", "bad signature"),
        Error::InappropriateMessage { .. } | Error::InappropriateHandshakeMessage { .. } => (244, "ssl3_read_bytes", "unexpected message"),
        Error::InvalidMessage(_) => not_tls(first, is_server),
        Error::General(why) if why == NO_SHARED_SCHEMES => (376, "tls12_set_server_sigalgs", "no shared signature algorithms"),
        _ if shows_nothing(error) => (118, "tls_choose_sigalg", "no suitable signature algorithm"),
        Error::General(why) if why.contains("no usable") || why.contains("no compatible") => (191, "tls_setup_handshake", "no protocols available"),
        _ => (68, "ssl3_read_bytes", "internal error"),
    }
}

/// What the peer sent is no record.
fn not_tls(first: [u8; 5], is_server: bool) -> (u32, &'static str, &'static str) {
    let is_http = [b"GET ", b"POST", b"HEAD", b"PUT "].iter().any(|method| first.starts_with(&method[..]));
    let len = u16::from_be_bytes([first[3], first[4]]);
    if is_server && is_http {
        (156, "tls_validate_record_header", "http request")
    } else if is_server && first.starts_with(b"CONNE") {
        (155, "tls_validate_record_header", "https proxy request")
    } else if first[1] == 3 && (20..=23).contains(&first[0]) {
        (244, "ssl3_read_bytes", "unexpected message")
    } else if len > RECORD_LEN_MAX {
        (198, "tls_get_more_records", "packet length too long")
    } else {
        (267, "tls_validate_record_header", "wrong version number")
    }
}

/// 2^14 bytes and what protection may add to them.
const RECORD_LEN_MAX: u16 = 16_384 + 256 + 64;

fn alert_reason(alert: AlertDescription) -> &'static str {
    match u8::from(alert) {
        10 => "ssl/tls alert unexpected message",
        20 => "ssl/tls alert bad record mac",
        21 => "tlsv1 alert decryption failed",
        22 => "tlsv1 alert record overflow",
        30 => "ssl/tls alert decompression failure",
        40 => "ssl/tls alert handshake failure",
        41 => "ssl/tls alert no certificate",
        42 => "ssl/tls alert bad certificate",
        43 => "ssl/tls alert unsupported certificate",
        44 => "ssl/tls alert certificate revoked",
        45 => "ssl/tls alert certificate expired",
        46 => "ssl/tls alert certificate unknown",
        47 => "ssl/tls alert illegal parameter",
        48 => "tlsv1 alert unknown ca",
        49 => "tlsv1 alert access denied",
        50 => "tlsv1 alert decode error",
        51 => "tlsv1 alert decrypt error",
        60 => "tlsv1 alert export restriction",
        70 => "tlsv1 alert protocol version",
        71 => "tlsv1 alert insufficient security",
        80 => "tlsv1 alert internal error",
        86 => "tlsv1 alert inappropriate fallback",
        90 => "tlsv1 alert user cancelled",
        100 => "tlsv1 alert no renegotiation",
        109 => "tlsv13 alert missing extension",
        110 => "tlsv1 unsupported extension",
        111 => "tlsv1 certificate unobtainable",
        112 => "tlsv1 unrecognized name",
        113 => "tlsv1 bad certificate status response",
        114 => "tlsv1 bad certificate hash value",
        115 => "tlsv1 alert unknown psk identity",
        116 => "tlsv13 alert certificate required",
        120 => "tlsv1 alert no application protocol",
        _ => "unknown alert type",
    }
}
