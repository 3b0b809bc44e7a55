//! `Uint8Array`'s base64 and hexadecimal: `fromBase64`, `fromHex`, `toBase64`, `toHex`, `setFromBase64`, `setFromHex`,
//! <https://tc39.es/ecma262/#sec-uint8array.frombase64>.

use crate::{
    Context, JsArgs, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::{
        BuiltInBuilder,
        typed_array::{TypedArray, TypedArrayKind},
    },
    bytes::{self, ByteRange},
    js_string, limits,
    native_function::NativeFunctionPointer,
    object::ObjectInitializer,
    property::{Attribute, PropertyDescriptor},
    realm::Realm,
};

/// Furnishes `Uint8Array` of a new realm.
pub(crate) fn init(realm: &Realm) {
    let constructor = realm.intrinsics().constructors().typed_uint8_array();
    furnish(&constructor.constructor(), STATICS, realm);
    furnish(&constructor.prototype(), METHODS, realm);
}

fn furnish(object: &JsObject, rows: &[(&str, usize, NativeFunctionPointer)], realm: &Realm) {
    for (name, length, function) in rows {
        let function = BuiltInBuilder::callable(realm, *function).name(js_string!(*name)).length(*length).build();
        object.insert(js_string!(*name), PropertyDescriptor::builder().value(function).writable(true).enumerable(false).configurable(true));
    }
}

const STATICS: &[(&str, usize, NativeFunctionPointer)] = &[("fromBase64", 1, from_base64), ("fromHex", 1, from_hex)];
const METHODS: &[(&str, usize, NativeFunctionPointer)] =
    &[("toBase64", 0, to_base64), ("setFromBase64", 1, set_from_base64), ("toHex", 0, to_hex), ("setFromHex", 1, set_from_hex)];

/// What was decoded, how much of the text was read, and what is wrong with the rest.
struct Decoded {
    bytes: Vec<u8>,
    read: usize,
    problem: Option<&'static str>,
}

fn from_base64(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = text(args)?;
    let options = Options::read(args, context)?;
    let decoded = decode_base64(&text, &options, usize::MAX)?;
    array(decoded, context)
}

fn from_hex(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let decoded = decode_hex(&text(args)?, usize::MAX)?;
    array(decoded, context)
}

fn array(decoded: Decoded, context: &mut Context) -> JsResult<JsValue> {
    match decoded.problem {
        Some(problem) => Err(syntax_error(problem)),
        None => Ok(bytes::uint8_array(bytes::copied(&decoded.bytes), None, context)?.into()),
    }
}

fn set_from_base64(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, "setFromBase64")?;
    let text = text(args)?;
    let options = Options::read(args, context)?;
    let range = attached(&object, "setFromBase64")?;
    let decoded = decode_base64(&text, &options, range.byte_length)?;
    set(&range, &decoded, context)
}

fn set_from_hex(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, "setFromHex")?;
    let text = text(args)?;
    let range = attached(&object, "setFromHex")?;
    let decoded = decode_hex(&text, range.byte_length)?;
    set(&range, &decoded, context)
}

/// Writes what was decoded, also of a text that goes wrong later.
fn set(range: &ByteRange, decoded: &Decoded, context: &mut Context) -> JsResult<JsValue> {
    range.write(|target| target[..decoded.bytes.len()].copy_from_slice(&decoded.bytes));
    if let Some(problem) = decoded.problem {
        return Err(syntax_error(problem));
    }
    let result = ObjectInitializer::new(context)
        .property(js_string!("read"), decoded.read, Attribute::all())
        .property(js_string!("written"), decoded.bytes.len(), Attribute::all())
        .build();
    Ok(result.into())
}

fn to_base64(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, "toBase64")?;
    let (mut url, mut pads) = (false, true);
    if let Some(options) = options_object(args.get_or_undefined(0))? {
        url = option(&options, "alphabet", &["base64", "base64url"], context)? == 1;
        pads = !options.get(js_string!("omitPadding"), context)?.to_boolean();
    }
    let range = attached(&object, "toBase64")?;
    limits::reserve(range.byte_length as u64 * 4 / 3)?;
    let digits = if url { URL_DIGITS } else { DIGITS };
    let text = range.read(|bytes| {
        let mut text = Vec::with_capacity(bytes.len().div_ceil(3) * 4);
        for chunk in bytes.chunks(3) {
            let bits = chunk.iter().chain(&[0; 3]).take(3).fold(0, |bits, byte| bits << 8 | usize::from(*byte));
            let filled = chunk.len() + 1;
            text.extend((0..filled).map(|at| digits[bits >> (18 - 6 * at) & 63]));
            if pads {
                text.extend((filled..4).map(|_| b'='));
            }
        }
        text
    });
    latin1(&text)
}

