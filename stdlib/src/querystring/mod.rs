//! `node:querystring`: `a=1&b=2`, forgiving in what it reads.
//!
//! Differs from Node: nothing known.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
    property::PropertyKey,
};
use coil_engine::{
    Host, errors,
    table::{self, Export, NativeModule, instantiate},
};

use crate::{
    buffer::{self, Encoding, from_units},
    path::units::{Unit, over_units},
};

/// `require('querystring')`
pub static MODULE: NativeModule = NativeModule {
    name: "querystring",
    exports: &[
        Export::function("unescapeBuffer", 2, unescape_buffer),
        Export::build("unescape", |cx| Ok(originals(cx).unescape.into())),
        Export::build("escape", |cx| Ok(originals(cx).escape.into())),
        Export::function("stringify", 4, stringify),
        Export::alias("encode", "stringify"),
        Export::function("parse", 4, parse),
        Export::alias("decode", "parse"),
    ],
};

/// The functions that a program may replace, to know whether it has.
#[derive(Clone)]
struct Originals {
    escape: JsFunction,
    unescape: JsFunction,
}

#[derive(Default)]
struct State(std::cell::OnceCell<Originals>);

fn originals(cx: &mut Context) -> Originals {
    let state = Host::of(cx).state::<State>();
    let made = || Originals { escape: table::function(escape, js_string!("qsEscape"), 1, cx), unescape: table::function(unescape, js_string!("qsUnescape"), 2, cx) };
    state.0.get_or_init(made).clone()
}

/// A function of ours, or the one that options or the module's property put in its place.
enum Coder {
    Native,
    Custom(JsFunction),
}

fn coder(options: &JsValue, option: &'static str, property: &'static str, native: &JsFunction, cx: &mut Context) -> JsResult<Coder> {
    if let Some(options) = options.as_object()
        && let Some(given) = options.get(js_string!(option), cx)?.as_function()
    {
        return Ok(if JsObject::equals(&given, native) { Coder::Native } else { Coder::Custom(given) });
    }
    let current = instantiate(&MODULE, cx)?.get(js_string!(property), cx)?;
    match current.as_function() {
        Some(current) if JsObject::equals(&current, native) => Ok(Coder::Native),
        Some(current) => Ok(Coder::Custom(current)),
        None => Err(errors::plain(errors::Base::Type, format!("QueryString.{property} is not a function"))),
    }
}

// From text to an object.

/// `querystring.parse(str[, sep[, eq[, options]]])`
fn parse(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_null_proto();
    let Some(text) = args.get_or_undefined(0).as_string().filter(|text| !text.is_empty()) else { return Ok(object.into()) };
    let separator = delimiter(args.get_or_undefined(1), "&", cx)?;
    let equals = delimiter(args.get_or_undefined(2), "=", cx)?;
    let options = args.get_or_undefined(3);
    let mut pairs = PAIRS_MAX;
    if let Some(options) = options.as_object()
        && let Some(max) = options.get(js_string!("maxKeys"), cx)?.as_number()
    {
        pairs = if max > 0.0 { max } else { f64::INFINITY };
    }
    let native = originals(cx).unescape;
    let decode = coder(options, "decodeURIComponent", "unescape", &native, cx)?;
    over_units!(text, units => parse_units(units, &separator, &equals, pairs, &decode, &object, cx))?;
    Ok(object.into())
}

/// The pairs of a text without options: what `url.parse` makes of a query.
pub(crate) fn parse_text(text: &JsString, cx: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::with_null_proto();
    let native = originals(cx).unescape;
    let decode = coder(&JsValue::undefined(), "decodeURIComponent", "unescape", &native, cx)?;
    over_units!(text, units => parse_units(units, &[b'&'.into()], &[b'='.into()], PAIRS_MAX, &decode, &object, cx))?;
    Ok(object)
}

/// How many pairs are looked at, unless `maxKeys` says otherwise.
const PAIRS_MAX: f64 = 1000.0;

fn delimiter(value: &JsValue, default: &'static str, cx: &mut Context) -> JsResult<Vec<u16>> {
    if value.to_boolean() { Ok(value.to_string(cx)?.to_vec()) } else { Ok(default.encode_utf16().collect()) }
}

