//! Whole ranges of a buffer: `copy`, `fill`, `compare`, `equals`, `slice`, `swap16` and kin.

use std::cmp::Ordering;

use boa_engine::{Context, JsArgs, JsNativeError, JsResult, JsValue, bytes::ByteRange, js_string};
use coil_engine::{errors, validate};

use super::{
    K_MAX_LENGTH,
    bytes::{self, is_uint8_array, is_view, range_of},
    encoding::{Encoding, encode_into},
    this_range,
};

/// `buf.equals(otherBuffer)`
pub(super) fn equals(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let other = args.get_or_undefined(0);
    let other_range = uint8_range(other, "otherBuffer", cx)?;
    let range = this_range(this, cx)?;
    Ok((range.byte_length == other_range.byte_length && compare_ranges(&range, &other_range) == Ordering::Equal).into())
}

/// `buf.compare(target[, targetStart[, targetEnd[, sourceStart[, sourceEnd]]]])`
pub(super) fn compare(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut target = uint8_range(args.get_or_undefined(0), "target", cx)?;
    let mut source = this_range(this, cx)?;
    if args.len() == 1 {
        return Ok(sign(compare_ranges(&source, &target)));
    }
    let mut bound = |index: usize, name: &str, default: usize, max: f64| -> JsResult<usize> {
        match args.get_or_undefined(index) {
            value if value.is_undefined() => Ok(default),
            value => validate::integer(value, name, 0.0, max, cx).map(|number| number.min(usize::MAX as f64) as usize),
        }
    };
    let target_start = bound(1, "targetStart", 0, K_MAX_LENGTH)?;
    let target_end = bound(2, "targetEnd", target.byte_length, target.byte_length as f64)?;
    let source_start = bound(3, "sourceStart", 0, K_MAX_LENGTH)?;
    let source_end = bound(4, "sourceEnd", source.byte_length, source.byte_length as f64)?;
    if source_start >= source_end {
        return Ok(JsValue::from(if target_start >= target_end { 0 } else { -1 }));
    }
    if target_start >= target_end {
        return Ok(JsValue::from(1));
    }
    source.byte_offset += source_start;
    source.byte_length = source_end - source_start;
    target.byte_offset += target_start;
    target.byte_length = target_end - target_start;
    Ok(sign(compare_ranges(&source, &target)))
}

/// `Buffer.compare(buf1, buf2)`
pub(super) fn compare_two(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let first = uint8_range(args.get_or_undefined(0), "buf1", cx)?;
    let second = uint8_range(args.get_or_undefined(1), "buf2", cx)?;
    Ok(sign(compare_ranges(&first, &second)))
}

fn compare_ranges(first: &ByteRange, second: &ByteRange) -> Ordering {
    first.read(|first| second.read(|second| first.cmp(second)))
}

fn sign(ordering: Ordering) -> JsValue {
    JsValue::from(ordering as i32)
}

/// `buf.copy(target[, targetStart[, sourceStart[, sourceEnd]]])`
pub(super) fn copy(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = view_range(this, "source", cx)?;
    let target = view_range(args.get_or_undefined(0), "target", cx)?;
    let source_len = source.byte_length as f64;
    let target_start = copy_bound(args.get_or_undefined(1), 0.0, cx)?;
    if target_start < 0.0 {
        return Err(errors::out_of_range("targetStart", ">= 0", &target_start.into(), cx));
    }
    let source_start = copy_bound(args.get_or_undefined(2), 0.0, cx)?;
    if source_start < 0.0 || source_start > source_len {
        let range = format!(">= 0 && <= {source_len}");
        return Err(errors::out_of_range("sourceStart", &range, &source_start.into(), cx));
    }
    let source_end = copy_bound(args.get_or_undefined(3), source_len, cx)?;
    if source_end < 0.0 {
        return Err(errors::out_of_range("sourceEnd", ">= 0", &source_end.into(), cx));
    }
    if target_start >= target.byte_length as f64 || source_start >= source_end {
        return Ok(JsValue::from(0));
    }
    let (to, from) = (target_start as usize, source_start as usize);
    let count = (source_end.min(source_len) as usize - from).min(target.byte_length - to);
    copy_bytes(&source, from, &target, to, count);
    Ok(JsValue::from(count))
}

