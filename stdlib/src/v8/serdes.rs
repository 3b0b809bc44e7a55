//! `v8.serialize`, `v8.deserialize` and the classes behind them.

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, JsArgs, JsBigInt, JsData, JsError, JsObject, JsResult, JsValue,
    builtins::typed_array::TypedArrayKind,
    bytes::ByteRange,
    introspect::ObjectKind,
    js_string,
    object::builtins::{JsArray, JsArrayBuffer},
};
use boa_gc::{Finalize, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors::{self, Base},
    table::Export,
};
use rustc_hash::FxHashMap;

use super::{
    reader::{self, Reader, malformed},
    writer::{VERSION, Writer, varint},
};
use crate::buffer;

/// `Serializer`
pub(super) static SERIALIZER: Class = Class {
    name: "Serializer",
    length: 0,
    extends: Parent::None,
    kind: Kind::AllocatingLegacy,
    init: construct_serializer,
    prototype: &[
        Export::function("writeHeader", 0, write_header),
        Export::function("writeValue", 0, write_value),
        Export::function("releaseBuffer", 0, release_buffer),
        Export::function("transferArrayBuffer", 0, transfer_out),
        Export::function("writeUint32", 0, write_uint32),
        Export::function("writeUint64", 0, write_uint64),
        Export::function("writeDouble", 0, write_double),
        Export::function("writeRawBytes", 0, write_raw_bytes),
        Export::function("_setTreatArrayBufferViewsAsHostObjects", 0, treat_views),
        Export::build("_getDataCloneError", |cx| Ok(cx.intrinsics().constructors().error().constructor().into())),
    ],
    statics: &[],
};

/// `DefaultSerializer`
pub(super) static DEFAULT_SERIALIZER: Class = Class {
    name: "DefaultSerializer",
    length: 0,
    extends: Parent::Class(&SERIALIZER),
    kind: Kind::Allocating,
    init: |_this, _args, cx| {
        let prototype = instance_prototype(&DEFAULT_SERIALIZER, cx)?;
        Ok(serializer(prototype, true).into())
    },
    prototype: &[Export::function("_writeHostObject", 1, write_host_object)],
    statics: &[],
};

/// `Deserializer`
pub(super) static DESERIALIZER: Class = Class {
    name: "Deserializer",
    length: 1,
    extends: Parent::None,
    kind: Kind::AllocatingLegacy,
    init: construct_deserializer,
    prototype: &[
        Export::function("readHeader", 0, read_header),
        Export::function("readValue", 0, read_value),
        Export::function("getWireFormatVersion", 0, wire_format_version),
        Export::function("transferArrayBuffer", 0, transfer_in),
        Export::function("readUint32", 0, read_uint32),
        Export::function("readUint64", 0, read_uint64),
        Export::function("readDouble", 0, read_double),
        Export::function("_readRawBytes", 0, |this, args, cx| Ok(JsValue::from(raw_bytes(this, args, cx)?.0))),
        Export::function("readRawBytes", 1, read_raw_bytes),
    ],
    statics: &[],
};

/// `DefaultDeserializer`
pub(super) static DEFAULT_DESERIALIZER: Class = Class {
    name: "DefaultDeserializer",
    length: 0,
    extends: Parent::Class(&DESERIALIZER),
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let prototype = instance_prototype(&DEFAULT_DESERIALIZER, cx)?;
        Ok(deserializer(prototype, args.get_or_undefined(0), cx)?.into())
    },
    prototype: &[Export::function("_readHostObject", 0, read_host_object)],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
pub(super) struct Out {
    #[unsafe_ignore_trace]
    bytes: Cell<Vec<u8>>,
    /// The numbers that objects are known by.
    ids: GcRefCell<FxHashMap<JsObject, u32>>,
    transferred: GcRefCell<Vec<(u32, JsObject)>>,
    #[unsafe_ignore_trace]
    views_are_host_objects: Cell<bool>,
}

