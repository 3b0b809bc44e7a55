//! `node:buffer`: bytes, as objects.
//!
//! [`encoding`] is the codec between strings and bytes, [`bytes`] what the rest of the library uses. A Buffer is the engine's
//! Uint8Array with `Buffer.prototype`: `class Buffer extends Uint8Array`, natively.
//!
//! Differs from Node: `Buffer.poolSize` can be set but does not change the pool; one buffer holds at most 64 GiB; methods called on what is
//! neither a typed array nor a DataView throw ERR_INVALID_ARG_TYPE, where Node takes some array-likes; `Buffer` on the global object
//! becomes a data property at its first use.

mod bytes;
mod create;
mod encoding;
mod inspect;
mod numbers;
#[cfg(test)]
pub(crate) mod properties;
mod ranges;
mod search;
mod text;
mod transcode;

use boa_engine::{Context, JsObject, JsResult, JsValue, bytes::ByteRange, js_string, property::PropertyDescriptor};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, NativeModule, Symbol},
};

pub(crate) use self::create::unwiped_size;
pub use self::{bytes::*, encoding::*};

/// `globalThis.Buffer`
pub const GLOBAL: Export = Export::accessor("Buffer", global, set_global).enumerable(false);

/// What `Buffer` is: the class, once it was asked for, or what a script put in its place.
#[derive(Default)]
struct Global(std::cell::RefCell<Option<JsValue>>);

fn global(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Host::of(cx).state::<Global>();
    if let Some(value) = &*state.0.borrow() {
        return Ok(value.clone());
    }
    let value = constructor(cx)?;
    Ok(state.0.borrow_mut().get_or_insert(value).clone())
}

fn set_global(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    *Host::of(cx).state::<Global>().0.borrow_mut() = args.first().cloned();
    Ok(JsValue::undefined())
}

/// `require('buffer')`
pub static MODULE: NativeModule = NativeModule {
    name: "buffer",
    exports: &[
        Export::class(&BUFFER),
        Export::function("transcode", 3, transcode::transcode),
        Export::function("isUtf8", 1, transcode::is_utf8),
        Export::function("isAscii", 1, transcode::is_ascii),
        Export::number("kMaxLength", K_MAX_LENGTH),
        Export::int("kStringMaxLength", STRING_LENGTH_MAX as i32),
        Export::build("btoa", crate::encoding::btoa),
        Export::build("atob", crate::encoding::atob),
        Export::build("constants", constants).read_only().permanent(),
        Export::accessor("INSPECT_MAX_BYTES", inspect::max_bytes, inspect::set_max_bytes),
        Export::class(&crate::blob::BLOB),
        Export::function("resolveObjectURL", 1, crate::blob::resolve_object_url),
        Export::class(&crate::blob::FILE),
    ],
};

