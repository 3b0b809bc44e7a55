//! Buffers and strings: `toString`, `write`, and the `utf8Slice` and `utf8Write` families under them.

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, bytes::ByteRange};
use coil_engine::{errors, validate};

use super::{
    bytes::{STRING_LENGTH_MAX, bytes_to_string},
    encoding::{Encoding, decode, decoded_length_max, encode_into},
    this_range,
};

/// `buf.toString([encoding[, start[, end]]])`
pub(super) fn to_string(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let range = this_range(this, cx)?;
    let len = range.byte_length;
    let start = clamp(args.get_or_undefined(1), 0, len, cx)?;
    let end = clamp(args.get_or_undefined(2), len, len, cx)?;
    // Node looks at the range first: an unknown encoding goes unnoticed where there is nothing to decode.
    if end <= start {
        return Ok(JsString::default().into());
    }
    let encoding = encoding_argument(args.get_or_undefined(0), cx)?;
    slice_text(&range, start, end, encoding, cx)
}

/// `toString`'s bounds: numbers beyond the buffer mean its ends, what is no number means 0.
fn clamp(value: &JsValue, default: usize, len: usize, cx: &mut Context) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(default);
    }
    let number = value.to_number(cx)?;
    Ok(if number >= len as f64 { len } else { number.max(0.0) as usize })
}

/// The encoding that an optional argument names; UTF-8 when it is undefined.
pub(super) fn encoding_argument(value: &JsValue, cx: &mut Context) -> JsResult<Encoding> {
    if value.is_undefined() {
        return Ok(Encoding::Utf8);
    }
    let label = match value.as_string() {
        Some(label) => label,
        None => value.to_string(cx)?,
    };
    Encoding::of(&label).ok_or_else(|| errors::unknown_encoding(&label.to_std_string_lossy(), cx))
}

fn slice_text(range: &ByteRange, start: usize, end: usize, encoding: Encoding, cx: &mut Context) -> JsResult<JsValue> {
    if decoded_length_max(end - start, encoding) <= STRING_LENGTH_MAX {
        return Ok(range.read(|bytes| decode(bytes.get(start..end).unwrap_or_default(), encoding)).into());
    }
    let bytes = range.read(|bytes| bytes.get(start..end).unwrap_or_default().to_vec());
    Ok(bytes_to_string(&bytes, encoding, cx)?.into())
}

/// `buf.write(string[, offset[, length]][, encoding])`
pub(super) fn write(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let range = this_range(this, cx)?;
    let len = range.byte_length;
    let string = args.get_or_undefined(0);
    let (offset, length) = (args.get_or_undefined(1), args.get_or_undefined(2));
    let mut encoding = args.get_or_undefined(3);
    let (mut start, mut room) = (0, len);
    if offset.is_undefined() {
        encoding = offset;
    } else if length.is_undefined() && offset.is_string() {
        encoding = offset;
    } else {
        start = validate::integer(offset, "offset", 0.0, len as f64, cx)? as usize;
        room = len - start;
        if length.is_string() {
            encoding = length;
        } else if !length.is_undefined() {
            room = room.min(validate::integer(length, "length", 0.0, len as f64, cx)? as usize);
        }
    }
    let encoding = if encoding.to_boolean() { encoding_argument(encoding, cx)? } else { Encoding::Utf8 };
    write_text(&range, string, start, room, encoding, cx)
}

fn write_text(range: &ByteRange, string: &JsValue, start: usize, room: usize, encoding: Encoding, cx: &mut Context) -> JsResult<JsValue> {
    let Some(text) = string.as_string() else {
        return Err(errors::coded(errors::Base::Type, "ERR_INVALID_ARG_TYPE", "argument must be a string", cx));
    };
    let written = range.write(|bytes| bytes.get_mut(start..start + room).map_or(0, |place| encode_into(text.as_str(), encoding, place)));
    Ok(JsValue::from(written))
}

/// `buf.utf8Slice(start, end)` and its sisters.
fn slice(this: &JsValue, args: &[JsValue], encoding: Encoding, cx: &mut Context) -> JsResult<JsValue> {
    let range = this_range(this, cx)?;
    let len = range.byte_length;
    if len == 0 {
        return Ok(JsString::default().into());
    }
    let start = array_index(args.get_or_undefined(0), 0, cx)?;
    let end = array_index(args.get_or_undefined(1), len, cx)?.max(start);
    if end > len {
        return Err(index_error(cx));
    }
    slice_text(&range, start, end, encoding, cx)
}

/// `buf.hexWrite(string, offset, length)` and its sisters. Those that Node wraps in JavaScript check their `bounds` there.
fn write_at(this: &JsValue, args: &[JsValue], encoding: Encoding, bounds: bool, cx: &mut Context) -> JsResult<JsValue> {
    let range = this_range(this, cx)?;
    let len = range.byte_length;
    let string = args.get_or_undefined(0);
    if bounds {
        for (index, name, max) in [(1, "offset", len as f64), (2, "length", len as f64)] {
            let value = args.get_or_undefined(index);
            let max = if index == 2 { max - args.get_or_undefined(1).to_number(cx).unwrap_or(0.0).max(0.0) } else { max };
            if !value.is_undefined() && !(0.0..=max).contains(&value.to_number(cx)?) {
                return Err(errors::buffer_out_of_bounds(Some(name), cx));
            }
        }
    }
    if !string.is_string() {
        return Err(errors::coded(errors::Base::Type, "ERR_INVALID_ARG_TYPE", "argument must be a string", cx));
    }
    let start = array_index(args.get_or_undefined(1), 0, cx)?;
    if start > len {
        return Err(errors::buffer_out_of_bounds(Some("offset"), cx));
    }
    let room = array_index(args.get_or_undefined(2), len - start, cx)?.min(len - start);
    write_text(&range, string, start, room, encoding, cx)
}

/// What Node's native code takes for an index: anything that converts to an integer of at least 0.
fn array_index(value: &JsValue, default: usize, cx: &mut Context) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(default);
    }
    let number = value.to_integer_or_infinity(cx)?.clamp_finite(-1, i64::MAX);
    usize::try_from(number).map_err(|_| index_error(cx))
}

fn index_error(cx: &mut Context) -> boa_engine::JsError {
    errors::coded(errors::Base::Range, "ERR_OUT_OF_RANGE", "Index out of range", cx)
}

macro_rules! slices {
    ($($name:ident $encoding:ident;)*) => { $(
        pub(super) fn $name(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            slice(this, args, Encoding::$encoding, cx)
        }
    )* };
}

slices! {
    ascii_slice Ascii;
    base64_slice Base64;
    base64url_slice Base64Url;
    latin1_slice Latin1;
    hex_slice Hex;
    ucs2_slice Utf16Le;
    utf8_slice Utf8;
}

macro_rules! writes {
    ($($name:ident $encoding:ident $bounds:literal;)*) => { $(
        pub(super) fn $name(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            write_at(this, args, Encoding::$encoding, $bounds, cx)
        }
    )* };
}

writes! {
    ascii_write Ascii true;
    base64_write Base64 false;
    base64url_write Base64Url false;
    latin1_write Latin1 true;
    hex_write Hex false;
    ucs2_write Utf16Le false;
    utf8_write Utf8 true;
}
