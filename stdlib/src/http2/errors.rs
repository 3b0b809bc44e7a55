//! The errors only HTTP/2 has, with Node's codes and words.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string};
use coil_engine::errors::{Base, coded, coded_object};

use super::{constants::code_name, wire::frame};

/// Errors whose message is always the same.
static FIXED: &[(&str, Base, &str)] = &[
    ("ERR_HTTP2_ALTSVC_INVALID_ORIGIN", Base::Type, "HTTP/2 ALTSVC frames require a valid origin"),
    ("ERR_HTTP2_ALTSVC_LENGTH", Base::Type, "HTTP/2 ALTSVC frames are limited to 16382 bytes"),
    ("ERR_HTTP2_CONNECT_AUTHORITY", Base::Error, ":authority header is required for CONNECT requests"),
    ("ERR_HTTP2_CONNECT_PATH", Base::Error, "The :path header is forbidden for CONNECT requests"),
    ("ERR_HTTP2_CONNECT_SCHEME", Base::Error, "The :scheme header is forbidden for CONNECT requests"),
    ("ERR_HTTP2_GOAWAY_SESSION", Base::Error, "New streams cannot be created after receiving a GOAWAY"),
    ("ERR_HTTP2_HEADERS_AFTER_RESPOND", Base::Error, "Cannot specify additional headers after response initiated"),
    ("ERR_HTTP2_HEADERS_SENT", Base::Error, "Response has already been initiated."),
    ("ERR_HTTP2_INFO_STATUS_NOT_ALLOWED", Base::Range, "Informational status codes cannot be used"),
    ("ERR_HTTP2_INVALID_ORIGIN", Base::Type, "HTTP/2 ORIGIN frames require a valid origin"),
    ("ERR_HTTP2_INVALID_PACKED_SETTINGS_LENGTH", Base::Range, "Packed settings length must be a multiple of six"),
    ("ERR_HTTP2_INVALID_SESSION", Base::Error, "The session has been destroyed"),
    ("ERR_HTTP2_INVALID_STREAM", Base::Error, "The stream has been destroyed"),
    ("ERR_HTTP2_MAX_PENDING_SETTINGS_ACK", Base::Error, "Maximum number of pending settings acknowledgements"),
    ("ERR_HTTP2_NESTED_PUSH", Base::Error, "A push stream cannot initiate another push stream."),
    ("ERR_HTTP2_NO_SOCKET_MANIPULATION", Base::Error, "HTTP/2 sockets should not be directly manipulated (e.g. read and written)"),
    ("ERR_HTTP2_ORIGIN_LENGTH", Base::Type, "HTTP/2 ORIGIN frames are limited to 16382 bytes"),
    ("ERR_HTTP2_OUT_OF_STREAMS", Base::Error, "No stream ID is available because maximum stream ID has been reached"),
    ("ERR_HTTP2_PING_CANCEL", Base::Error, "HTTP2 ping cancelled"),
    ("ERR_HTTP2_PING_LENGTH", Base::Range, "HTTP2 ping payload must be 8 bytes"),
    ("ERR_HTTP2_PSEUDOHEADER_NOT_ALLOWED", Base::Type, "Cannot set HTTP/2 pseudo-headers"),
    ("ERR_HTTP2_PUSH_DISABLED", Base::Error, "HTTP/2 client has disabled push streams"),
    ("ERR_HTTP2_SEND_FILE", Base::Error, "Directories cannot be sent"),
    ("ERR_HTTP2_SEND_FILE_NOSEEK", Base::Error, "Offset or length can only be specified for regular files"),
    ("ERR_HTTP2_SETTINGS_CANCEL", Base::Error, "HTTP2 session settings canceled"),
    ("ERR_HTTP2_SOCKET_BOUND", Base::Error, "The socket is already bound to an Http2Session"),
    ("ERR_HTTP2_SOCKET_UNBOUND", Base::Error, "The socket has been disconnected from the Http2Session"),
    ("ERR_HTTP2_STATUS_101", Base::Error, "HTTP status code 101 (Switching Protocols) is forbidden in HTTP/2"),
    ("ERR_HTTP2_TOO_MANY_CUSTOM_SETTINGS", Base::Error, "Number of custom settings exceeds MAX_ADDITIONAL_SETTINGS"),
    ("ERR_HTTP2_TOO_MANY_INVALID_FRAMES", Base::Error, "Too many invalid HTTP/2 frames"),
    ("ERR_HTTP2_TRAILERS_ALREADY_SENT", Base::Error, "Trailing headers have already been sent"),
    ("ERR_HTTP2_TRAILERS_NOT_READY", Base::Error, "Trailing headers cannot be sent until after the wantTrailers event is emitted"),
];

/// One of the errors whose message is always the same.
pub fn fixed(code: &'static str, cx: &mut Context) -> JsError {
    let (base, message) = FIXED.iter().find(|(known, ..)| *known == code).map_or((Base::Error, code), |(_, base, message)| (*base, *message));
    coded(base, code, message, cx)
}

/// The same as a value.
pub fn fixed_value(code: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    fixed(code, cx).into_opaque(cx)
}