/// The class.
pub static BUFFER: Class = Class {
    name: "Buffer",
    length: 3,
    extends: Parent::Constructor(|cx| Ok(cx.intrinsics().constructors().typed_uint8_array().constructor())),
    kind: Kind::AllocatingLegacy,
    init: create::constructor,
    prototype: &[
        Export::function("readBigUInt64LE", 0, numbers::read_big_uint64_le),
        Export::function("readBigUInt64BE", 0, numbers::read_big_uint64_be),
        Export::alias("readBigUint64LE", "readBigUInt64LE"),
        Export::alias("readBigUint64BE", "readBigUInt64BE"),
        Export::function("readBigInt64LE", 0, numbers::read_big_int64_le),
        Export::function("readBigInt64BE", 0, numbers::read_big_int64_be),
        Export::function("writeBigUInt64LE", 1, numbers::write_big_uint64_le),
        Export::function("writeBigUInt64BE", 1, numbers::write_big_uint64_be),
        Export::alias("writeBigUint64LE", "writeBigUInt64LE"),
        Export::alias("writeBigUint64BE", "writeBigUInt64BE"),
        Export::function("writeBigInt64LE", 1, numbers::write_big_int64_le),
        Export::function("writeBigInt64BE", 1, numbers::write_big_int64_be),
        Export::function("readUIntLE", 2, numbers::read_uint_le),
        Export::renamed("readUInt32LE", "", 1, numbers::read_uint32_le),
        Export::renamed("readUInt16LE", "", 1, numbers::read_uint16_le),
        Export::renamed("readUInt8", "", 1, numbers::read_uint8),
        Export::function("readUIntBE", 2, numbers::read_uint_be),
        Export::renamed("readUInt32BE", "", 1, numbers::read_uint32_be),
        Export::renamed("readUInt16BE", "", 1, numbers::read_uint16_be),
        Export::alias("readUintLE", "readUIntLE"),
        Export::alias("readUint32LE", "readUInt32LE"),
        Export::alias("readUint16LE", "readUInt16LE"),
        Export::alias("readUint8", "readUInt8"),
        Export::alias("readUintBE", "readUIntBE"),
        Export::alias("readUint32BE", "readUInt32BE"),
        Export::alias("readUint16BE", "readUInt16BE"),
        Export::function("readIntLE", 2, numbers::read_int_le),
        Export::renamed("readInt32LE", "", 1, numbers::read_int32_le),
        Export::renamed("readInt16LE", "", 1, numbers::read_int16_le),
        Export::renamed("readInt8", "", 1, numbers::read_int8),
        Export::function("readIntBE", 2, numbers::read_int_be),
        Export::renamed("readInt32BE", "", 1, numbers::read_int32_be),
        Export::renamed("readInt16BE", "", 1, numbers::read_int16_be),
        Export::function("writeUIntLE", 3, numbers::write_uint_le),
        Export::function("writeUInt32LE", 1, numbers::write_uint32_le),
        Export::function("writeUInt16LE", 1, numbers::write_uint16_le),
        Export::function("writeUInt8", 1, numbers::write_uint8),
        Export::function("writeUIntBE", 3, numbers::write_uint_be),
        Export::function("writeUInt32BE", 1, numbers::write_uint32_be),
        Export::function("writeUInt16BE", 1, numbers::write_uint16_be),
        Export::alias("writeUintLE", "writeUIntLE"),
        Export::alias("writeUint32LE", "writeUInt32LE"),
        Export::alias("writeUint16LE", "writeUInt16LE"),
        Export::alias("writeUint8", "writeUInt8"),
        Export::alias("writeUintBE", "writeUIntBE"),
        Export::alias("writeUint32BE", "writeUInt32BE"),
        Export::alias("writeUint16BE", "writeUInt16BE"),
        Export::function("writeIntLE", 3, numbers::write_int_le),
        Export::function("writeInt32LE", 1, numbers::write_int32_le),
        Export::function("writeInt16LE", 1, numbers::write_int16_le),
        Export::function("writeInt8", 1, numbers::write_int8),
        Export::function("writeIntBE", 3, numbers::write_int_be),
        Export::function("writeInt32BE", 1, numbers::write_int32_be),
        Export::function("writeInt16BE", 1, numbers::write_int16_be),
        Export::renamed("readFloatLE", "readFloatForwards", 0, numbers::read_float_le),
        Export::renamed("readFloatBE", "readFloatBackwards", 0, numbers::read_float_be),
        Export::renamed("readDoubleLE", "readDoubleForwards", 0, numbers::read_double_le),
        Export::renamed("readDoubleBE", "readDoubleBackwards", 0, numbers::read_double_be),
        Export::renamed("writeFloatLE", "writeFloatForwards", 1, numbers::write_float_le),
        Export::renamed("writeFloatBE", "writeFloatBackwards", 1, numbers::write_float_be),
        Export::renamed("writeDoubleLE", "writeDoubleForwards", 1, numbers::write_double_le),
        Export::renamed("writeDoubleBE", "writeDoubleBackwards", 1, numbers::write_double_be),
        Export::renamed("asciiSlice", "", 2, text::ascii_slice),
        Export::renamed("base64Slice", "", 2, text::base64_slice),
        Export::renamed("base64urlSlice", "", 2, text::base64url_slice),
        Export::renamed("latin1Slice", "", 2, text::latin1_slice),
        Export::renamed("hexSlice", "", 2, text::hex_slice),
        Export::renamed("ucs2Slice", "", 2, text::ucs2_slice),
        Export::renamed("utf8Slice", "", 2, text::utf8_slice),
        Export::renamed("asciiWrite", "", 3, text::ascii_write),
        Export::renamed("base64Write", "", 3, text::base64_write),
        Export::renamed("base64urlWrite", "", 3, text::base64url_write),
        Export::renamed("latin1Write", "", 3, text::latin1_write),
        Export::renamed("hexWrite", "", 3, text::hex_write),
        Export::renamed("ucs2Write", "", 3, text::ucs2_write),
        Export::renamed("utf8Write", "", 3, text::utf8_write),
        Export::getter("parent", create::parent).permanent(),
        Export::getter("offset", create::offset).permanent(),
        Export::function("copy", 4, ranges::copy),
        Export::function("toString", 3, text::to_string),
        Export::function("equals", 1, ranges::equals),
        Export::function("inspect", 2, inspect::inspect),
        Export::function("compare", 5, ranges::compare),
        Export::function("indexOf", 3, search::index_of),
        Export::function("lastIndexOf", 3, search::last_index_of),
        Export::function("includes", 3, search::includes),
        Export::function("fill", 4, ranges::fill),
        Export::function("write", 4, text::write),
        Export::function("toJSON", 0, ranges::to_json),
        Export::function("subarray", 2, ranges::subarray),
        Export::function("slice", 2, ranges::slice),
        Export::function("swap16", 0, ranges::swap16),
        Export::function("swap32", 0, ranges::swap32),
        Export::function("swap64", 0, ranges::swap64),
        Export::alias("toLocaleString", "toString"),
        Export::symbol_alias(Symbol::For("nodejs.util.inspect.custom"), "inspect"),
    ],
    statics: &[
        Export::int("poolSize", POOL_SIZE as i32),
        Export::function("from", 3, create::from),
        Export::function("copyBytesFrom", 3, create::copy_bytes_from),
        Export::function("of", 0, create::of),
        Export::function("alloc", 3, create::alloc),
        Export::function("allocUnsafe", 1, create::alloc_unsafe),
        Export::class(&create::ALLOC_UNSAFE_SLOW),
        Export::function("isBuffer", 1, create::is_buffer),
        Export::function("compare", 2, ranges::compare_two),
        Export::function("isEncoding", 1, create::is_encoding),
        Export::function("concat", 2, create::concat),
        Export::function("byteLength", 2, create::byte_length),
        Export::symbol_getter(Symbol::Species, create::species).enumerable(false),
        Export::symbol_alias(Symbol::Private("kIsEncodingSymbol"), "isEncoding"),
    ],
};

/// `globalThis.Buffer`
pub fn constructor(cx: &mut Context) -> JsResult<JsValue> {
    Ok(BUFFER.constructor(cx)?.into())
}

fn constants(cx: &mut Context) -> JsResult<JsValue> {
    let constants = JsObject::with_object_proto(cx.intrinsics());
    for (name, value) in [("MAX_LENGTH", K_MAX_LENGTH), ("MAX_STRING_LENGTH", STRING_LENGTH_MAX as f64)] {
        let descriptor = PropertyDescriptor::builder().value(value).enumerable(true).writable(false).configurable(false);
        constants.define_property_or_throw(js_string!(name), descriptor, cx)?;
    }
    Ok(constants.into())
}

/// The bytes of a method's receiver, any view or buffer.
fn this_range(this: &JsValue, cx: &mut Context) -> JsResult<ByteRange> {
    range_of(this).ok_or_else(|| errors::coded(errors::Base::Type, "ERR_INVALID_ARG_TYPE", "argument must be a buffer", cx))
}

/// `buffer.constants.MAX_LENGTH`
const K_MAX_LENGTH: f64 = 9_007_199_254_740_991.0;
