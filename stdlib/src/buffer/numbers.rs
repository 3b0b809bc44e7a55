//! `buf.readInt32LE()` and its sixty sisters: numbers in a buffer.
//!
//! Every function is one line of a table at the end of this file: how many bytes, and what they mean.

use boa_engine::{Context, JsArgs, JsBigInt, JsError, JsNativeError, JsResult, JsValue, JsVariant, bytes::ByteRange};
use coil_engine::{errors, validate};

use super::this_range;

/// Reads `N` bytes at the offset in the first argument.
fn read<const N: usize>(this: &JsValue, args: &[JsValue], make: fn([u8; N]) -> JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let range = this_range(this, cx)?;
    let offset = defaulted(args.get_or_undefined(0));
    read_at(&range, &offset, make, cx)
}

fn read_at<const N: usize>(range: &ByteRange, offset: &JsValue, make: fn([u8; N]) -> JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let at = checked_offset(range, offset, N, cx)?;
    let bytes = range.read(|bytes| bytes.get(at..at + N).and_then(|bytes| bytes.try_into().ok()));
    // The check above found the bytes there.
    Ok(make(bytes.unwrap_or([0; N])))
}

/// `readUIntLE(offset, byteLength)` and its three sisters.
fn read_sized(this: &JsValue, args: &[JsValue], order: Order, signed: bool, cx: &mut Context) -> JsResult<JsValue> {
    let offset = args.get_or_undefined(0);
    if offset.is_undefined() {
        return Err(errors::invalid_arg_type("offset", "number", offset, cx));
    }
    let size = byte_length(args.get_or_undefined(1), cx)?;
    let range = this_range(this, cx)?;
    let at = checked_offset(&range, offset, size, cx)?;
    let mut wide = [0; 8];
    range.read(|bytes| {
        for (index, byte) in bytes.iter().skip(at).take(size).enumerate() {
            let place = if order == Order::Little { index } else { size - 1 - index };
            wide[place] = *byte;
        }
    });
    let unsigned = u64::from_le_bytes(wide);
    let shift = 64 - 8 * size as u32;
    let value = if signed { ((unsigned << shift) as i64 >> shift) as f64 } else { unsigned as f64 };
    Ok(JsValue::from(value))
}

/// Writes an integer of `size` bytes that must lie within `min..=max`; gives the offset behind it.
fn write_int(this: &JsValue, value: &JsValue, offset: &JsValue, kind: Integer, cx: &mut Context) -> JsResult<JsValue> {
    let number = value.to_number(cx)?;
    let Integer { size, signed, order } = kind;
    // Node checks the offset's type before the value's range for single bytes, after it for the others.
    if size == 1 {
        validate::number(offset, "offset", cx)?;
    }
    let (min, max) = kind.limits();
    if number > max || number < min {
        let range = match (size > 4, signed) {
            (false, _) => format!(">= {min} and <= {max}"),
            (true, false) => format!(">= 0 and < 2 ** {}", size * 8),
            (true, true) => format!(">= -(2 ** {0}) and < 2 ** {0}", size * 8 - 1),
        };
        return Err(errors::out_of_range("value", &range, &number.into(), cx));
    }
    let range = this_range(this, cx)?;
    let at = checked_offset(&range, offset, size, cx)?;
    let low = number as i64 as u32;
    let high = (number / 4_294_967_296.0).floor() as i64 as u32;
    let wide = (u64::from(high) << 32 | u64::from(low)).to_le_bytes();
    put(&range, at, size, order, wide);
    Ok(JsValue::from(at + size))
}

fn write_sized(this: &JsValue, args: &[JsValue], order: Order, signed: bool, cx: &mut Context) -> JsResult<JsValue> {
    let size = byte_length(args.get_or_undefined(2), cx)?;
    write_int(this, args.get_or_undefined(0), args.get_or_undefined(1), Integer { size, signed, order }, cx)
}

fn write_bigint(this: &JsValue, args: &[JsValue], order: Order, signed: bool, cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let offset = defaulted(args.get_or_undefined(1));
    let wide = match value.variant() {
        JsVariant::BigInt(value) => wide_bigint(&value, signed),
        _ => None,
    };
    if wide.is_none() && value.is_bigint() {
        let range = if signed { ">= -(2n ** 63n) and < 2n ** 63n" } else { ">= 0n and < 2n ** 64n" };
        return Err(errors::out_of_range("value", range, value, cx));
    }
    let range = this_range(this, cx)?;
    let at = checked_offset(&range, &offset, 8, cx)?;
    let Some(wide) = wide else {
        let message = "Cannot mix BigInt and other types, use explicit conversions";
        return Err(JsNativeError::typ().with_message(message).into());
    };
    put(&range, at, 8, order, wide.to_le_bytes());
    Ok(JsValue::from(at + 8))
}

/// The 64 bits of a BigInt in range.
fn wide_bigint(value: &JsBigInt, signed: bool) -> Option<u64> {
    let value = value.as_inner();
    if signed { i64::try_from(value).ok().map(|wide| wide as u64) } else { u64::try_from(value).ok() }
}

fn write_float<const N: usize>(this: &JsValue, args: &[JsValue], encode: fn(f64) -> [u8; N], cx: &mut Context) -> JsResult<JsValue> {
    let number = args.get_or_undefined(0).to_number(cx)?;
    let offset = defaulted(args.get_or_undefined(1));
    let range = this_range(this, cx)?;
    let at = checked_offset(&range, &offset, N, cx)?;
    range.write(|bytes| {
        if let Some(place) = bytes.get_mut(at..at + N) {
            place.copy_from_slice(&encode(number));
        }
    });
    Ok(JsValue::from(at + N))
}

