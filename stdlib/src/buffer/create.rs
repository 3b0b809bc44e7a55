//! New buffers: `Buffer.from` in all its forms, `alloc`, `concat`, `of`, `copyBytesFrom`, and the deprecated constructor.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsString, JsSymbol, JsValue, builtins::typed_array::TypedArrayKind, bytes::ByteRange, js_string, object::builtins::JsArray, property::PropertyDescriptor,
};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    context::BUFFER_BYTES_MAX,
    errors, validate,
};

use super::{
    BUFFER, K_MAX_LENGTH,
    bytes::{self, is_any_array_buffer, kind_of, range_of},
    encoding::{self, Encoding},
    ranges::fill_range,
};
use crate::process;

/// `Buffer(arg, encodingOrOffset, length)`, with or without `new`.
pub(super) fn constructor(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    process::deprecate_for_applications("DEP0005", WARNING, cx)?;
    let first = args.get_or_undefined(0);
    if first.is_number() {
        if args.get_or_undefined(1).is_string() {
            return Err(errors::invalid_arg_type("string", "string", first, cx));
        }
        return alloc(&JsValue::undefined(), &args[..1], cx);
    }
    from(&JsValue::undefined(), args, cx)
}

const WARNING: &str = "Buffer() is deprecated due to security and usability issues. Please use the Buffer.alloc(), \
                       Buffer.allocUnsafe(), or Buffer.from() methods instead.";

/// `Buffer.from(...)`
pub(super) fn from(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (second, third) = (args.get_or_undefined(1), args.get_or_undefined(2));
    let mut value = args.get_or_undefined(0).clone();
    loop {
        if let Some(text) = value.as_string() {
            return from_text(&text, second, cx);
        }
        let Some(object) = value.as_object().filter(|object| !object.is_callable()) else { break };
        if is_any_array_buffer(&value) {
            return from_array_buffer(&value, second, third, cx);
        }
        let value_of = object.get(js_string!("valueOf"), cx)?;
        if value_of.to_boolean() {
            let Some(value_of) = value_of.as_callable() else {
                return Err(errors::plain(errors::Base::Type, "value.valueOf is not a function"));
            };
            let inner = value_of.call(&value, &[], cx)?;
            let differs = !inner.is_null_or_undefined() && !JsValue::strict_equals(&inner, &value);
            if differs && (inner.is_string() || (inner.is_object() && !inner.is_callable())) {
                value = inner;
                continue;
            }
        }
        if let Some(made) = from_object(&object, cx)? {
            return Ok(made.into());
        }
        if let Some(convert) = object.get(JsSymbol::to_primitive(), cx)?.as_callable() {
            let primitive = convert.call(&value, &[js_string!("string").into()], cx)?;
            if let Some(text) = primitive.as_string() {
                return from_text(&text, second, cx);
            }
        }
        break;
    }
    Err(errors::invalid_arg_type("first argument", "string|Buffer|ArrayBuffer|Array|Array-like Object", &value, cx))
}

fn from_text(text: &JsString, encoding: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let encoding = match encoding.as_string() {
        Some(label) if !label.is_empty() => Encoding::of(&label).ok_or_else(|| errors::unknown_encoding(&label.to_std_string_lossy(), cx))?,
        _ => Encoding::Utf8,
    };
    if text.is_empty() {
        return empty(cx);
    }
    Ok(bytes::from_string(text, encoding, cx)?.into())
}

fn empty(cx: &mut Context) -> JsResult<JsValue> {
    Ok(bytes::from_block(bytes::zeroed(0)?, cx)?.into())
}

fn from_array_buffer(value: &JsValue, offset: &JsValue, length: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let offset = if offset.is_undefined() { 0.0 } else { offset.to_number(cx)? };
    let offset = if offset.is_nan() { 0.0 } else { offset };
    let Some(range) = range_of(value) else { return empty(cx) };
    let room = range.byte_length as f64 - offset;
    if room < 0.0 {
        return Err(errors::buffer_out_of_bounds(Some("offset"), cx));
    }
    let mut args = vec![value.clone(), offset.into()];
    if !length.is_undefined() {
        let length = length.to_number(cx)?;
        if length > room {
            return Err(errors::buffer_out_of_bounds(Some("length"), cx));
        }
        args.push(if length > 0.0 { length.into() } else { JsValue::from(0) });
    }
    // The engine's constructor knows resizable buffers, over which a view without a length follows the size.
    let constructor = cx.intrinsics().constructors().typed_uint8_array().constructor();
    let view = constructor.construct(&args, None, cx)?;
    view.set_prototype(Some(bytes::prototype(cx)?));
    Ok(view.into())
}

