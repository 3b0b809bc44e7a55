//! `indexOf`, `lastIndexOf`, `includes`.

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue};
use coil_engine::errors;

use super::{
    bytes::{is_uint8_array, is_view, range_of},
    encoding::{Encoding, encode},
};

pub(super) fn index_of(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(find(this, args, true, cx)?.map_or(JsValue::from(-1), JsValue::from))
}

pub(super) fn last_index_of(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(find(this, args, false, cx)?.map_or(JsValue::from(-1), JsValue::from))
}

pub(super) fn includes(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(find(this, args, true, cx)?.is_some().into())
}

/// The first place of `value` at or behind the offset, or the last one at or before it.
fn find(this: &JsValue, args: &[JsValue], forward: bool, cx: &mut Context) -> JsResult<Option<usize>> {
    let Some(range) = range_of(this).filter(|_| is_view(this)) else {
        return Err(errors::invalid_arg_type("buffer", "Buffer|TypedArray|DataView", this, cx));
    };
    let [value, mut offset, mut encoding] = [0, 1, 2].map(|index| args.get_or_undefined(index).clone());
    if offset.is_string() {
        encoding = std::mem::take(&mut offset);
    }
    let len = range.byte_length;
    let offset = offset.to_number(cx)?;
    let offset = if offset.is_nan() { if forward { 0 } else { len as i64 } } else { offset.clamp(f64::from(i32::MIN), f64::from(i32::MAX)) as i64 };

    if let Some(number) = value.as_number() {
        let byte = JsValue::from(number).to_u32(cx)? as u8;
        return Ok(range.read(|bytes| {
            let start = start_at(len, offset, 1, forward)?;
            if forward { memchr::memchr(byte, bytes.get(start..)?).map(|found| found + start) } else { memchr::memrchr(byte, bytes.get(..=start)?) }
        }));
    }
    let label = if encoding.is_undefined() { None } else { Some(encoding.to_string(cx)?) };
    let parsed = label.as_ref().map_or(Some(Encoding::Utf8), Encoding::of);
    let needle = if let Some(text) = value.as_string() {
        let Some(parsed) = parsed else {
            return Err(errors::unknown_encoding(&label.unwrap_or_default().to_std_string_lossy(), cx));
        };
        needle_of(&text, parsed)
    } else if is_uint8_array(&value) {
        super::bytes::bytes_of(&value).unwrap_or_default()
    } else {
        return Err(errors::invalid_arg_type("value", "number|string|Buffer|Uint8Array", &value, cx));
    };
    let unit = if parsed == Some(Encoding::Utf16Le) { 2 } else { 1 };
    // Text is looked for in whole units; bytes, where there are none to look for, lie behind half a unit too.
    let is_text = value.is_string();
    Ok(range.read(|bytes| find_bytes(if is_text { whole_units(bytes, unit) } else { bytes }, &needle, offset, unit, forward)))
}

fn needle_of(text: &JsString, encoding: Encoding) -> Vec<u8> {
    encode(text.as_str(), encoding)
}

fn whole_units(bytes: &[u8], unit: usize) -> &[u8] {
    &bytes[..bytes.len() / unit * unit]
}

/// Finds `needle` at a multiple of `unit`.
fn find_bytes(bytes: &[u8], needle: &[u8], offset: i64, unit: usize, forward: bool) -> Option<usize> {
    if needle.is_empty() {
        return start_at(bytes.len(), offset, 0, forward);
    }
    let bytes = whole_units(bytes, unit);
    let start = start_at(bytes.len(), offset, needle.len(), forward)?;
    if needle.len() > bytes.len() || needle.len() < unit || (forward && start + needle.len() > bytes.len()) {
        return None;
    }
    let start = start / unit * unit;
    let needle = &needle[..needle.len() / unit * unit];
    if forward {
        let finder = memchr::memmem::Finder::new(needle);
        let mut from = start;
        loop {
            let found = finder.find(&bytes[from..])? + from;
            if found.is_multiple_of(unit) {
                return Some(found);
            }
            from = found + 1;
        }
    }
    let finder = memchr::memmem::FinderRev::new(needle);
    let mut to = start.min(bytes.len() - needle.len()) + needle.len();
    loop {
        let found = finder.rfind(&bytes[..to])?;
        if found % unit == 0 {
            return Some(found);
        }
        to = found + needle.len() - 1;
    }
}

/// Where a search begins; negative offsets count from the end.
fn start_at(len: usize, offset: i64, needle: usize, forward: bool) -> Option<usize> {
    let len_signed = len as i64;
    if offset < 0 {
        return match len_signed + offset {
            start if start >= 0 => Some(start as usize),
            _ if forward || needle == 0 => Some(0),
            _ => None,
        };
    }
    if offset + needle as i64 <= len_signed {
        Some(offset as usize)
    } else if needle == 0 {
        Some(len)
    } else if forward {
        None
    } else {
        len.checked_sub(1)
    }
}
