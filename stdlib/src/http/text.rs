//! Between JavaScript strings and the bytes of a head, which are Latin-1.

use boa_engine::{
    Context, JsResult, JsString, JsValue,
    string::{JsStr, JsStrVariant},
};

use super::wire::{chars, writer};

/// Bytes as a string of as many characters.
pub fn latin1(bytes: &[u8]) -> JsString {
    JsString::from(JsStr::latin1(bytes))
}

/// The string's characters, each cut to its low byte: what Node's `'latin1'` writes.
pub fn push_latin1(out: &mut Vec<u8>, text: &JsString) {
    match text.variant() {
        JsStrVariant::Latin1(bytes) => out.extend_from_slice(bytes),
        JsStrVariant::Utf16(units) => out.extend(units.iter().map(|&unit| unit as u8)),
    }
}

/// As UTF-8; lone surrogates become U+FFFD.
pub fn push_utf8(out: &mut Vec<u8>, text: &JsString) {
    match text.variant() {
        JsStrVariant::Latin1(bytes) if bytes.is_ascii() => out.extend_from_slice(bytes),
        JsStrVariant::Latin1(bytes) => push_latin1_as_utf8(out, bytes),
        JsStrVariant::Utf16(units) => {
            for unit in char::decode_utf16(units.iter().copied()) {
                let unit = unit.unwrap_or(char::REPLACEMENT_CHARACTER);
                out.extend_from_slice(unit.encode_utf8(&mut [0; 4]).as_bytes());
            }
        }
    }
}

/// Latin-1 bytes as UTF-8.
pub fn push_latin1_as_utf8(out: &mut Vec<u8>, bytes: &[u8]) {
    for &byte in bytes {
        out.extend_from_slice(char::from(byte).encode_utf8(&mut [0; 2]).as_bytes());
    }
}

/// How many bytes [`push_utf8`] writes.
pub fn utf8_len(text: &JsString) -> usize {
    match text.variant() {
        JsStrVariant::Latin1(bytes) => bytes.len() + bytes.iter().filter(|byte| !byte.is_ascii()).count(),
        JsStrVariant::Utf16(units) => {
            let len = |unit: Result<char, _>| unit.map_or(3, char::len_utf8);
            char::decode_utf16(units.iter().copied()).map(len).sum()
        }
    }
}

/// A token: what may be a field name or a method, however the engine keeps the text.
pub fn is_token(text: &JsString) -> bool {
    match text.variant() {
        JsStrVariant::Latin1(bytes) => writer::is_name(bytes),
        JsStrVariant::Utf16(units) => {
            let bytes: Option<Vec<u8>> = units.iter().map(|&unit| u8::try_from(unit).ok()).collect();
            bytes.is_some_and(|bytes| writer::is_name(&bytes))
        }
    }
}

/// Whether `text` is `lower` in any case.
///
/// `lower`: a text in lower case.
pub fn is_ignoring_case(text: &JsString, lower: &[u8]) -> bool {
    match text.variant() {
        JsStrVariant::Latin1(bytes) => bytes.eq_ignore_ascii_case(lower),
        JsStrVariant::Utf16(units) => units.len() == lower.len() && units.iter().zip(lower).all(|(&unit, lower)| u8::try_from(unit).is_ok_and(|byte| byte.eq_ignore_ascii_case(lower))),
    }
}

/// What may be a field value.
pub fn is_field_value(text: &JsString) -> bool {
    match text.variant() {
        JsStrVariant::Latin1(bytes) => writer::is_value(bytes),
        JsStrVariant::Utf16(units) => units.iter().all(|&unit| u8::try_from(unit).is_ok_and(chars::is_value)),
    }
}

/// What `'' + value` gives.
pub fn of_value(value: &JsValue, cx: &mut Context) -> JsResult<JsString> {
    match value.as_string() {
        Some(text) => Ok(text),
        None => value.to_string(cx),
    }
}
