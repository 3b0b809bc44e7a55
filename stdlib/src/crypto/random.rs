//! Random bytes, numbers and UUIDs from the door's source, and the comparison that takes the same time for all.

use boa_engine::{Context, JsArgs, JsResult, JsValue, builtins::typed_array::TypedArrayKind as Kind, bytes::ByteRange, js_string, object::builtins::JsFunction};
use coil_engine::{
    Host,
    coil_sys::{Sys, SysError},
    errors::{self, Base},
    validate,
};

use super::{deliver, kept};
use crate::{buffer, dom_exception};

/// Node's greatest size of random bytes, 2 ** 31 - 1.
const SIZE_MAX: f64 = 2_147_483_647.0;
/// `max - min` of `randomInt` stays below it, 2 ** 48.
const RANGE_MAX: f64 = 281_474_976_710_655.0;
/// Bytes that `getRandomValues` fills at once.
const VALUES_MAX: usize = 65_536;

const ENOMEM: i32 = 12;

fn fresh(len: usize, sys: &Sys) -> Result<Vec<u8>, SysError> {
    let mut bytes = super::zeros(len).ok_or_else(|| SysError::new(ENOMEM, "malloc"))?;
    sys.random().fill(&mut bytes)?;
    Ok(bytes)
}

fn size(value: &JsValue, name: &str, max: f64, cx: &mut Context) -> JsResult<usize> {
    let size = validate::number(value, name, cx)?;
    if !(0.0..=max).contains(&size) {
        return Err(errors::out_of_range(name, &format!(">= 0 && <= {max}"), value, cx));
    }
    Ok(size as usize)
}

fn optional_callback(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsFunction>> {
    if value.is_undefined() { Ok(None) } else { validate::function(value, "callback", cx).map(Some) }
}

/// `crypto.randomBytes(size[, callback])`
pub fn random_bytes(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let len = size(args.get_or_undefined(0), "size", SIZE_MAX, cx)?;
    buffer::room_for(len)?;
    let host = Host::of(cx);
    match optional_callback(args.get_or_undefined(1), cx)? {
        None => {
            let bytes = fresh(len, host.sys()).map_err(|error| errors::system(&error, cx))?;
            Ok(buffer::from_vec(bytes, cx)?.into())
        }
        Some(callback) => {
            let finish = |bytes: Vec<u8>, cx: &mut Context| buffer::from_vec(bytes, cx).map(JsValue::from);
            host.offload_as("RANDOMBYTESREQUEST", "randomBytes", move |sys| fresh(len, sys), move |outcome, cx| deliver(&callback, kept(outcome), finish, cx), cx);
            Ok(JsValue::undefined())
        }
    }
}

/// The part of a view or buffer that `randomFill` fills: offset and size count elements of the view.
fn part(args: &[JsValue], cx: &mut Context) -> JsResult<(JsValue, ByteRange, usize, usize)> {
    let target = args.get_or_undefined(0).clone();
    let Some(range) = buffer::range_of(&target) else {
        return Err(errors::invalid_arg_type("buf", "ArrayBuffer|ArrayBufferView", &target, cx));
    };
    let element = buffer::kind_of(&target).map_or(1, element_size);
    let total = range.byte_length;
    let count = total / element;
    // The range is told in elements for the offset, in bytes for the size.
    let at = |value: &JsValue, name: &str, max: f64, shown: f64, cx: &mut Context| -> JsResult<usize> {
        let number = validate::number(value, name, cx)?;
        let bytes = number * element as f64;
        if !(0.0..=max).contains(&bytes) {
            return Err(errors::out_of_range(name, &format!(">= 0 && <= {shown}"), value, cx));
        }
        Ok(bytes as usize)
    };
    let offset = match args.get_or_undefined(1) {
        value if value.is_undefined() => 0,
        value => at(value, "offset", total as f64, count as f64, cx)?,
    };
    let size = match args.get_or_undefined(2) {
        value if value.is_undefined() => count * element - offset.min(count * element),
        value => {
            let size = at(value, "size", SIZE_MAX, SIZE_MAX, cx)?;
            if offset + size > total {
                let message = format!("The value of \"size + offset\" is out of range. It must be <= {total}. Received {}", offset + size);
                return Err(errors::coded(Base::Range, "ERR_OUT_OF_RANGE", message, cx));
            }
            size
        }
    };
    Ok((target, range, offset, size))
}

/// Bytes of an element.
const fn element_size(kind: Kind) -> usize {
    match kind {
        Kind::Int8 | Kind::Uint8 | Kind::Uint8Clamped => 1,
        Kind::Int16 | Kind::Uint16 | Kind::Float16 => 2,
        Kind::Int32 | Kind::Uint32 | Kind::Float32 => 4,
        Kind::BigInt64 | Kind::BigUint64 | Kind::Float64 => 8,
    }
}

fn fill(range: &ByteRange, offset: usize, bytes: &[u8]) {
    range.write(|target| {
        // The buffer may have shrunk since.
        if let Some(part) = target.get_mut(offset..offset + bytes.len()) {
            part.copy_from_slice(bytes);
        }
    });
}

/// `crypto.pseudoRandomBytes(size[, callback])`: the same, under a name that says less.
pub fn pseudo_random_bytes(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if crate::launch_flags::switch("pending-deprecation", cx) == Some(true) {
        crate::process::emit_once("DEP0115", "crypto.pseudoRandomBytes is deprecated.", "DeprecationWarning", cx)?;
    }
    random_bytes(this, args, cx)
}

/// `crypto.randomFillSync(buffer[, offset][, size])`
pub fn random_fill_sync(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (target, range, offset, size) = part(args, cx)?;
    let bytes = fresh(size, Host::of(cx).sys()).map_err(|error| errors::system(&error, cx))?;
    fill(&range, offset, &bytes);
    Ok(target)
}

/// `crypto.randomFill(buffer[, offset][, size], callback)`
pub fn random_fill(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if buffer::range_of(args.get_or_undefined(0)).is_none() {
        return Err(errors::invalid_arg_type("buf", "ArrayBuffer|ArrayBufferView", args.get_or_undefined(0), cx));
    }
    let at = (1..3).find(|at| args.get_or_undefined(*at).is_callable()).unwrap_or(3);
    let callback = validate::function(args.get_or_undefined(at), "callback", cx)?;
    let (target, range, offset, size) = part(&args[..at.min(args.len())], cx)?;
    Host::of(cx).offload_as(
        "RANDOMBYTESREQUEST",
        "randomFill",
        move |sys| fresh(size, sys),
        move |outcome, cx| {
            let finish = |bytes: Vec<u8>, _: &mut Context| {
                fill(&range, offset, &bytes);
                Ok(target)
            };
            deliver(&callback, kept(outcome), finish, cx);
        },
        cx,
    );
    Ok(JsValue::undefined())
}

/// `crypto.randomInt([min, ]max[, callback])`
pub fn random_int(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let only_max = args.get_or_undefined(1).is_undefined() || args.get_or_undefined(1).is_callable();
    let zero = JsValue::from(0);
    let (min, max, callback) = if only_max { (&zero, args.get_or_undefined(0), args.get_or_undefined(1)) } else { (args.get_or_undefined(0), args.get_or_undefined(1), args.get_or_undefined(2)) };
    let callback = optional_callback(callback, cx)?;
    for (value, name) in [(min, "min"), (max, "max")] {
        if !value.as_number().is_some_and(|number| number.fract() == 0.0 && number.abs() <= 9_007_199_254_740_991.0) {
            return Err(errors::invalid_arg_type(name, "a safe integer", value, cx));
        }
    }
    let (low, high) = (min.to_number(cx)?, max.to_number(cx)?);
    if high <= low {
        return Err(errors::out_of_range("max", &format!("greater than the value of \"min\" ({low})"), max, cx));
    }
    if high - low > RANGE_MAX {
        let name = if only_max { "max" } else { "max - min" };
        return Err(errors::out_of_range(name, &format!("<= {RANGE_MAX}"), &(high - low).into(), cx));
    }
    let range = (high - low) as u64;
    // What is left over after whole ranges is drawn again, so that every number is as likely.
    let fair = (1u64 << 48) - (1u64 << 48) % range;
    let drawn = loop {
        let bytes = fresh(6, Host::of(cx).sys()).map_err(|error| errors::system(&error, cx))?;
        let number = bytes.iter().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        if number < fair {
            break number % range;
        }
    };
    let value = JsValue::from(low + drawn as f64);
    match callback {
        None => Ok(value),
        Some(callback) => {
            Host::of(cx).next_tick(callback, JsValue::undefined(), vec![JsValue::undefined(), value]);
            Ok(JsValue::undefined())
        }
    }
}

/// `crypto.randomUUID([options])`: version 4, by RFC 9562.
pub fn random_uuid(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = args.get_or_undefined(0);
    if !options.is_undefined() {
        let options = validate::object(options, "options", cx)?;
        let cache = options.get(js_string!("disableEntropyCache"), cx)?;
        if !cache.is_undefined() {
            validate::boolean(&cache, "options.disableEntropyCache", cx)?;
        }
    }
    let mut bytes = [0u8; 16];
    Host::of(cx).sys().random().fill(&mut bytes).map_err(|error| errors::system(&error, cx))?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).expect("four bits")));
    }
    Ok(js_string!(text).into())
}