fn put(range: &ByteRange, at: usize, size: usize, order: Order, wide: [u8; 8]) {
    range.write(|bytes| {
        let Some(place) = bytes.get_mut(at..at + size) else { return };
        place.copy_from_slice(&wide[..size]);
        if order == Order::Big {
            place.reverse();
        }
    });
}

/// An offset at which `size` bytes lie in the buffer.
fn checked_offset(range: &ByteRange, offset: &JsValue, size: usize, cx: &mut Context) -> JsResult<usize> {
    let number = validate::number(offset, "offset", cx)?;
    let len = range.byte_length;
    if number.fract() == 0.0 && number >= 0.0 && number + size as f64 <= len as f64 {
        return Ok(number as usize);
    }
    Err(bounds_error(number, len as f64 - size as f64, cx))
}

fn bounds_error(offset: f64, last: f64, cx: &mut Context) -> JsError {
    if offset.floor() != offset {
        return errors::out_of_range("offset", "an integer", &offset.into(), cx);
    }
    if last < 0.0 {
        return errors::buffer_out_of_bounds(None, cx);
    }
    errors::out_of_range("offset", &format!(">= 0 and <= {last}"), &offset.into(), cx)
}

/// The `byteLength` argument: 1 to 6.
fn byte_length(value: &JsValue, cx: &mut Context) -> JsResult<usize> {
    let number = validate::number(value, "byteLength", cx)?;
    if number.floor() != number {
        return Err(errors::out_of_range("byteLength", "an integer", value, cx));
    }
    if !(1.0..=6.0).contains(&number) {
        return Err(errors::out_of_range("byteLength", ">= 1 and <= 6", value, cx));
    }
    Ok(number as usize)
}

fn defaulted(offset: &JsValue) -> JsValue {
    if offset.is_undefined() { JsValue::from(0) } else { offset.clone() }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Order {
    Little,
    Big,
}

#[derive(Clone, Copy)]
struct Integer {
    size: usize,
    signed: bool,
    order: Order,
}

impl Integer {
    fn limits(self) -> (f64, f64) {
        let bits = 8 * self.size as i32;
        if self.signed { (-(2_f64.powi(bits - 1)), 2_f64.powi(bits - 1) - 1.0) } else { (0.0, 2_f64.powi(bits) - 1.0) }
    }
}

macro_rules! readers {
    ($($name:ident $make:expr;)*) => { $(
        pub(super) fn $name(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            read(this, args, $make, cx)
        }
    )* };
}

readers! {
    read_uint8 |b| u8::from_le_bytes(b).into();
    read_int8 |b| i8::from_le_bytes(b).into();
    read_uint16_le |b| u16::from_le_bytes(b).into();
    read_uint16_be |b| u16::from_be_bytes(b).into();
    read_int16_le |b| i16::from_le_bytes(b).into();
    read_int16_be |b| i16::from_be_bytes(b).into();
    read_uint32_le |b| u32::from_le_bytes(b).into();
    read_uint32_be |b| u32::from_be_bytes(b).into();
    read_int32_le |b| i32::from_le_bytes(b).into();
    read_int32_be |b| i32::from_be_bytes(b).into();
    read_big_uint64_le |b| JsBigInt::from(u64::from_le_bytes(b)).into();
    read_big_uint64_be |b| JsBigInt::from(u64::from_be_bytes(b)).into();
    read_big_int64_le |b| JsBigInt::from(i64::from_le_bytes(b)).into();
    read_big_int64_be |b| JsBigInt::from(i64::from_be_bytes(b)).into();
    read_float_le |b| f64::from(f32::from_le_bytes(b)).into();
    read_float_be |b| f64::from(f32::from_be_bytes(b)).into();
    read_double_le |b| f64::from_le_bytes(b).into();
    read_double_be |b| f64::from_be_bytes(b).into();
}

macro_rules! sized {
    ($($name:ident $how:ident $order:ident $signed:literal;)*) => { $(
        pub(super) fn $name(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            $how(this, args, Order::$order, $signed, cx)
        }
    )* };
}

sized! {
    read_uint_le read_sized Little false;
    read_uint_be read_sized Big false;
    read_int_le read_sized Little true;
    read_int_be read_sized Big true;
    write_uint_le write_sized Little false;
    write_uint_be write_sized Big false;
    write_int_le write_sized Little true;
    write_int_be write_sized Big true;
    write_big_uint64_le write_bigint Little false;
    write_big_uint64_be write_bigint Big false;
    write_big_int64_le write_bigint Little true;
    write_big_int64_be write_bigint Big true;
}

macro_rules! int_writers {
    ($($name:ident $size:literal $signed:literal $order:ident;)*) => { $(
        pub(super) fn $name(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            let kind = Integer { size: $size, signed: $signed, order: Order::$order };
            write_int(this, args.get_or_undefined(0), &defaulted(args.get_or_undefined(1)), kind, cx)
        }
    )* };
}

int_writers! {
    write_uint8 1 false Little;
    write_int8 1 true Little;
    write_uint16_le 2 false Little;
    write_uint16_be 2 false Big;
    write_int16_le 2 true Little;
    write_int16_be 2 true Big;
    write_uint32_le 4 false Little;
    write_uint32_be 4 false Big;
    write_int32_le 4 true Little;
    write_int32_be 4 true Big;
}

macro_rules! float_writers {
    ($($name:ident $encode:expr;)*) => { $(
        pub(super) fn $name(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
            write_float(this, args, $encode, cx)
        }
    )* };
}

float_writers! {
    write_float_le |n| (n as f32).to_le_bytes();
    write_float_be |n| (n as f32).to_be_bytes();
    write_double_le f64::to_le_bytes;
    write_double_be f64::to_be_bytes;
}