/// `String(value)` in a message.
fn shown(value: &JsValue, cx: &mut Context) -> String {
    match value.as_symbol() {
        Some(symbol) => symbol.to_string(),
        None => value.to_string(cx).map_or_else(|_| String::new(), |text| text.to_std_string_escaped()),
    }
}

/// ERR_HTTP2_HEADER_SINGLE_VALUE
pub fn header_single_value(name: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_HTTP2_HEADER_SINGLE_VALUE", format!("Header field \"{name}\" must only have a single value"), cx)
}

/// ERR_HTTP2_INVALID_CONNECTION_HEADERS
pub fn invalid_connection_headers(name: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_HTTP2_INVALID_CONNECTION_HEADERS", format!("HTTP/1 Connection specific headers are forbidden: \"{name}\""), cx)
}

/// ERR_HTTP2_INVALID_HEADER_VALUE
pub fn invalid_header_value(value: &JsValue, name: &str, cx: &mut Context) -> JsError {
    let message = format!("Invalid value \"{}\" for header \"{name}\"", shown(value, cx));
    coded(Base::Type, "ERR_HTTP2_INVALID_HEADER_VALUE", message, cx)
}

/// ERR_HTTP2_INVALID_INFO_STATUS
pub fn invalid_info_status(status: &JsValue, cx: &mut Context) -> JsError {
    let message = format!("Invalid informational status code: {}", shown(status, cx));
    coded(Base::Range, "ERR_HTTP2_INVALID_INFO_STATUS", message, cx)
}

/// ERR_HTTP2_INVALID_PSEUDOHEADER
pub fn invalid_pseudoheader(name: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_HTTP2_INVALID_PSEUDOHEADER", format!("\"{name}\" is an invalid pseudoheader or is used incorrectly"), cx)
}

/// ERR_HTTP2_INVALID_SETTING_VALUE. `bounds` makes it a RangeError.
pub fn invalid_setting_value(name: &str, value: &JsValue, bounds: Option<(f64, f64)>, cx: &mut Context) -> JsError {
    let message = format!("Invalid value for setting \"{name}\": {}", shown(value, cx));
    let base = if bounds.is_some() { Base::Range } else { Base::Type };
    let object = match coded_object(base, "ERR_HTTP2_INVALID_SETTING_VALUE", &message, cx) {
        Ok(object) => object,
        Err(error) => return error,
    };
    let mut properties = vec![("actual", value.clone())];
    if let Some((min, max)) = bounds {
        properties.extend([("min", JsValue::from(min)), ("max", JsValue::from(max))]);
    }
    for (key, value) in properties {
        if let Err(error) = object.create_data_property_or_throw(js_string!(key), value, cx) {
            return error;
        }
    }
    JsError::from_opaque(object.into())
}

/// ERR_HTTP2_PAYLOAD_FORBIDDEN
pub fn payload_forbidden(status: u32, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_HTTP2_PAYLOAD_FORBIDDEN", format!("Responses with {status} status must not have a payload"), cx)
}

/// ERR_HTTP2_SESSION_ERROR
pub fn session_error(code: u32, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_HTTP2_SESSION_ERROR", format!("Session closed with error code {code}"), cx)
}

/// ERR_HTTP2_STATUS_INVALID
pub fn status_invalid(status: &JsValue, cx: &mut Context) -> JsError {
    coded(Base::Range, "ERR_HTTP2_STATUS_INVALID", format!("Invalid status code: {}", shown(status, cx)), cx)
}

/// ERR_HTTP2_STREAM_CANCEL, with what ended the session.
pub fn stream_cancel(cause: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let mut message = "The pending stream has been canceled".to_owned();
    let mut hidden = None;
    if let Some(error) = cause.as_object() {
        let text = error.get(js_string!("message"), cx)?;
        if text.is_string() {
            message.push_str(&format!(" (caused by: {})", shown(&text, cx)));
        }
        hidden = Some(error);
    }
    let object = coded_object(Base::Error, "ERR_HTTP2_STREAM_CANCEL", &message, cx)?;
    if let Some(cause) = hidden {
        object.set(js_string!("cause"), cause, true, cx)?;
    }
    Ok(object.into())
}

/// ERR_HTTP2_STREAM_ERROR
pub fn stream_error(code: u32, cx: &mut Context) -> JsResult<JsValue> {
    coded(Base::Error, "ERR_HTTP2_STREAM_ERROR", format!("Stream closed with error code {}", code_name(code)), cx).into_opaque(cx)
}

/// ERR_HTTP2_UNSUPPORTED_PROTOCOL
pub fn unsupported_protocol(protocol: &JsValue, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_HTTP2_UNSUPPORTED_PROTOCOL", format!("protocol \"{}\" is unsupported.", shown(protocol, cx)), cx)
}

/// ERR_HTTP2_ERROR, or `code`: what the codec says, by nghttp2's number.
pub fn fault(fault: i32, code: Option<&'static str>, cx: &mut Context) -> JsResult<JsObject> {
    let message = match code {
        Some(code) => FIXED.iter().find(|(known, ..)| *known == code).map_or("", |(_, _, message)| message),
        None => frame::fault_text(fault),
    };
    let object = coded_object(Base::Error, code.unwrap_or("ERR_HTTP2_ERROR"), message, cx)?;
    object.create_data_property_or_throw(js_string!("errno"), fault, cx)?;
    Ok(object)
}
