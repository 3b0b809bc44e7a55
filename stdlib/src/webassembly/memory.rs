//! `WebAssembly.Memory`.
//!
//! `buffer` is an ArrayBuffer over the bytes where they lie in the store; that this is sound is argued at [`over`]. A memory that grows
//! moves, so its buffer is detached, as the specification wants it: where JavaScript grows it, at once; where WebAssembly does, before
//! JavaScript runs again ([`Group::settle`]).

use boa_engine::{
    Context, JsArgs, JsData, JsObject, JsResult, JsValue,
    bytes::ByteRange,
    object::{IntegrityLevel, builtins::JsArrayBuffer},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    table::Export,
};
use wasmi::MemoryType;

use super::{
    descriptor::{Address, Limits},
    errors,
    group::{Group, Place},
};

/// `WebAssembly.Memory`
pub(super) static MEMORY: Class = Class {
    name: "Memory",
    length: 1,
    extends: Parent::None,
    kind: Kind::Native(Some("WebAssembly")),
    init: construct,
    prototype: &[Export::function("grow", 1, grow).enumerable(true), Export::getter("buffer", buffer).enumerable(true), Export::tag("WebAssembly.Memory")],
    statics: &[],
};

const PAGE_BYTES: u64 = 1 << 16;
/// Pages that V8 allows.
pub(super) const PAGES_MAX: u64 = 1 << 16;
/// The same of memories with addresses of 64 bits.
const PAGES_64_MAX: u64 = 1 << 18;
/// The most pages that a descriptor can name with addresses of 64 bits.
const MAXIMUM_64_MAX: u64 = 1 << 48;

/// What a Memory is.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Data {
    place: GcRefCell<Place<wasmi::Memory>>,
    buffer: GcRefCell<Option<JsObject>>,
}

/// What a Memory is that threads share: bytes that JavaScript alone can reach, since there are no instances for them.
#[derive(Trace, Finalize, JsData)]
struct Shared {
    buffer: JsObject,
}

/// The SharedArrayBuffer of a shared Memory.
pub(super) fn shared_buffer(value: &JsValue) -> Option<JsObject> {
    value.as_object()?.downcast_ref::<Shared>().map(|data| data.buffer.clone())
}

/// The object for a memory of the store.
pub(super) fn object(group: &Gc<Group>, memory: wasmi::Memory, cx: &mut Context) -> JsResult<JsObject> {
    match group.object(&memory) {
        Some(found) => Ok(found),
        None => Ok(create(MEMORY.prototype(cx)?, group, memory)),
    }
}

fn create(prototype: JsObject, group: &Gc<Group>, memory: wasmi::Memory) -> JsObject {
    let place = Place { group: group.clone(), handle: memory };
    let object = JsObject::from_proto_and_data(prototype, Data { place: GcRefCell::new(place), buffer: GcRefCell::default() }).upcast();
    group.set_object(&memory, object.clone());
    object
}

/// Where the memory is that a value stands for.
pub(super) fn place(value: &JsValue) -> Option<Place<wasmi::Memory>> {
    value.as_object()?.downcast_ref::<Data>().map(|data| data.place.borrow().clone())
}

fn receiver(this: &JsValue, place_name: &str) -> JsResult<(JsObject, Place<wasmi::Memory>)> {
    let found = this.as_object().zip(place(this));
    found.ok_or_else(|| errors::type_error(format!("{place_name}: Receiver is not a WebAssembly.Memory")))
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Memory()";
    let Some(descriptor) = args.get_or_undefined(0).as_object() else {
        return Err(errors::type_error(format!("{PLACE}: Argument 0 must be a memory descriptor")));
    };
    let address = Address::of(&descriptor, PLACE, cx)?;
    let (initial_max, maximum_max) = if address == Address::I64 { (PAGES_64_MAX, MAXIMUM_64_MAX) } else { (PAGES_MAX, PAGES_MAX) };
    let limits = Limits::of(&descriptor, address, initial_max, maximum_max, PLACE, cx)?;
    if descriptor.get(boa_engine::js_string!("shared"), cx)?.to_boolean() {
        if limits.maximum.is_none() {
            return Err(errors::type_error(format!("{PLACE}: If shared is true, maximum property should be defined.")));
        }
        let prototype = instance_prototype(&MEMORY, cx)?;
        let constructor = cx.intrinsics().constructors().shared_array_buffer().constructor();
        let buffer = constructor.construct(&[(limits.initial * PAGE_BYTES).into()], None, cx)?;
        buffer.set_integrity_level(IntegrityLevel::Frozen, cx)?;
        return Ok(JsObject::from_proto_and_data(prototype, Shared { buffer }).upcast().into());
    }
    let prototype = instance_prototype(&MEMORY, cx)?;
    let group = Group::new(true);
    let memory = new(&group, limits, address).ok_or_else(|| errors::range_error(format!("{PLACE}: could not allocate memory")))?;
    Ok(create(prototype, &group, memory).into())
}

fn new(group: &Group, limits: Limits, address: Address) -> Option<wasmi::Memory> {
    let mut ty = MemoryType::builder();
    ty.memory64(address == Address::I64).min(limits.initial).max(limits.maximum);
    let ty = ty.build().ok()?;
    group.with(|store| wasmi::Memory::new(store, ty)).ok()
}