fn parse_units<U: Unit>(units: &[U], separator: &[u16], equals: &[u16], mut pairs: f64, decode: &Coder, object: &JsObject, cx: &mut Context) -> JsResult<()> {
    let mut rest = units;
    loop {
        let (middle, end) = if separator.len() == 1 && equals.len() == 1 { find_marks(rest, separator[0], equals[0]) } else { match_marks(rest, separator, equals) };
        let pair = &rest[..end.unwrap_or(rest.len())];
        if !pair.is_empty() {
            let key = decoded(&pair[..middle.unwrap_or(pair.len())], decode, cx)?;
            let value = match middle {
                Some(middle) => decoded(&pair[middle + equals.len()..], decode, cx)?,
                None => JsString::default().into(),
            };
            add(object, &key, value, cx)?;
        }
        let Some(end) = end else { return Ok(()) };
        pairs -= 1.0;
        if pairs == 0.0 {
            return Ok(());
        }
        rest = &rest[end + separator.len()..];
    }
}

/// Where the sign of a pair and the separator after it are, each of one unit.
fn find_marks<U: Unit>(units: &[U], separator: u16, equals: u16) -> (Option<usize>, Option<usize>) {
    let end = units.iter().position(|unit| (*unit).into() == separator);
    let pair = &units[..end.unwrap_or(units.len())];
    (pair.iter().position(|unit| (*unit).into() == equals), end)
}

/// The same for marks of any length, each unit looked at once: what turns out to begin no mark is not tried again, and no unit of a
/// separator can be one of a sign.
fn match_marks<U: Unit>(units: &[U], separator: &[u16], equals: &[u16]) -> (Option<usize>, Option<usize>) {
    // Without a sign for it there is no key: all is value.
    let mut middle = equals.is_empty().then_some(0);
    let (mut of_separator, mut of_equals) = (0, 0);
    for (index, unit) in units.iter().enumerate() {
        let unit = Some((*unit).into());
        if unit == separator.get(of_separator).copied() {
            of_separator += 1;
            if of_separator == separator.len() {
                return (middle, Some(index + 1 - separator.len()));
            }
            continue;
        }
        of_separator = 0;
        if middle.is_some() {
            continue;
        }
        of_equals = if unit == equals.get(of_equals).copied() { of_equals + 1 } else { 0 };
        if of_equals == equals.len() {
            middle = Some(index + 1 - equals.len());
        }
    }
    (middle, None)
}

/// A key or a value: `+` means a space, escapes are decoded where there are any.
fn decoded<U: Unit>(units: &[U], decode: &Coder, cx: &mut Context) -> JsResult<JsValue> {
    let plus = U::from(b'+');
    let spaced: Vec<U>;
    let mut units = units;
    if units.contains(&plus) {
        let space: &[u8] = if matches!(decode, Coder::Native) { b" " } else { b"%20" };
        spaced = units.iter().flat_map(|unit| if *unit == plus { space.iter().map(|byte| U::from(*byte)).collect() } else { vec![*unit] }).collect();
        units = &spaced;
    }
    match decode {
        _ if units.is_empty() => Ok(JsString::default().into()),
        Coder::Native if has_escape(units) => Ok(unescape_units(units).into()),
        Coder::Native => Ok(U::text(units).into()),
        Coder::Custom(decode) => {
            let text: JsValue = U::text(units).into();
            match decode.call(&JsValue::undefined(), std::slice::from_ref(&text), cx) {
                Ok(value) => Ok(value),
                // Node then asks the module's own function, which may have been replaced too.
                Err(_) => {
                    let fallback = instantiate(&MODULE, cx)?.get(js_string!("unescape"), cx)?;
                    match fallback.as_function() {
                        Some(fallback) => fallback.call(&JsValue::undefined(), &[text, true.into()], cx),
                        None => Err(errors::plain(errors::Base::Type, "QueryString.unescape is not a function")),
                    }
                }
            }
        }
    }
}