/// Copies between ranges that may overlap in one buffer.
pub(super) fn copy_bytes(source: &ByteRange, from: usize, target: &ByteRange, to: usize, count: usize) {
    if boa_engine::JsObject::equals(&source.buffer(), &target.buffer()) {
        // One borrow for both: the range that spans them.
        let mut whole = target.clone();
        let (from, to) = (source.byte_offset + from, target.byte_offset + to);
        whole.byte_offset = from.min(to);
        whole.byte_length = from.max(to) + count - whole.byte_offset;
        let base = whole.byte_offset;
        whole.write(|bytes| {
            if bytes.len() >= from.max(to) - base + count {
                bytes.copy_within(from - base..from - base + count, to - base);
            }
        });
        return;
    }
    source.read(|source| {
        target.write(|target| {
            if let (Some(source), Some(target)) = (source.get(from..from + count), target.get_mut(to..to + count)) {
                target.copy_from_slice(source);
            }
        });
    });
}

fn copy_bound(value: &JsValue, default: f64, cx: &mut Context) -> JsResult<f64> {
    if value.is_undefined() {
        return Ok(default);
    }
    let number = value.to_number(cx)?;
    let kept = value.is_number() && number.fract() == 0.0;
    let safe = number.abs() <= validate::SAFE_INTEGER_MAX;
    Ok(if kept {
        number
    } else if safe {
        number.floor()
    } else {
        0.0
    })
}

/// `buf.fill(value[, offset[, end]][, encoding])`
pub(super) fn fill(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let range = this_range(this, cx)?;
    let [value, offset, end, encoding] = [0, 1, 2, 3].map(|index| args.get_or_undefined(index));
    if value.is_number() && offset.is_undefined() {
        attached(&range, "%TypedArray%.prototype.fill")?;
    }
    fill_range(&range, value, offset, end, encoding, cx)?;
    Ok(this.clone())
}

/// Fails where the buffer was detached, as the method of typed arrays does that Node calls.
pub(super) fn attached(range: &ByteRange, method: &str) -> JsResult<()> {
    if range.array_buffer().is_some_and(|buffer| buffer.data().is_none()) {
        return Err(JsNativeError::typ().with_message(format!("Cannot perform {method} on a detached ArrayBuffer")).into());
    }
    Ok(())
}

/// `fill` for `Buffer.alloc` too.
pub(super) fn fill_range<'a>(range: &ByteRange, value: &JsValue, mut offset: &'a JsValue, mut end: &'a JsValue, mut encoding: &'a JsValue, cx: &mut Context) -> JsResult<()> {
    const UNDEFINED: &JsValue = &JsValue::undefined();
    let len = range.byte_length;
    let mut parsed = Encoding::Utf8;
    let text = value.as_string();
    if text.is_some() {
        if offset.is_undefined() || offset.is_string() {
            encoding = offset;
            (offset, end) = (UNDEFINED, UNDEFINED);
        } else if end.is_string() {
            encoding = end;
            end = UNDEFINED;
        }
        if encoding.to_boolean() {
            let label = validate::string(encoding, "encoding", cx)?;
            let Some(found) = Encoding::of(&label) else { return Err(errors::unknown_encoding(&label.to_std_string_lossy(), cx)) };
            parsed = found;
        } else if !(encoding.is_null_or_undefined() || encoding.is_string()) {
            validate::string(encoding, "encoding", cx)?;
        }
    }
    let (mut from, mut to) = (0, len);
    if !offset.is_undefined() {
        from = validate::integer(offset, "offset", 0.0, K_MAX_LENGTH, cx)? as usize;
        if !end.is_undefined() {
            to = validate::integer(end, "end", 0.0, len as f64, cx)? as usize;
        }
    }
    if from >= to {
        return Ok(());
    }
    let pattern = match text {
        Some(text) if text.is_empty() => Some(vec![0]),
        Some(text) => {
            // Like Node, hex and base64 write into the place, so what does not fit need not be valid.
            let mut pattern = vec![0; super::encoding::byte_length(text.as_str(), parsed)];
            let written = encode_into(text.as_str(), parsed, &mut pattern);
            pattern.truncate(written);
            Some(pattern)
        }
        None if is_view(value) => bytes::bytes_of(value),
        None => Some(vec![value.to_u32(cx)? as u8]),
    };
    let pattern = pattern.unwrap_or_default();
    if pattern.is_empty() {
        return Err(errors::invalid_arg_value("value", value, "is invalid", cx));
    }
    range.write(|bytes| {
        let Some(place) = bytes.get_mut(from..to) else { return };
        repeat(&pattern, place);
    });
    Ok(())
}