#[derive(Trace, Finalize, JsData)]
struct In {
    #[unsafe_ignore_trace]
    bytes: Rc<[u8]>,
    #[unsafe_ignore_trace]
    at: Cell<usize>,
    #[unsafe_ignore_trace]
    version: Cell<u32>,
    objects: GcRefCell<Vec<Option<JsObject>>>,
    transferred: GcRefCell<FxHashMap<u32, JsObject>>,
}

impl Out {
    /// What was written; the serializer begins anew.
    pub(super) fn take(&self) -> Vec<u8> {
        self.ids.borrow_mut().clear();
        self.bytes.take()
    }
}

pub(super) fn serializer(prototype: JsObject, views_are_host_objects: bool) -> JsObject {
    let out = Out { bytes: Cell::default(), ids: GcRefCell::default(), transferred: GcRefCell::default(), views_are_host_objects: Cell::new(views_are_host_objects) };
    JsObject::from_proto_and_data(prototype, out).upcast()
}

fn construct_serializer(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() {
        return Err(called("Serializer", cx));
    }
    let prototype = instance_prototype(&SERIALIZER, cx)?;
    Ok(serializer(prototype, false).into())
}

fn construct_deserializer(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() {
        return Err(called("Deserializer", cx));
    }
    let prototype = instance_prototype(&DESERIALIZER, cx)?;
    Ok(deserializer(prototype, args.get_or_undefined(0), cx)?.into())
}

fn called(name: &str, cx: &mut Context) -> JsError {
    errors::coded(Base::Type, "ERR_CONSTRUCT_CALL_REQUIRED", format!("Class constructor {name} cannot be invoked without 'new'"), cx)
}

pub(super) fn deserializer(prototype: JsObject, source: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let bytes = view_bytes(source, "buffer", cx)?;
    let state = In { bytes: bytes.into(), at: Cell::new(0), version: Cell::new(0), objects: GcRefCell::default(), transferred: GcRefCell::default() };
    let object = JsObject::from_proto_and_data(prototype, state).upcast();
    object.create_data_property_or_throw(js_string!("buffer"), source.clone(), cx)?;
    Ok(object)
}