fn to_hex(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let range = attached(&receiver(this, "toHex")?, "toHex")?;
    limits::reserve(range.byte_length as u64 * 2)?;
    let text: Vec<u8> = range.read(|bytes| bytes.iter().flat_map(|byte| [HEX_DIGITS[usize::from(byte >> 4)], HEX_DIGITS[usize::from(byte & 15)]]).collect());
    latin1(&text)
}

fn latin1(text: &[u8]) -> JsResult<JsValue> {
    if text.len() > crate::text::LENGTH_MAX {
        return Err(crate::long_text::too_long());
    }
    Ok(JsString::from(crate::string::JsStr::latin1(text)).into())
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const HEX_DIGITS: &[u8; 16] = b"0123456789abcdef";

fn syntax_error(problem: &'static str) -> JsError {
    JsNativeError::syntax().with_message(problem).into()
}

/// The text, as it was given: nothing else is made a string.
fn text(args: &[JsValue]) -> JsResult<JsString> {
    args.get_or_undefined(0).as_string().ok_or_else(|| JsNativeError::typ().with_message("input argument must be a string").into())
}

fn receiver(this: &JsValue, method: &str) -> JsResult<JsObject> {
    let object = this.as_object().filter(|object| object.downcast_ref::<TypedArray>().is_some_and(|array| array.kind() == TypedArrayKind::Uint8));
    object.ok_or_else(|| {
        let message = format!("Method Uint8Array.prototype.{method} called on incompatible receiver {}", crate::words::of_value(this));
        JsNativeError::typ().with_message(message).into()
    })
}

/// Where the bytes are, after all code of options has run.
fn attached(object: &JsObject, method: &str) -> JsResult<ByteRange> {
    let is_there = object.downcast_ref::<TypedArray>().is_some_and(|array| {
        let buffer = array.viewed_array_buffer().as_buffer();
        buffer.bytes(std::sync::atomic::Ordering::SeqCst).is_some_and(|bytes| !array.is_out_of_bounds(bytes.len()))
    });
    match ByteRange::of(object).filter(|_| is_there) {
        Some(range) => Ok(range),
        None => Err(JsNativeError::typ().with_message(format!("Cannot perform Uint8Array.prototype.{method} on a detached ArrayBuffer")).into()),
    }
}

fn options_object(value: &JsValue) -> JsResult<Option<JsObject>> {
    match value.as_object() {
        None if !value.is_undefined() => Err(JsNativeError::typ().with_message("invalid_argument").into()),
        object => Ok(object),
    }
}

/// Which of the words an option is; the first where it is not given.
fn option(options: &JsObject, name: &str, words: &[&str], context: &mut Context) -> JsResult<usize> {
    let value = options.get(js_string!(name), context)?;
    if value.is_undefined() {
        return Ok(0);
    }
    let found = value.as_string().and_then(|value| words.iter().position(|word| value == *word));
    found.ok_or_else(|| JsNativeError::typ().with_message(format!("invalid option {}", crate::words::of_value(&value))).into())
}

#[derive(Default)]
struct Options {
    url: bool,
    strict: bool,
    stops_before_partial: bool,
}

impl Options {
    fn read(args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        let Some(object) = options_object(args.get_or_undefined(1))? else { return Ok(Self::default()) };
        let url = option(&object, "alphabet", &["base64", "base64url"], context)? == 1;
        let last = option(&object, "lastChunkHandling", &["loose", "strict", "stop-before-partial"], context)?;
        Ok(Self { url, strict: last == 1, stops_before_partial: last == 2 })
    }

    fn digit(&self, unit: u16) -> Option<u32> {
        let byte = u8::try_from(unit).ok()?;
        Some(u32::from(match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' if !self.url => 62,
            b'/' if !self.url => 63,
            b'-' if self.url => 62,
            b'_' if self.url => 63,
            _ => return None,
        }))
    }
}

