//! `buffer.transcode`, `isUtf8`, `isAscii`.

use boa_engine::{Context, JsArgs, JsError, JsResult, JsStr, JsValue, js_string, string::JsStrVariant};
use coil_engine::errors::{self, Base};

use super::{
    bytes::{self, is_any_array_buffer, kind_of, range_of},
    encoding::{Encoding, decode, encode},
    ranges::uint8_range,
};

/// `buffer.transcode(source, fromEncoding, toEncoding)`
pub(super) fn transcode(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = uint8_range(args.get_or_undefined(0), "source", cx)?;
    if source.byte_length == 0 {
        return Ok(bytes::from_block(bytes::zeroed(0)?, cx)?.into());
    }
    let [from, to] = [1, 2].map(|index| args.get_or_undefined(index).as_string().and_then(|label| Encoding::of(&label)));
    let known = |encoding: &Encoding| matches!(encoding, Encoding::Ascii | Encoding::Latin1 | Encoding::Utf8 | Encoding::Utf16Le);
    let (Some(from), Some(to)) = (from.filter(known), to.filter(known)) else { return Err(refusal("U_ILLEGAL_ARGUMENT_ERROR", 1, cx)?) };
    if refuses(from, to) && !source.read(|bytes| is_well_formed(bytes, from)) {
        return Err(refusal("U_INVALID_CHAR_FOUND", 10, cx)?);
    }
    let bytes = source.read(|bytes| {
        let text = match from {
            Encoding::Utf16Le if to == Encoding::Utf16Le => return replaced(bytes),
            // Bytes beyond seven bits are no ASCII: U+FFFD.
            Encoding::Ascii if to != Encoding::Utf16Le && !bytes.is_ascii() => {
                let units: Vec<u16> = bytes.iter().map(|byte| if byte.is_ascii() { u16::from(*byte) } else { 0xFFFD }).collect();
                JsStr::utf16(&units).into()
            }
            Encoding::Ascii => decode(bytes, Encoding::Latin1),
            from => decode(bytes, from),
        };
        match to {
            Encoding::Ascii => substituted(text.as_str(), 0x7F),
            Encoding::Latin1 => substituted(text.as_str(), 0xFF),
            to => encode(text.as_str(), to),
        }
    });
    Ok(bytes::from_vec(bytes, cx)?.into())
}

/// One byte per character; for those above `max` a `?`, or nothing if they are ignorable.
fn substituted(text: JsStr<'_>, max: u32) -> Vec<u8> {
    let byte = |character: u32| if character <= max { Some(character as u8) } else { (!is_ignorable(character)).then_some(b'?') };
    match text.variant() {
        JsStrVariant::Latin1(bytes) => bytes.iter().filter_map(|character| byte(u32::from(*character))).collect(),
        JsStrVariant::Utf16(units) => char::decode_utf16(units.iter().copied()).filter_map(|character| byte(character.map_or(0xFFFD, u32::from))).collect(),
    }
}

/// Unicode's Default_Ignorable_Code_Point, as ICU's converters know it: joiners, marks of direction, selectors of variants.
const fn is_ignorable(character: u32) -> bool {
    matches!(
        character,
        0xAD | 0x34F | 0x61C | 0x115F..=0x1160 | 0x17B4..=0x17B5 | 0x180B..=0x180F | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F
            | 0x3164 | 0xFE00..=0xFE0F | 0xFEFF | 0xFFA0 | 0xFFF0..=0xFFF8 | 0x1_BCA0..=0x1_BCA3 | 0x1_D173..=0x1_D17A | 0xE_0000..=0xE_0FFF
    )
}

/// Between UTF-8 and UTF-16 malformed input is an error; elsewhere it is replaced.
fn refuses(from: Encoding, to: Encoding) -> bool {
    matches!((from, to), (Encoding::Utf8, Encoding::Utf16Le) | (Encoding::Utf16Le, Encoding::Utf8))
}

fn is_well_formed(bytes: &[u8], encoding: Encoding) -> bool {
    match encoding {
        Encoding::Utf8 => simdutf8::basic::from_utf8(bytes).is_ok(),
        // An odd byte at the end is left out, unless it is all there is.
        _ => bytes.len() > 1 && char::decode_utf16(units(bytes)).all(|character| character.is_ok()),
    }
}

/// UTF-16 whose lone surrogates, and a lone byte at its end, are U+FFFD. Half a pair and such a byte are one character cut short.
fn replaced(bytes: &[u8]) -> Vec<u8> {
    let whole = char::decode_utf16(units(bytes)).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER));
    let cut_in_pair = units(bytes).last().is_some_and(|unit| unit & 0xFC00 == 0xD800);
    let rest = (bytes.len() % 2 == 1 && !cut_in_pair).then_some(char::REPLACEMENT_CHARACTER);
    let text: String = whole.chain(rest).collect();
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

fn units(bytes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
}

/// An error of ICU.
fn refusal(code: &str, number: i32, cx: &mut Context) -> JsResult<JsError> {
    let error = errors::plain(Base::Error, format!("Unable to transcode Buffer [{code}]")).into_opaque(cx)?;
    if let Some(object) = error.as_object() {
        object.create_data_property_or_throw(js_string!("code"), js_string!(code), cx)?;
        object.create_data_property_or_throw(js_string!("errno"), number, cx)?;
    }
    Ok(JsError::from_opaque(error))
}

/// `buffer.isUtf8(input)`
pub(super) fn is_utf8(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    examine(args.get_or_undefined(0), |bytes| simdutf8::basic::from_utf8(bytes).is_ok(), cx)
}

/// `buffer.isAscii(input)`
pub(super) fn is_ascii(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    examine(args.get_or_undefined(0), <[u8]>::is_ascii, cx)
}

fn examine(input: &JsValue, test: fn(&[u8]) -> bool, cx: &mut Context) -> JsResult<JsValue> {
    let Some(range) = range_of(input).filter(|_| kind_of(input).is_some() || is_any_array_buffer(input)) else {
        return Err(errors::invalid_arg_type("input", "ArrayBuffer|Buffer|TypedArray", input, cx));
    };
    let detached = range.array_buffer().is_some_and(|buffer| buffer.data().is_none());
    if detached {
        return Err(errors::coded(Base::Error, "ERR_INVALID_STATE", "Cannot validate on a detached buffer", cx));
    }
    Ok(range.read(test).into())
}
