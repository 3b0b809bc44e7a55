//! What crypto takes and gives: strings in an encoding, views of bytes, digests as text or Buffers.

use boa_engine::{Context, JsResult, JsValue, js_string};
use coil_engine::errors;

use crate::buffer::{self, Encoding};

/// Bytes of a string in `encoding`, or of a Buffer, TypedArray or DataView.
pub fn data(value: &JsValue, encoding: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<u8>> {
    if let Some(text) = value.as_string() {
        let encoding = encoding.as_string().and_then(|label| Encoding::of(&label)).unwrap_or_default();
        return Ok(buffer::string_to_bytes(&text, encoding));
    }
    if buffer::is_view(value)
        && let Some(bytes) = buffer::bytes_of(value)
    {
        return Ok(bytes);
    }
    Err(errors::invalid_arg_type(name, "string|Buffer|TypedArray|DataView", value, cx))
}

/// As [`data`] without an encoding, of an ArrayBuffer too: keys, passwords, salts.
pub fn bytes(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<u8>> {
    read(value).map_or_else(|| Err(errors::invalid_arg_type(name, "string|ArrayBuffer|Buffer|TypedArray|DataView", value, cx)), Ok)
}

/// As [`bytes`], where a KeyObject or CryptoKey does as well.
pub fn key(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<u8>> {
    super::key_input::secret(value, &JsValue::undefined(), name, cx)
}

fn read(value: &JsValue) -> Option<Vec<u8>> {
    if let Some(text) = value.as_string() {
        return Some(buffer::string_to_bytes(&text, Encoding::Utf8));
    }
    if buffer::is_view(value) || buffer::is_any_array_buffer(value) { buffer::bytes_of(value) } else { None }
}

/// A digest as text in an encoding; as a Buffer for `undefined`, `'buffer'` and what is no encoding.
pub fn encoded(digest: Vec<u8>, encoding: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let label = match encoding {
        value if value.is_null_or_undefined() => None,
        value => Some(value.to_string(cx)?),
    };
    match label.filter(|label| *label != js_string!("buffer")).and_then(|label| Encoding::of(&label)) {
        Some(encoding) => Ok(buffer::bytes_to_string(&digest, encoding, cx)?.into()),
        None => Ok(buffer::from_vec(digest, cx)?.into()),
    }
}