const ODD_CHARACTER: &str = "Found a character that cannot be part of a valid base64 string.";
const INCOMPLETE: &str = "The base64 input terminates with a single character, excluding padding (=).";
const ODD_HEX: &str = "Input string must contain hex characters in even length";

/// <https://tc39.es/ecma262/#sec-frombase64>
fn decode_base64(text: &JsString, options: &Options, most: usize) -> JsResult<Decoded> {
    limits::reserve(text.len() as u64 * 3 / 4)?;
    let mut decoded = Decoded { bytes: Vec::new(), read: 0, problem: None };
    if most == 0 {
        return Ok(decoded);
    }
    let units = text.as_str();
    // The digits of the chunk that is being read.
    let (mut chunk, mut digits) = (0_u32, 0_usize);
    let mut at = 0;
    loop {
        at = skip_spaces(text, at);
        if at == units.len() {
            if digits > 0 {
                if options.stops_before_partial {
                    return Ok(decoded);
                }
                if options.strict || digits == 1 {
                    return Ok(wrong(decoded, INCOMPLETE));
                }
                put(&mut decoded.bytes, chunk, digits);
            }
            decoded.read = units.len();
            return Ok(decoded);
        }
        let unit = units.get(at).unwrap_or(0);
        at += 1;
        if unit == u16::from(b'=') {
            if digits < 2 {
                return Ok(wrong(decoded, INCOMPLETE));
            }
            at = skip_spaces(text, at);
            if digits == 2 {
                if at == units.len() {
                    return Ok(if options.stops_before_partial { decoded } else { wrong(decoded, INCOMPLETE) });
                }
                if units.get(at) == Some(u16::from(b'=')) {
                    at = skip_spaces(text, at + 1);
                }
            }
            if at < units.len() {
                return Ok(wrong(decoded, ODD_CHARACTER));
            }
            let spare = if digits == 2 { chunk & 15 } else { chunk & 3 };
            if options.strict && spare != 0 {
                return Ok(wrong(decoded, ODD_CHARACTER));
            }
            put(&mut decoded.bytes, chunk, digits);
            decoded.read = units.len();
            return Ok(decoded);
        }
        let Some(digit) = options.digit(unit) else { return Ok(wrong(decoded, ODD_CHARACTER)) };
        let room = most - decoded.bytes.len();
        if (room == 1 && digits == 2) || (room == 2 && digits == 3) {
            return Ok(decoded);
        }
        chunk = chunk << 6 | digit;
        digits += 1;
        if digits == 4 {
            put(&mut decoded.bytes, chunk, 4);
            (chunk, digits) = (0, 0);
            decoded.read = at;
            if decoded.bytes.len() == most {
                return Ok(decoded);
            }
        }
    }
}

fn wrong(decoded: Decoded, problem: &'static str) -> Decoded {
    Decoded { problem: Some(problem), ..decoded }
}

/// The bytes of two to four digits.
fn put(bytes: &mut Vec<u8>, chunk: u32, digits: usize) {
    let [_, whole @ ..] = (chunk << (6 * (4 - digits))).to_be_bytes();
    bytes.extend_from_slice(&whole[..digits - 1]);
}

fn skip_spaces(text: &JsString, mut at: usize) -> usize {
    while text.as_str().get(at).is_some_and(|unit: u16| matches!(unit, 0x09 | 0x0A | 0x0C | 0x0D | 0x20)) {
        at += 1;
    }
    at
}

/// <https://tc39.es/ecma262/#sec-fromhex>
fn decode_hex(text: &JsString, most: usize) -> JsResult<Decoded> {
    let mut decoded = Decoded { bytes: Vec::new(), read: 0, problem: None };
    if text.len() % 2 != 0 {
        return Ok(wrong(decoded, ODD_HEX));
    }
    limits::reserve(text.len() as u64 / 2)?;
    let units = text.as_str();
    let digit = |at| units.get(at).and_then(|unit: u16| char::from_u32(unit.into())?.to_digit(16));
    while decoded.read < units.len() && decoded.bytes.len() < most {
        let (Some(high), Some(low)) = (digit(decoded.read), digit(decoded.read + 1)) else { return Ok(wrong(decoded, ODD_HEX)) };
        decoded.bytes.push((high << 4 | low) as u8);
        decoded.read += 2;
    }
    Ok(decoded)
}