fn repeat(pattern: &[u8], place: &mut [u8]) {
    if let [byte] = pattern {
        place.fill(*byte);
        return;
    }
    let mut done = pattern.len().min(place.len());
    place[..done].copy_from_slice(&pattern[..done]);
    while done < place.len() {
        let count = done.min(place.len() - done);
        place.copy_within(..count, done);
        done += count;
    }
}

/// `buf.subarray([start[, end]])`: always a Buffer over the same memory.
pub(super) fn subarray(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(range) = range_of(this) else {
        return Err(JsNativeError::typ().with_message("this is not a typed array.").into());
    };
    let len = range.byte_length;
    let start = adjusted(args.get_or_undefined(0), 0, len, cx)?;
    let end = adjusted(args.get_or_undefined(1), len, len, cx)?.max(start);
    attached(&range, "Construct")?;
    Ok(over_range(&range, start, end - start, cx)?.into())
}

/// A Buffer over a part of a range, shared memory too.
pub(super) fn over_range(range: &ByteRange, start: usize, length: usize, cx: &mut Context) -> JsResult<boa_engine::JsObject> {
    if let Some(buffer) = range.array_buffer() {
        return bytes::over(&buffer, range.byte_offset + start, length, cx);
    }
    let constructor = cx.intrinsics().constructors().typed_uint8_array().constructor();
    let args = [range.buffer().into(), JsValue::from(range.byte_offset + start), JsValue::from(length)];
    let view = constructor.construct(&args, None, cx)?;
    view.set_prototype(Some(bytes::prototype(cx)?));
    Ok(view)
}

/// `buf.slice([start[, end]])`: whatever `this.subarray` gives.
pub(super) fn slice(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(cx)?;
    let subarray = object.get(js_string!("subarray"), cx)?;
    let Some(subarray) = subarray.as_callable() else {
        return Err(JsNativeError::typ().with_message("this.subarray is not a function").into());
    };
    subarray.call(this, &[args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone()], cx)
}

/// A bound of `slice`: negative ones count from the end.
fn adjusted(value: &JsValue, default: usize, len: usize, cx: &mut Context) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(default);
    }
    let number = value.to_number(cx)?.trunc();
    let number = if number < 0.0 { (number + len as f64).max(0.0) } else { number };
    // NaN becomes 0.
    Ok(if number >= len as f64 { len } else { number as usize })
}

/// `buf.swap16()`
pub(super) fn swap16(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    swap::<2>(this, "16-bits", cx)
}

/// `buf.swap32()`
pub(super) fn swap32(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    swap::<4>(this, "32-bits", cx)
}

/// `buf.swap64()`
pub(super) fn swap64(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    swap::<8>(this, "64-bits", cx)
}

fn swap<const N: usize>(this: &JsValue, size: &str, cx: &mut Context) -> JsResult<JsValue> {
    let range = this_range(this, cx)?;
    if range.byte_length % N != 0 {
        return Err(errors::invalid_buffer_size(size, cx));
    }
    range.write(|bytes| bytes.chunks_exact_mut(N).for_each(<[u8]>::reverse));
    Ok(this.clone())
}

/// `buf.toJSON()`
pub(super) fn to_json(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let range = this_range(this, cx)?;
    let data: Vec<JsValue> = range.read(|bytes| bytes.iter().map(|byte| JsValue::from(i32::from(*byte))).collect());
    let data = boa_engine::object::builtins::JsArray::from_iter(data, cx);
    let result = boa_engine::JsObject::with_object_proto(cx.intrinsics());
    result.create_data_property_or_throw(js_string!("type"), js_string!("Buffer"), cx)?;
    result.create_data_property_or_throw(js_string!("data"), data, cx)?;
    Ok(result.into())
}

/// The bytes of an argument that must be a Uint8Array.
pub(super) fn uint8_range(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<ByteRange> {
    match range_of(value) {
        Some(range) if is_uint8_array(value) => Ok(range),
        _ => Err(errors::invalid_arg_type(name, "Buffer|Uint8Array", value, cx)),
    }
}

fn view_range(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<ByteRange> {
    match range_of(value) {
        Some(range) if is_view(value) => Ok(range),
        _ => Err(errors::invalid_arg_type(name, "Buffer|Uint8Array", value, cx)),
    }
}