fn address_of(ty: MemoryType) -> Address {
    if ty.is_64() { Address::I64 } else { Address::I32 }
}

fn grow(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Memory.grow()";
    if let Some(buffer) = shared_buffer(this) {
        let more = Address::I32.read(args.get_or_undefined(0), PLACE, "Argument 0", cx)?;
        let bytes = ByteRange::of(&buffer).map_or(0, |range| range.byte_length as u64);
        return if more == 0 { Ok(Address::I32.to_js(bytes / PAGE_BYTES)) } else { Err(errors::range_error(format!("{PLACE}: Unable to grow instance memory"))) };
    }
    let (object, Place { group, handle }) = receiver(this, PLACE)?;
    let ty = group.with(|store| handle.ty(&*store));
    let address = address_of(ty);
    let more = address.read(args.get_or_undefined(0), PLACE, "Argument 0", cx)?;
    let pages_max = if address == Address::I64 { PAGES_64_MAX } else { PAGES_MAX };
    let before = group.with(|store| handle.size(&*store));
    let allowed = before.checked_add(more).is_some_and(|pages| pages <= ty.maximum().unwrap_or(pages_max).min(pages_max));
    if !allowed {
        return Err(errors::range_error(format!("{PLACE}: Maximum memory size exceeded")));
    }
    let grown = group.with(|store| handle.grow(store, more));
    let_go(&object);
    group.settle()?;
    match grown {
        Ok(before) => Ok(address.to_js(before)),
        Err(_) => Err(errors::range_error(format!("{PLACE}: Unable to grow instance memory"))),
    }
}

fn buffer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(buffer) = shared_buffer(this) {
        return Ok(buffer.into());
    }
    let (object, place) = receiver(this, "WebAssembly.Memory.buffer")?;
    if let Some(buffer) = known_buffer(&object) {
        return Ok(buffer.into());
    }
    let buffer: JsObject = over(&object, &place, cx)?.into();
    if let Some(data) = object.downcast_ref::<Data>() {
        *data.buffer.borrow_mut() = Some(buffer.clone());
    }
    Ok(buffer.into())
}

fn known_buffer(object: &JsObject) -> Option<JsObject> {
    object.downcast_ref::<Data>()?.buffer.borrow().clone()
}

/// A new buffer over the bytes of the memory that `object`, a Memory without one, stands for.
#[allow(unsafe_code)]
fn over(object: &JsObject, place: &Place<wasmi::Memory>, cx: &mut Context) -> JsResult<JsArrayBuffer> {
    let (start, len) = span(place);
    // SAFETY: the store owns the bytes, the group the store, and the owner's object the group; a store frees no memory before it is
    // dropped. A memory has one object (`Group::object`), and that has one buffer at a time. The bytes are touched by the interpreter
    // alone, which runs only in `Group::with`, when no JavaScript and so no native that reads a buffer does. They move only by growing:
    // then the buffer is let go in `grow` or in `Group::settle`, before anybody can read it; or with the memory's move to another group
    // (`move_to`), which moves the buffer too. The pointer is the one that the store itself keeps, not one borrowed from it.
    unsafe { JsArrayBuffer::over(start, len, object.clone(), cx) }
}

/// Where the bytes lie, and how many there are.
fn span(place: &Place<wasmi::Memory>) -> (*mut u8, usize) {
    place.group.with(|store| (place.handle.data_ptr(&*store), place.handle.data_size(&*store)))
}

fn let_go(object: &JsObject) {
    let buffer = object.downcast_ref::<Data>().and_then(|data| data.buffer.borrow_mut().take());
    if let Some(buffer) = buffer.and_then(|buffer| JsArrayBuffer::from_object(buffer).ok()) {
        buffer.let_go();
    }
}

/// Detaches the buffer of a Memory whose bytes have become more.
pub(super) fn let_go_if_grown(object: &JsObject) {
    let Some(place) = place(&object.clone().into()) else { return };
    let Some(buffer) = known_buffer(object).and_then(|buffer| JsArrayBuffer::from_object(buffer).ok()) else { return };
    let (_, len) = span(&place);
    let held = buffer.data().map_or(0, |data| data.len());
    if held != len {
        let_go(object);
    }
}

/// Moves a memory that no instance has yet, and its buffer, to the store of `group`. `None` where it does not fit into memory twice.
#[allow(unsafe_code)]
pub(super) fn move_to(object: &JsObject, group: &Gc<Group>) -> Option<wasmi::Memory> {
    let old = place(&object.clone().into())?;
    let ty = old.group.with(|store| old.handle.ty(&*store));
    let limits = Limits { initial: old.group.with(|store| old.handle.size(&*store)), maximum: ty.maximum() };
    let memory = new(group, limits, address_of(ty))?;
    old.group.with(|from| group.with(|to| memory.data_mut(to).copy_from_slice(old.handle.data(&*from))));
    let new = Place { group: group.clone(), handle: memory };
    let (start, len) = span(&new);
    if let Some(buffer) = known_buffer(object).and_then(|buffer| JsArrayBuffer::from_object(buffer).ok()) {
        // SAFETY: as in `over`; the copy is as long.
        unsafe { buffer.move_over(start, len, object.clone()) };
    }
    *object.downcast_ref::<Data>()?.place.borrow_mut() = new;
    group.set_object(&memory, object.clone());
    Some(memory)
}