fn view_bytes(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Vec<u8>> {
    let view = value.as_object().filter(|object| matches!(object.kind(), ObjectKind::TypedArray(_) | ObjectKind::DataView));
    match view.as_ref().and_then(ByteRange::of) {
        Some(range) => Ok(range.to_vec()),
        None => Err(errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", format!("{name} must be a TypedArray or a DataView"), cx)),
    }
}

fn illegal() -> JsError {
    errors::plain(Base::Type, "Illegal invocation")
}

pub(super) fn with_out<R>(this: &JsValue, body: impl FnOnce(&Out) -> R) -> JsResult<R> {
    let object = this.as_object().ok_or_else(illegal)?;
    let out = object.downcast_ref::<Out>().ok_or_else(illegal)?;
    Ok(body(&out))
}

fn with_in<R>(this: &JsValue, body: impl FnOnce(&In) -> R) -> JsResult<R> {
    let object = this.as_object().ok_or_else(illegal)?;
    let state = object.downcast_ref::<In>().ok_or_else(illegal)?;
    Ok(body(&state))
}

pub(super) fn append(this: &JsValue, write: impl FnOnce(&mut Vec<u8>)) -> JsResult<JsValue> {
    with_out(this, |out| {
        let mut bytes = out.bytes.take();
        write(&mut bytes);
        out.bytes.set(bytes);
    })?;
    Ok(JsValue::undefined())
}

pub(super) fn write_header(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    append(this, |bytes| bytes.extend_from_slice(&[0xFF, VERSION as u8]))
}

/// `serializer.writeValue(value)`
pub(super) fn write_value(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let owner = this.as_object().ok_or_else(illegal)?;
    let (transferred, views_are_host_objects) = with_out(this, |out| (out.transferred.borrow().clone(), out.views_are_host_objects.get()))?;
    let mut writer = Writer { out: Vec::new(), ids: FxHashMap::default(), transferred: &transferred, views_are_host_objects, owner: owner.clone(), depth: 0 };
    take_back(&owner, &mut writer.out, &mut writer.ids);
    let written = writer.value(args.get_or_undefined(0), cx);
    lend(&owner, &mut writer.out, &mut writer.ids);
    written.map(|()| true.into())
}

/// Gives a serializer its bytes and numbers, so that what it calls goes on with them.
pub(super) fn lend(owner: &JsObject, bytes: &mut Vec<u8>, ids: &mut FxHashMap<JsObject, u32>) {
    if let Some(out) = owner.downcast_ref::<Out>() {
        out.bytes.set(std::mem::take(bytes));
        *out.ids.borrow_mut() = std::mem::take(ids);
    }
}

/// Takes them again.
pub(super) fn take_back(owner: &JsObject, bytes: &mut Vec<u8>, ids: &mut FxHashMap<JsObject, u32>) {
    if let Some(out) = owner.downcast_ref::<Out>() {
        *bytes = out.bytes.take();
        *ids = std::mem::take(&mut *out.ids.borrow_mut());
    }
}

fn release_buffer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let bytes = with_out(this, Out::take)?;
    // In memory of its own, as whoever gets it may send it away.
    buffer::from_block(boa_engine::bytes::copied(&bytes), cx).map(JsValue::from)
}

fn array_buffer_argument(value: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let buffer = value.as_object().filter(|object| matches!(object.kind(), ObjectKind::ArrayBuffer | ObjectKind::SharedArrayBuffer));
    buffer.ok_or_else(|| errors::coded(Base::Type, "ERR_INVALID_ARG_TYPE", "arrayBuffer must be an ArrayBuffer", cx))
}

fn transfer_out(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let id = args.get_or_undefined(0).to_u32(cx)?;
    let buffer = array_buffer_argument(args.get_or_undefined(1), cx)?;
    with_out(this, |out| out.transferred.borrow_mut().push((id, buffer)))?;
    Ok(JsValue::undefined())
}

fn write_uint32(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let number = args.get_or_undefined(0).to_u32(cx)?;
    append(this, |bytes| varint(bytes, number.into()))
}

fn write_uint64(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (high, low) = (args.get_or_undefined(0).to_u32(cx)?, args.get_or_undefined(1).to_u32(cx)?);
    append(this, |bytes| varint(bytes, u64::from(high) << 32 | u64::from(low)))
}

fn write_double(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let number = args.get_or_undefined(0).to_number(cx)?;
    append(this, |bytes| bytes.extend_from_slice(&number.to_le_bytes()))
}

fn write_raw_bytes(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let source = view_bytes(args.get_or_undefined(0), "source", cx)?;
    append(this, |bytes| bytes.extend_from_slice(&source))
}

fn treat_views(this: &JsValue, args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let yes = args.get_or_undefined(0).to_boolean();
    with_out(this, |out| out.views_are_host_objects.set(yes))?;
    Ok(JsValue::undefined())
}

/// What `owner._getDataCloneError(message)` makes.
pub(super) fn data_clone_error(owner: &JsObject, message: &str, cx: &mut Context) -> JsError {
    let made = owner.get(js_string!("_getDataCloneError"), cx).and_then(|make| match make.as_callable() {
        Some(make) => make.call(&owner.clone().into(), &[js_string!(message).into()], cx),
        None => Err(errors::plain(Base::Error, message)),
    });
    match made {
        Ok(error) => JsError::from_opaque(error),
        Err(error) => error,
    }
}

/// The kinds of views as `DefaultSerializer` numbers them; a Buffer is 10, a DataView 9.
const VIEWS: &[(u32, TypedArrayKind)] = &[
    (0, TypedArrayKind::Int8),
    (1, TypedArrayKind::Uint8),
    (2, TypedArrayKind::Uint8Clamped),
    (3, TypedArrayKind::Int16),
    (4, TypedArrayKind::Uint16),
    (5, TypedArrayKind::Int32),
    (6, TypedArrayKind::Uint32),
    (7, TypedArrayKind::Float32),
    (8, TypedArrayKind::Float64),
    (11, TypedArrayKind::BigInt64),
    (12, TypedArrayKind::BigUint64),
    (13, TypedArrayKind::Float16),
];
const DATA_VIEW: u32 = 9;
const BUFFER: u32 = 10;

/// `defaultSerializer._writeHostObject(view)`
pub(super) fn write_host_object(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let view = args.get_or_undefined(0);
    let owner = this.as_object().ok_or_else(illegal)?;
    let object = view.as_object();
    let is_buffer = match &object {
        Some(object) => object.get(js_string!("constructor"), cx)?.strict_equals(&buffer::constructor(cx)?),
        None => false,
    };
    let number = match object.as_ref().map(JsObject::kind) {
        _ if is_buffer => Some(BUFFER),
        Some(ObjectKind::TypedArray(kind)) => VIEWS.iter().find(|(_, known)| *known == kind).map(|(number, _)| *number),
        Some(ObjectKind::DataView) => Some(DATA_VIEW),
        _ => None,
    };
    let range = object.as_ref().and_then(ByteRange::of);
    let (Some(number), Some(range)) = (number, range) else {
        let shown = crate::show(view, cx);
        return Err(data_clone_error(&owner, &format!("Unserializable host object: {shown}"), cx));
    };
    append(this, |bytes| {
        varint(bytes, number.into());
        varint(bytes, range.byte_length as u64);
        range.read(|source| bytes.extend_from_slice(source));
    })
}

pub(super) fn read_header(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let owner = this.as_object().ok_or_else(illegal)?;
    let mut reader = reader_of(&owner)?;
    reader.header()?;
    give_back(&mut reader);
    Ok(true.into())
}

/// `deserializer.readValue()`
pub(super) fn read_value(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let owner = this.as_object().ok_or_else(illegal)?;
    let mut reader = reader_of(&owner)?;
    let value = reader.value(cx);
    give_back(&mut reader);
    value
}

/// What a deserializer reads with: it has the state until [`give_back`].
fn reader_of(owner: &JsObject) -> JsResult<Reader> {
    let state = owner.downcast_ref::<In>().ok_or_else(illegal)?;
    let objects = std::mem::take(&mut *state.objects.borrow_mut());
    let transferred = state.transferred.borrow().clone();
    Ok(Reader { bytes: state.bytes.clone(), at: state.at.get(), version: state.version.get(), objects, transferred, owner: owner.clone(), depth: 0 })
}

/// The state as the reader left it.
pub(super) fn give_back(reader: &mut Reader) {
    if let Some(state) = reader.owner.downcast_ref::<In>() {
        state.at.set(reader.at);
        state.version.set(reader.version);
        *state.objects.borrow_mut() = std::mem::take(&mut reader.objects);
    }
}

/// The state as a call of the owner's methods left it.
pub(super) fn resume(reader: &mut Reader) {
    if let Some(state) = reader.owner.downcast_ref::<In>() {
        reader.at = state.at.get();
        reader.objects = std::mem::take(&mut *state.objects.borrow_mut());
    }
}

fn wire_format_version(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(with_in(this, |state| state.version.get())?.into())
}

fn transfer_in(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let id = args.get_or_undefined(0).to_u32(cx)?;
    let buffer = array_buffer_argument(args.get_or_undefined(1), cx)?;
    with_in(this, |state| state.transferred.borrow_mut().insert(id, buffer))?;
    Ok(JsValue::undefined())
}

/// The next number; `what` names the method in the error.
pub(super) fn next_number(this: &JsValue, what: &str) -> JsResult<u64> {
    let number = with_in(this, |state| {
        let mut at = state.at.get();
        let number = reader::varint(&state.bytes, &mut at);
        if number.is_some() {
            state.at.set(at);
        }
        number
    })?;
    number.ok_or_else(|| errors::plain(Base::Error, format!("{what}() failed")))
}

fn read_uint32(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok((next_number(this, "ReadUint32")? as u32).into())
}

fn read_uint64(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let number = next_number(this, "ReadUint64")?;
    let halves = [((number >> 32) as u32).into(), (number as u32).into()];
    Ok(JsArray::from_iter(halves, cx).into())
}

/// The place of the next `len` bytes, which are then read.
fn advance(this: &JsValue, len: usize, what: &str) -> JsResult<std::ops::Range<usize>> {
    let range = with_in(this, |state| {
        let start = state.at.get();
        let end = start.checked_add(len).filter(|end| *end <= state.bytes.len())?;
        state.at.set(end);
        Some(start..end)
    })?;
    range.ok_or_else(|| errors::plain(Base::Error, format!("{what}() failed")))
}

fn read_double(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let range = advance(this, 8, "ReadDouble")?;
    let mut word = [0; 8];
    with_in(this, |state| word.copy_from_slice(&state.bytes[range]))?;
    Ok(f64::from_le_bytes(word).into())
}

/// Where the next bytes are, and how many.
fn raw_bytes(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<(usize, usize)> {
    let len = args.get_or_undefined(0).to_index(cx)? as usize;
    let range = advance(this, len, "ReadRawBytes")?;
    Ok((range.start, len))
}

/// `deserializer.readRawBytes(length)`: a view of the bytes given, not a copy.
fn read_raw_bytes(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (at, len) = raw_bytes(this, args, cx)?;
    let (array_buffer, offset) = source_of(this, cx)?;
    let from = buffer::constructor(cx)?.to_object(cx)?;
    let make = from.get(js_string!("from"), cx)?;
    let make = make.as_callable().ok_or_else(illegal)?;
    make.call(&from.into(), &[array_buffer.into(), JsValue::from(offset + at), JsValue::from(len)], cx)
}

/// The memory that `deserializer.buffer` looks at, and from where.
fn source_of(this: &JsValue, cx: &mut Context) -> JsResult<(JsObject, usize)> {
    let view = this.to_object(cx)?.get(js_string!("buffer"), cx)?;
    let range = view.as_object().as_ref().and_then(ByteRange::of).ok_or_else(illegal)?;
    Ok((range.buffer(), range.byte_offset))
}

/// `defaultDeserializer._readHostObject()`
pub(super) fn read_host_object(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let number = next_number(this, "ReadUint32")? as u32;
    let len = next_number(this, "ReadUint32")? as usize;
    let range = advance(this, len, "ReadRawBytes")?;
    let (array_buffer, offset) = source_of(this, cx)?;
    if number == BUFFER {
        let from = buffer::constructor(cx)?.to_object(cx)?;
        let make = from.get(js_string!("from"), cx)?.as_callable().ok_or_else(illegal)?;
        return make.call(&from.into(), &[array_buffer.into(), JsValue::from(offset + range.start), JsValue::from(len)], cx);
    }
    let kind = VIEWS.iter().find(|(known, _)| *known == number).map(|(_, kind)| *kind);
    let constructor = match kind {
        Some(kind) => boa_engine::bytes::typed_array_constructor(kind, cx),
        None if number == DATA_VIEW => cx.intrinsics().constructors().data_view().constructor(),
        None => return Err(malformed()),
    };
    let size = kind.map_or(1, buffer::element_size);
    let start = offset + range.start;
    if start % size == 0 {
        return constructor.construct(&[array_buffer.into(), JsValue::from(start), JsValue::from(len / size)], None, cx).map(JsValue::from);
    }
    // Elements stand at multiples of their size only: a copy.
    let copy = with_in(this, |state| state.bytes[range].to_vec())?;
    let copy = JsArrayBuffer::adopt(boa_engine::bytes::copied(&copy), cx)?;
    constructor.construct(&[copy.into(), 0.into(), JsValue::from(len / size)], None, cx).map(JsValue::from)
}

/// `v8.serialize(value)`
pub(super) fn serialize(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = DEFAULT_SERIALIZER.prototype(cx)?;
    let serializer = serializer(prototype, true).into();
    write_header(&serializer, &[], cx)?;
    write_value(&serializer, args, cx)?;
    release_buffer(&serializer, &[], cx)
}

/// `v8.deserialize(buffer)`
pub(super) fn deserialize(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = DEFAULT_DESERIALIZER.prototype(cx)?;
    let deserializer = deserializer(prototype, args.get_or_undefined(0), cx)?.into();
    read_header(&deserializer, &[], cx)?;
    read_value(&deserializer, &[], cx)
}

// What writing and reading share.

/// The tags of the kinds of typed arrays.
const TAGS: &[(u8, TypedArrayKind)] = &[
    (b'b', TypedArrayKind::Int8),
    (b'B', TypedArrayKind::Uint8),
    (b'C', TypedArrayKind::Uint8Clamped),
    (b'w', TypedArrayKind::Int16),
    (b'W', TypedArrayKind::Uint16),
    (b'd', TypedArrayKind::Int32),
    (b'D', TypedArrayKind::Uint32),
    (b'h', TypedArrayKind::Float16),
    (b'f', TypedArrayKind::Float32),
    (b'F', TypedArrayKind::Float64),
    (b'q', TypedArrayKind::BigInt64),
    (b'Q', TypedArrayKind::BigUint64),
];

pub(super) fn tag_of(kind: TypedArrayKind) -> u8 {
    TAGS.iter().find(|(_, known)| *known == kind).map_or(b'B', |(tag, _)| *tag)
}

pub(super) fn kind_of_tag(tag: u8) -> Option<TypedArrayKind> {
    TAGS.iter().find(|(known, _)| *known == tag).map(|(_, kind)| *kind)
}

/// The flags of a regular expression, by their bit.
const FLAGS: &[(char, u32)] = &[('d', 1 << 7), ('g', 1), ('i', 1 << 1), ('m', 1 << 2), ('s', 1 << 5), ('u', 1 << 4), ('v', 1 << 8), ('y', 1 << 3)];

pub(super) fn flag_bits(flags: &str) -> u32 {
    FLAGS.iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, bit)| bit).sum()
}