/// Adds a value under a key; a second one makes an array.
fn add(object: &JsObject, key: &JsValue, value: JsValue, cx: &mut Context) -> JsResult<()> {
    let key: PropertyKey = key.to_property_key(cx)?;
    let current = object.get(key.clone(), cx)?;
    if current.is_undefined() {
        object.create_data_property_or_throw(key, value, cx)?;
    } else if let Some(array) = current.as_object().and_then(|current| JsArray::from_object(current).ok()) {
        array.append(vec![value], cx)?;
    } else {
        let array = JsArray::from_iter([current, value], cx);
        object.create_data_property_or_throw(key, array, cx)?;
    }
    Ok(())
}

/// Whether there is a `%` with two hex digits behind it.
fn has_escape<U: Unit>(units: &[U]) -> bool {
    units.windows(3).any(|window| window[0] == U::from(b'%') && digit(window[1]).is_some() && digit(window[2]).is_some())
}

fn digit<U: Unit>(unit: U) -> Option<u8> {
    char::from_u32(u32::from(unit.into()))?.to_digit(16).map(|digit| digit as u8)
}

/// The byte that an escape at `at` stands for.
fn escape_at<U: Unit>(units: &[U], at: usize) -> Option<u8> {
    if *units.get(at)? != U::from(b'%') {
        return None;
    }
    Some(digit(*units.get(at + 1)?)? << 4 | digit(*units.get(at + 2)?)?)
}

/// `querystring.unescape(str)`: as decodeURIComponent, and where that throws as [`unescape_bytes`].
fn unescape(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(cx)?;
    let spaces = args.get_or_undefined(1).to_boolean();
    Ok(over_units!(text, units => match unescape_strictly(units) {
        Some(decoded) => decoded,
        None => buffer::decode(&unescape_bytes(units, spaces), Encoding::Utf8),
    })
    .into())
}

fn unescape_units<U: Unit>(units: &[U]) -> JsString {
    unescape_strictly(units).unwrap_or_else(|| buffer::decode(&unescape_bytes(units, false), Encoding::Utf8))
}

/// decodeURIComponent; `None` where it throws.
fn unescape_strictly<U: Unit>(units: &[U]) -> Option<JsString> {
    let percent = U::from(b'%');
    let mut out: Vec<u16> = Vec::with_capacity(units.len());
    let mut run = Vec::new();
    let mut at = 0;
    while at < units.len() {
        if units[at] != percent {
            out.push(units[at].into());
            at += 1;
            continue;
        }
        // Escapes that stand together must be UTF-8 together.
        run.clear();
        while at < units.len() && units[at] == percent {
            run.push(escape_at(units, at)?);
            at += 3;
        }
        out.extend(std::str::from_utf8(&run).ok()?.encode_utf16());
    }
    Some(from_units(&out))
}

/// Decodes what escapes there are, and takes the low byte of all else.
fn unescape_bytes<U: Unit>(units: &[U], spaces: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(units.len());
    let mut at = 0;
    while at < units.len() {
        if let Some(byte) = escape_at(units, at) {
            out.push(byte);
            at += 3;
            continue;
        }
        let unit: u16 = units[at].into();
        out.push(if spaces && unit == u16::from(b'+') { b' ' } else { unit as u8 });
        at += 1;
    }
    out
}

/// `querystring.unescapeBuffer(str, decodeSpaces)`
fn unescape_buffer(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(cx)?;
    let spaces = args.get_or_undefined(1).to_boolean();
    let bytes = over_units!(text, units => unescape_bytes(units, spaces));
    Ok(buffer::from_vec(bytes, cx)?.into())
}

// From an object to text.

/// `querystring.stringify(obj[, sep[, eq[, options]]])`
fn stringify(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object().filter(|object| !object.is_callable()) else {
        return Ok(JsString::default().into());
    };
    let separator = js_string!(&*delimiter(args.get_or_undefined(1), "&", cx)?);
    let equals = js_string!(&*delimiter(args.get_or_undefined(2), "=", cx)?);
    let native = originals(cx).escape;
    let encode = coder(args.get_or_undefined(3), "encodeURIComponent", "escape", &native, cx)?;
    Ok(join_pairs(&object, &separator, &equals, &encode, cx)?.into())
}

