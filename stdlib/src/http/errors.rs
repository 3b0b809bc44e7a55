//! The errors only HTTP has, with Node's codes and words.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::errors::{self, Base, coded};

use super::wire::ParseError;

/// ERR_HTTP_BODY_NOT_ALLOWED
pub fn http_body_not_allowed(cx: &mut Context) -> JsError {
    let message = "Adding content for this request method or response status is not allowed.";
    coded(Base::Error, "ERR_HTTP_BODY_NOT_ALLOWED", message, cx)
}

/// ERR_HTTP_CONTENT_LENGTH_MISMATCH
pub fn http_content_length_mismatch(body: f64, header: f64, cx: &mut Context) -> JsError {
    let message = format!("Response body's content-length of {body} byte(s) does not match the content-length of {header} byte(s) set in header");
    coded(Base::Error, "ERR_HTTP_CONTENT_LENGTH_MISMATCH", message, cx)
}

/// ERR_HTTP_HEADERS_SENT. `verb`: `set`, `append`, `remove`, `write` or `render`.
pub fn http_headers_sent(verb: &str, cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_HTTP_HEADERS_SENT", format!("Cannot {verb} headers after they are sent to the client"), cx)
}

/// ERR_HTTP_INVALID_HEADER_VALUE
pub fn http_invalid_header_value(value: &JsValue, name: &JsString, cx: &mut Context) -> JsError {
    let message = format!("Invalid value \"{}\" for header \"{}\"", shown(value, cx), name.to_std_string_escaped());
    coded(Base::Type, "ERR_HTTP_INVALID_HEADER_VALUE", message, cx)
}

/// ERR_HTTP_INVALID_STATUS_CODE
pub fn http_invalid_status_code(code: &JsValue, cx: &mut Context) -> JsError {
    let message = format!("Invalid status code: {}", shown(code, cx));
    coded(Base::Range, "ERR_HTTP_INVALID_STATUS_CODE", message, cx)
}

/// ERR_HTTP_REQUEST_TIMEOUT
pub fn http_request_timeout(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_HTTP_REQUEST_TIMEOUT", "Request timeout", cx)
}

/// ERR_HTTP_SOCKET_ASSIGNED
pub fn http_socket_assigned(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_HTTP_SOCKET_ASSIGNED", "ServerResponse has an already assigned socket", cx)
}

/// ERR_HTTP_SOCKET_ENCODING
pub fn http_socket_encoding(cx: &mut Context) -> JsError {
    let message = "Changing the socket encoding is not allowed per RFC7230 Section 3.";
    coded(Base::Error, "ERR_HTTP_SOCKET_ENCODING", message, cx)
}

/// ERR_HTTP_TRAILER_INVALID
pub fn http_trailer_invalid(cx: &mut Context) -> JsError {
    coded(Base::Error, "ERR_HTTP_TRAILER_INVALID", "Trailers are invalid with this transfer encoding", cx)
}

/// ERR_INVALID_CHAR. `what`: `header content`, `trailer content` or `statusMessage`.
pub fn invalid_char(what: &str, field: Option<&JsString>, cx: &mut Context) -> JsError {
    let field = field.map_or_else(String::new, |field| format!(" [\"{}\"]", field.to_std_string_escaped()));
    coded(Base::Type, "ERR_INVALID_CHAR", format!("Invalid character in {what}{field}"), cx)
}

/// ERR_INVALID_HTTP_TOKEN. `label`: `Header name`, `Trailer name` or `Method`.
pub fn invalid_http_token(label: &str, token: &JsValue, cx: &mut Context) -> JsError {
    let message = format!("{label} must be a valid HTTP token [\"{}\"]", shown(token, cx));
    coded(Base::Type, "ERR_INVALID_HTTP_TOKEN", message, cx)
}

/// ERR_INVALID_PROTOCOL
pub fn invalid_protocol(given: &str, expected: &str, cx: &mut Context) -> JsError {
    let message = format!("Protocol \"{given}\" not supported. Expected \"{expected}\"");
    coded(Base::Type, "ERR_INVALID_PROTOCOL", message, cx)
}

/// ERR_UNESCAPED_CHARACTERS
pub fn unescaped_characters(what: &str, cx: &mut Context) -> JsError {
    coded(Base::Type, "ERR_UNESCAPED_CHARACTERS", format!("{what} contains unescaped characters"), cx)
}

/// `Error: socket hang up` or `Error: aborted`, with the code of a reset connection.
pub fn connection_reset(message: &str, cx: &mut Context) -> JsResult<JsObject> {
    let error = as_object(errors::plain(Base::Error, message), cx)?;
    error.create_data_property_or_throw(js_string!("code"), js_string!("ECONNRESET"), cx)?;
    Ok(error)
}

/// `Error: Parse Error: ...` with `bytesParsed`, `code`, `reason` and `rawPacket`.
pub fn parse_error(error: &ParseError, packet: Option<&[u8]>, cx: &mut Context) -> JsResult<JsObject> {
    let object = as_object(errors::plain(Base::Error, error.to_string()), cx)?;
    object.create_data_property_or_throw(js_string!("bytesParsed"), error.bytes_parsed as f64, cx)?;
    object.create_data_property_or_throw(js_string!("code"), js_string!(error.code.name()), cx)?;
    object.create_data_property_or_throw(js_string!("reason"), js_string!(error.reason), cx)?;
    if let Some(packet) = packet {
        let packet = crate::buffer::from_slice(packet, cx)?;
        object.create_data_property_or_throw(js_string!("rawPacket"), packet, cx)?;
    }
    Ok(object)
}

fn as_object(error: JsError, cx: &mut Context) -> JsResult<JsObject> {
    let value = error.into_opaque(cx)?;
    value.as_object().ok_or_else(|| errors::plain(Base::Error, "an error is an object"))
}

/// What `%s` shows.
fn shown(value: &JsValue, cx: &mut Context) -> String {
    match value.as_string() {
        Some(text) => text.to_std_string_escaped(),
        None => errors::inspect_brief(value, cx),
    }
}