pub(super) fn flags_of(bits: u32) -> Option<String> {
    let known: u32 = FLAGS.iter().map(|(_, bit)| bit).sum();
    (bits & !known == 0).then(|| FLAGS.iter().filter(|(_, bit)| bits & bit != 0).map(|(flag, _)| *flag).collect())
}

/// Whether a number is negative, and its digits of eight bits, the low ones first.
pub(super) fn magnitude(number: &JsBigInt) -> (bool, Vec<u8>) {
    let text = number.to_string_radix(16);
    let (negative, digits) = text.strip_prefix('-').map_or((false, text.as_str()), |digits| (true, digits));
    if digits == "0" {
        return (false, Vec::new());
    }
    let nibbles: Vec<u8> = digits.chars().rev().filter_map(|digit| digit.to_digit(16)).map(|digit| digit as u8).collect();
    (negative, nibbles.chunks(2).map(|pair| pair[0] | pair.get(1).copied().unwrap_or_default() << 4).collect())
}

pub(super) fn bigint_of(negative: bool, bytes: &[u8]) -> JsBigInt {
    let digits: String = bytes.iter().rev().map(|byte| format!("{byte:02x}")).collect();
    let number = if digits.is_empty() { None } else { JsBigInt::from_string_radix(&digits, 16) };
    let number = number.unwrap_or_else(JsBigInt::zero);
    if negative { JsBigInt::neg(&number) } else { number }
}

/// `#<Promise>`: an object as V8's messages name it.
pub(super) fn shown(object: &JsObject, cx: &mut Context) -> String {
    let name = errors::constructor_name(object, cx).unwrap_or_else(|| "Object".to_owned());
    if matches!(object.kind(), ObjectKind::TypedArray(_)) { format!("[object {name}]") } else { format!("#<{name}>") }
}

/// The constructor of errors of this name.
pub(super) fn error_constructor(name: &str, cx: &Context) -> JsObject {
    let all = cx.intrinsics().constructors();
    match name {
        "EvalError" => all.eval_error(),
        "RangeError" => all.range_error(),
        "ReferenceError" => all.reference_error(),
        "SyntaxError" => all.syntax_error(),
        "TypeError" => all.type_error(),
        "URIError" => all.uri_error(),
        _ => all.error(),
    }
    .constructor()
}