/// The text of an object's pairs without options: what `url.format` makes of a query.
pub(crate) fn stringify_object(object: &JsObject, cx: &mut Context) -> JsResult<JsString> {
    let native = originals(cx).escape;
    let encode = coder(&JsValue::undefined(), "encodeURIComponent", "escape", &native, cx)?;
    join_pairs(object, &js_string!("&"), &js_string!("="), &encode, cx)
}

fn join_pairs(object: &JsObject, separator: &JsString, equals: &JsString, encode: &Coder, cx: &mut Context) -> JsResult<JsString> {
    let mut pieces: Vec<JsString> = Vec::new();
    for key in object.own_property_keys(cx)? {
        if matches!(key, PropertyKey::Symbol(_)) {
            continue;
        }
        if object.own_property(&key, cx)?.is_none_or(|property| property.enumerable() != Some(true)) {
            continue;
        }
        let value = object.get(key.clone(), cx)?;
        let key: JsValue = key.into();
        let key = encoded(&key.to_string(cx)?.into(), encode, cx)?;
        let values = match value.as_object().filter(JsObject::is_array) {
            Some(array) => {
                let length = array.get(js_string!("length"), cx)?.to_length(cx)?;
                (0..length).map(|index| array.get(index, cx)).collect::<JsResult<Vec<_>>>()?
            }
            None => vec![value],
        };
        for value in values {
            if !pieces.is_empty() {
                pieces.push(separator.clone());
            }
            let value = encoded(&value, encode, cx)?;
            pieces.extend([key.clone(), equals.clone(), value]);
        }
    }
    Ok(JsString::from(pieces.as_slice()))
}

/// A key or value as it stands in the text: strings, finite numbers, BigInts, booleans; anything else is empty.
fn encoded(value: &JsValue, encode: &Coder, cx: &mut Context) -> JsResult<JsString> {
    let finite = value.as_number().is_some_and(f64::is_finite);
    let shown = value.is_string() || finite || value.is_bigint() || value.is_boolean();
    let text = if shown { value.to_string(cx)? } else { JsString::default() };
    match encode {
        Coder::Custom(encode) => encode.call(&JsValue::undefined(), &[text.into()], cx)?.to_string(cx),
        // Only numbers of 1e21 and more have something to escape, their plus sign.
        Coder::Native => escape_text(&text, cx),
    }
}

/// `querystring.escape(str)`
fn escape(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = args.get_or_undefined(0).to_string(cx)?;
    Ok(escape_text(&text, cx)?.into())
}

fn escape_text(text: &JsString, cx: &mut Context) -> JsResult<JsString> {
    let escaped = over_units!(text, units => escape_units(units));
    match escaped {
        Some(escaped) if escaped.len() == text.len() => Ok(text.clone()),
        Some(escaped) => Ok(u8::text(&escaped)),
        None => Err(errors::invalid_uri(cx)),
    }
}

/// Percent-encoded UTF-8; `None` where the text ends in half a surrogate pair.
fn escape_units<U: Unit>(units: &[U]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(units.len());
    let mut units = units.iter().copied();
    while let Some(unit) = units.next() {
        let unit: u16 = unit.into();
        if let Ok(byte) = u8::try_from(unit)
            && is_plain(byte)
        {
            out.push(byte);
            continue;
        }
        let mut code = u32::from(unit);
        if unit & 0xF800 == 0xD800 {
            // Node pairs any surrogate with whatever follows.
            let next: u16 = units.next()?.into();
            code = 0x1_0000 + ((code & 0x3FF) << 10 | u32::from(next & 0x3FF));
        }
        let mut encoded = [0; 4];
        let encoded = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER).encode_utf8(&mut encoded);
        for byte in encoded.bytes() {
            out.extend([b'%', HEX[usize::from(byte >> 4)], HEX[usize::from(byte & 15)]]);
        }
    }
    Some(out)
}

const fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'!' | b'-' | b'.' | b'_' | b'~' | b'\'' | b'(' | b')' | b'*')
}

const HEX: &[u8; 16] = b"0123456789ABCDEF";

#[cfg(test)]
mod properties;