/// From an array, an array-like, a view, or what `toJSON` of a buffer gave; `None` for another object.
fn from_object(object: &JsObject, cx: &mut Context) -> JsResult<Option<JsObject>> {
    if let Some(kind) = kind_of(&object.clone().into())
        && let Some(range) = ByteRange::of(object)
    {
        return from_view(object, kind, &range, cx).map(Some);
    }
    let length = object.get(js_string!("length"), cx)?;
    let measured = !length.is_undefined() || {
        let buffer = object.get(js_string!("buffer"), cx)?;
        is_any_array_buffer(&buffer)
    };
    if measured {
        return match length.as_number() {
            Some(length) => from_array_like(object, length, cx).map(Some),
            None => bytes::from_block(bytes::zeroed(0)?, cx).map(Some),
        };
    }
    let is_buffer = object.get(js_string!("type"), cx)?.as_string().is_some_and(|text| text == "Buffer");
    if is_buffer && let Some(data) = object.get(js_string!("data"), cx)?.as_object().filter(JsObject::is_array) {
        let length = data.get(js_string!("length"), cx)?.to_number(cx)?;
        return from_array_like(&data, length, cx).map(Some);
    }
    Ok(None)
}

fn from_view(object: &JsObject, kind: TypedArrayKind, range: &ByteRange, cx: &mut Context) -> JsResult<JsObject> {
    match kind {
        TypedArrayKind::Uint8 | TypedArrayKind::Uint8Clamped | TypedArrayKind::Int8 => copy_of(range, cx),
        TypedArrayKind::BigInt64 | TypedArrayKind::BigUint64 if range.byte_length > 0 => Err(errors::plain(errors::Base::Type, "Cannot mix BigInt and other types, use explicit conversions")),
        _ => from_array_like(object, (range.byte_length / bytes::element_size(kind)) as f64, cx),
    }
}

fn copy_of(range: &ByteRange, cx: &mut Context) -> JsResult<JsObject> {
    let copy = bytes::alloc_unsafe(range.byte_length, cx)?;
    if let Some(target) = ByteRange::of(&copy) {
        super::ranges::copy_bytes(range, 0, &target, 0, range.byte_length);
    }
    Ok(copy)
}

fn from_array_like(object: &JsObject, length: f64, cx: &mut Context) -> JsResult<JsObject> {
    if length > BUFFER_BYTES_MAX as f64 {
        return Err(errors::plain(errors::Base::Range, "Array buffer allocation failed"));
    }
    // NaN and negative lengths are 0.
    let length = length as usize;
    let dense = JsArray::from_object(object.clone()).ok().and_then(|array| array.dense_values());
    let mut made = Vec::with_capacity(length.min(INITIAL_CAPACITY_MAX));
    match dense {
        Some(values) if values.len() == length && values.iter().all(JsValue::is_number) => {
            made.extend(values.iter().map(|value| value.as_number().map_or(0, to_byte)));
        }
        _ => {
            for index in 0..length {
                let value = object.get(index as u64, cx)?;
                made.push(to_byte(value.to_number(cx)?));
            }
        }
    }
    bytes::from_slice(&made, cx)
}

/// `ToUint8`
fn to_byte(number: f64) -> u8 {
    JsValue::from(number).as_i32().map_or_else(|| if number.is_finite() { number.trunc().rem_euclid(256.0) as u8 } else { 0 }, |n| n as u8)
}

/// Room reserved before the elements of an array-like are known.
const INITIAL_CAPACITY_MAX: usize = 1 << 20;