/// `crypto.getRandomValues(typedArray)`
pub fn get_random_values(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = args.get_or_undefined(0);
    let integers = buffer::kind_of(target).is_some_and(|kind| !matches!(kind, Kind::Float16 | Kind::Float32 | Kind::Float64));
    let range = buffer::range_of(target).filter(|_| integers);
    let Some(range) = range else {
        return Err(dom_exception::error("The data argument must be an integer-type TypedArray", "TypeMismatchError", cx));
    };
    if range.byte_length > VALUES_MAX {
        return Err(dom_exception::error("The requested length exceeds 65,536 bytes", "QuotaExceededError", cx));
    }
    let bytes = fresh(range.byte_length, Host::of(cx).sys()).map_err(|error| errors::system(&error, cx))?;
    fill(&range, 0, &bytes);
    Ok(target.clone())
}

/// `crypto.timingSafeEqual(a, b)`
pub fn timing_safe_equal(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut read = |at: usize, name: &str| {
        let bytes = args.get_or_undefined(at);
        buffer::bytes_of(bytes).map_or_else(
            || {
                let message = format!("The \"{name}\" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.");
                Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", message, cx))
            },
            Ok,
        )
    };
    let (a, b) = (read(0, "buf1")?, read(1, "buf2")?);
    if a.len() != b.len() {
        return Err(errors::coded(Base::Range, "ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH", "Input buffers must have the same byte length", cx));
    }
    // `black_box` keeps the compiler from leaving at the first difference.
    let difference = a.iter().zip(&b).fold(0u8, |all, (x, y)| std::hint::black_box(all | x ^ y));
    Ok((difference == 0).into())
}
