//! `atob` and `btoa`, as the web has them: strings of bytes, and no forgiveness but for white space.

use boa_engine::{Context, JsArgs, JsResult, JsStr, JsString, JsValue, string::JsStrVariant};
use coil_engine::errors;

use crate::{
    buffer::{self, Encoding},
    dom_exception,
};

/// `btoa(input)`
pub(super) fn btoa(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = input(args, cx)?;
    match text.variant() {
        JsStrVariant::Latin1(bytes) => Ok(buffer::decode(bytes, Encoding::Base64).into()),
        JsStrVariant::Utf16(units) if units.iter().all(|unit| *unit <= 0xFF) => {
            let bytes: Vec<u8> = units.iter().map(|unit| *unit as u8).collect();
            Ok(buffer::decode(&bytes, Encoding::Base64).into())
        }
        JsStrVariant::Utf16(_) => Err(invalid("Invalid character", cx)),
    }
}

/// `atob(input)`
pub(super) fn atob(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = input(args, cx)?;
    let decoded = match text.variant() {
        JsStrVariant::Latin1(bytes) => decode(bytes),
        JsStrVariant::Utf16(_) => Err(Malformed::Character),
    };
    match decoded {
        Ok(bytes) => Ok(JsString::from(JsStr::latin1(&bytes)).into()),
        Err(Malformed::Character) => Err(invalid("Invalid character", cx)),
        Err(Malformed::Length) => Err(invalid("The string to be decoded is not correctly encoded.", cx)),
    }
}

fn input(args: &[JsValue], cx: &mut Context) -> JsResult<JsString> {
    if args.is_empty() {
        return Err(errors::missing_args(&["input"], cx));
    }
    args.get_or_undefined(0).to_string(cx)
}

fn invalid(message: &str, cx: &mut Context) -> boa_engine::JsError {
    dom_exception::error(message, "InvalidCharacterError", cx)
}

#[derive(Debug, PartialEq)]
enum Malformed {
    Character,
    Length,
}

/// The forgiving decoding of the Infra standard.
fn decode(text: &[u8]) -> Result<Vec<u8>, Malformed> {
    let space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\x0C' | b'\r');
    let stripped: Vec<u8>;
    let mut text = text;
    if text.iter().any(space) {
        stripped = text.iter().copied().filter(|byte| !space(byte)).collect();
        text = &stripped;
    }
    if text.len().is_multiple_of(4) {
        text = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    }
    if text.iter().any(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))) {
        return Err(Malformed::Character);
    }
    if text.len() % 4 == 1 {
        return Err(Malformed::Length);
    }
    Ok(buffer::encode(JsStr::latin1(text), Encoding::Base64))
}