/// `Buffer.alloc(size[, fill[, encoding]])`
pub(super) fn alloc(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let size = checked_size(args.get_or_undefined(0), cx)?;
    let buffer = bytes::from_block(bytes::zeroed(size)?, cx)?;
    let fill = args.get_or_undefined(1);
    if !fill.is_undefined()
        && fill.as_number() != Some(0.0)
        && size > 0
        && let Some(range) = ByteRange::of(&buffer)
    {
        let (start, end) = (JsValue::from(0), JsValue::from(size));
        fill_range(&range, fill, &start, &end, args.get_or_undefined(2), cx)?;
    }
    Ok(buffer.into())
}

/// `Buffer.allocUnsafe(size)`
pub(super) fn alloc_unsafe(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let size = checked_size(args.get_or_undefined(0), cx)?;
    within_memory(size, cx)?;
    Ok(bytes::alloc_unsafe(size, cx)?.into())
}

/// `Buffer.allocUnsafeSlow(size)`, which may be called with `new`, as an old-style function may.
pub(super) static ALLOC_UNSAFE_SLOW: Class = Class { name: "allocUnsafeSlow", length: 1, extends: Parent::None, kind: Kind::AllocatingLegacy, init: alloc_unsafe_slow, prototype: &[], statics: &[] };

pub(super) fn alloc_unsafe_slow(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let size = checked_size(args.get_or_undefined(0), cx)?;
    within_memory(size, cx)?;
    Ok(bytes::from_block(bytes::zeroed(size)?, cx)?.into())
}

/// The error of memory that is not wiped differs from that of memory that is.
fn within_memory(size: usize, cx: &mut Context) -> JsResult<()> {
    if size as u64 <= BUFFER_BYTES_MAX {
        return Ok(());
    }
    Err(errors::coded(errors::Base::Range, "ERR_MEMORY_ALLOCATION_FAILED", "Failed to allocate memory", cx))
}

/// The size of a block that is not wiped, checked as `Buffer.allocUnsafeSlow(size)` checks it.
pub(crate) fn unwiped_size(value: &JsValue, cx: &mut Context) -> JsResult<usize> {
    let size = checked_size(value, cx)?;
    within_memory(size, cx)?;
    Ok(size)
}

fn checked_size(value: &JsValue, cx: &mut Context) -> JsResult<usize> {
    Ok(validate::number_within(value, "size", Some(0.0), Some(K_MAX_LENGTH), cx)? as usize)
}

/// `Buffer.concat(list[, totalLength])`
pub(super) fn concat(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = validate::array(args.get_or_undefined(0), "list", 0, cx)?;
    let count = list.get(js_string!("length"), cx)?.to_length(cx)?;
    if count == 0 {
        return empty(cx);
    }
    let given = args.get_or_undefined(1);
    let given = match given.is_undefined() {
        true => None,
        false => Some(validate::integer(given, "length", 0.0, K_MAX_LENGTH, cx)? as usize),
    };
    let mut parts = Vec::new();
    for index in 0..count {
        let part = list.get(index, cx)?;
        match range_of(&part) {
            Some(range) if bytes::is_uint8_array(&part) => parts.push(range),
            _ => return Err(errors::invalid_arg_type(&format!("list[{index}]"), "Buffer|Uint8Array", &part, cx)),
        }
    }
    let length = given.unwrap_or_else(|| parts.iter().map(|part| part.byte_length).sum());
    let joined = bytes::alloc_unsafe(length, cx)?;
    let Some(target) = ByteRange::of(&joined) else { return Ok(joined.into()) };
    let mut done = 0;
    for part in &parts {
        super::ranges::attached(part, "%TypedArray%.prototype.set")?;
        let count = part.byte_length.min(length - done);
        super::ranges::copy_bytes(part, 0, &target, done, count);
        done += count;
    }
    // A length beyond the parts is filled up with zeros, which the pool does not promise.
    target.write(|bytes| bytes[done.min(length)..].fill(0));
    Ok(joined.into())
}

/// `Buffer.copyBytesFrom(view[, offset[, length]])`
pub(super) fn copy_bytes_from(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let view = args.get_or_undefined(0);
    let (Some(kind), Some(mut range)) = (kind_of(view), range_of(view)) else {
        return Err(errors::invalid_arg_type("view", "TypedArray", view, cx));
    };
    let size = bytes::element_size(kind);
    let count = range.byte_length / size;
    if count == 0 {
        return empty(cx);
    }
    let mut bound = |index: usize, name: &str, default: usize| -> JsResult<usize> {
        match args.get_or_undefined(index) {
            value if value.is_undefined() => Ok(default),
            value => Ok(validate::integer(value, name, 0.0, validate::SAFE_INTEGER_MAX, cx)? as usize),
        }
    };
    let offset = bound(1, "offset", 0)?;
    if offset >= count {
        return empty(cx);
    }
    let length = bound(2, "length", count)?.min(count - offset);
    range.byte_offset += offset * size;
    range.byte_length = length * size;
    Ok(copy_of(&range, cx)?.into())
}

/// `Buffer.of(...items)`
pub(super) fn of(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut made = Vec::with_capacity(args.len());
    for value in args {
        made.push(to_byte(value.to_number(cx)?));
    }
    let mut block = bytes::zeroed(made.len())?;
    block.copy_from_slice(&made);
    Ok(bytes::from_block(block, cx)?.into())
}

/// `Buffer.isBuffer(value)`
pub(super) fn is_buffer(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(BUFFER.is_instance(args.get_or_undefined(0), cx)?.into())
}

/// `Buffer.isEncoding(value)`
pub(super) fn is_encoding(_this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(args.get_or_undefined(0).as_string().is_some_and(|label| Encoding::of(&label).is_some()).into())
}

/// `Buffer.byteLength(string[, encoding])`
pub(super) fn byte_length(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    let Some(text) = value.as_string() else {
        return match range_of(value) {
            Some(range) => Ok(JsValue::from(range.byte_length)),
            None => Err(errors::invalid_arg_type("string", "string|Buffer|ArrayBuffer", value, cx)),
        };
    };
    let encoding = args.get_or_undefined(1);
    // An encoding that does not exist counts as UTF-8 here.
    let encoding = if encoding.to_boolean() { Encoding::of(&encoding.to_string(cx)?).unwrap_or_default() } else { Encoding::Utf8 };
    Ok(JsValue::from(encoding::byte_length(text.as_str(), encoding)))
}

/// `Buffer[Symbol.species]`: what `map`, `filter` and kin of a Buffer make.
pub(super) fn species(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Host::of(cx).state::<FastBuffer>();
    if let Some(found) = state.0.get() {
        return Ok(found.clone().into());
    }
    let native = boa_engine::NativeFunction::from_fn_ptr(fast_buffer);
    let constructor: JsObject =
        boa_engine::object::FunctionObjectBuilder::new(cx.realm(), native).name(js_string!("FastBuffer")).length(0).host_constructor(boa_engine::HostConstructor::Allocating).build().into();
    constructor.set_prototype(Some(cx.intrinsics().constructors().typed_uint8_array().constructor()));
    let link = PropertyDescriptor::builder().value(bytes::prototype(cx)?).enumerable(false).configurable(false).writable(false);
    constructor.define_property_or_throw(js_string!("prototype"), link, cx)?;
    Ok(state.0.get_or_init(|| constructor).clone().into())
}

#[derive(Default)]
struct FastBuffer(std::cell::OnceCell<JsObject>);

fn fast_buffer(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(target) = cx.new_target() else {
        return Err(errors::plain(errors::Base::Type, "Class constructor FastBuffer cannot be invoked without 'new'"));
    };
    let parent = cx.intrinsics().constructors().typed_uint8_array().constructor();
    Ok(parent.construct(args, Some(&target), cx)?.into())
}

/// `buf.parent`
pub(super) fn parent(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if !BUFFER.is_instance(this, cx)? {
        return Ok(JsValue::undefined());
    }
    Ok(range_of(this).map_or(JsValue::undefined(), |range| range.buffer().into()))
}

/// `buf.offset`
pub(super) fn offset(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if !BUFFER.is_instance(this, cx)? {
        return Ok(JsValue::undefined());
    }
    Ok(range_of(this).map_or(JsValue::undefined(), |range| JsValue::from(range.byte_offset)))
}
