//! `WebAssembly.Table`.

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    table::Export,
};
use wasmi::{Ref, RefType, TableType};

use super::{
    descriptor::{Address, Limits},
    errors, function,
    group::{Group, Place, TABLE_SIZE_MAX},
    values,
};

/// `WebAssembly.Table`
pub(super) static TABLE: Class = Class {
    name: "Table",
    length: 1,
    extends: Parent::None,
    kind: Kind::Native(Some("WebAssembly")),
    init: construct,
    prototype: &[
        Export::getter("length", length).enumerable(true),
        Export::function("grow", 1, grow).enumerable(true),
        Export::function("set", 1, set).enumerable(true),
        Export::function("get", 1, get).enumerable(true),
        Export::tag("WebAssembly.Table"),
    ],
    statics: &[],
};

/// What V8 says of a value that is no `funcref`.
pub(super) const NOT_A_FUNCTION: &str = "function-typed object must be null (if nullable) or a Wasm function object";

/// What a Table is.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Data {
    place: GcRefCell<Place<wasmi::Table>>,
}

/// The object for a table of the store.
pub(super) fn object(group: &Gc<Group>, table: wasmi::Table, cx: &mut Context) -> JsResult<JsObject> {
    match group.object(&table) {
        Some(found) => Ok(found),
        None => Ok(create(TABLE.prototype(cx)?, group, table)),
    }
}

fn create(prototype: JsObject, group: &Gc<Group>, table: wasmi::Table) -> JsObject {
    let place = Place { group: group.clone(), handle: table };
    let object = JsObject::from_proto_and_data(prototype, Data { place: GcRefCell::new(place) }).upcast();
    group.set_object(&table, object.clone());
    object
}

/// Where the table is that a value stands for.
pub(super) fn place(value: &JsValue) -> Option<Place<wasmi::Table>> {
    value.as_object()?.downcast_ref::<Data>().map(|data| data.place.borrow().clone())
}

fn receiver(this: &JsValue, place_name: &str) -> JsResult<(Place<wasmi::Table>, TableType)> {
    let Some(place) = place(this) else { return Err(errors::type_error(format!("{place_name}: Receiver is not a WebAssembly.Table"))) };
    let ty = place.group.with(|store| place.handle.ty(&*store));
    Ok((place, ty))
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Table()";
    let Some(descriptor) = args.get_or_undefined(0).as_object() else {
        return Err(errors::type_error(format!("{PLACE}: Argument 0 must be a table descriptor")));
    };
    let element = descriptor.get(js_string!("element"), cx)?.to_string(cx)?.to_std_string_lossy();
    let Some(element) = reference_type(&element) else {
        return Err(errors::type_error(format!("{PLACE}: Descriptor property 'element' must be a WebAssembly reference type")));
    };
    let address = Address::of(&descriptor, PLACE, cx)?;
    let maximum_max = if address == Address::I64 { u64::MAX } else { u64::from(u32::MAX) };
    let limits = Limits::of(&descriptor, address, TABLE_SIZE_MAX, maximum_max, PLACE, cx)?;
    let prototype = instance_prototype(&TABLE, cx)?;
    let init = match args.get(1) {
        Some(value) if !value.is_undefined() => value.clone(),
        _ => default_of(element),
    };
    // A table of functions is in their store.
    let group = function::exported(&init).map_or_else(|| Group::new(true), |exported| exported.place.group);
    let Some(init) = values::to_ref(&init, element, &group) else {
        return Err(errors::type_error(format!("{PLACE}: Argument 2 must be undefined or a value of type compatible with the type of the new table: {NOT_A_FUNCTION}.")));
    };
    let table = new(&group, element, limits, address, init).ok_or_else(|| errors::range_error(format!("{PLACE}: could not allocate table")))?;
    Ok(create(prototype, &group, table).into())
}

fn new(group: &Group, element: RefType, limits: Limits, address: Address, init: Ref) -> Option<wasmi::Table> {
    let ty = match address {
        Address::I64 => TableType::new64(element, limits.initial, limits.maximum),
        Address::I32 => TableType::new(element, u32::try_from(limits.initial).ok()?, limits.maximum.and_then(|maximum| u32::try_from(maximum).ok())),
    };
    group.with(|store| wasmi::Table::new(store, ty, init)).ok()
}

fn reference_type(name: &str) -> Option<RefType> {
    match name {
        "anyfunc" => Some(RefType::Func),
        "externref" => Some(RefType::Extern),
        _ => None,
    }
}

/// What stands in a new place where nothing is said.
fn default_of(element: RefType) -> JsValue {
    match element {
        RefType::Func => JsValue::null(),
        RefType::Extern => JsValue::undefined(),
    }
}

fn address_of(ty: TableType) -> Address {
    if ty.is_64() { Address::I64 } else { Address::I32 }
}

fn length(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let (place, ty) = receiver(this, "WebAssembly.Table.length")?;
    Ok(address_of(ty).to_js(place.group.with(|store| place.handle.size(&*store))))
}

/// The element that an argument gives: the default where it is missing. Where a table that is alone gets a function, it moves to it.
fn element(this: &JsValue, args: &[JsValue], ty: TableType, place_name: &str, colon: &str) -> JsResult<(Place<wasmi::Table>, Ref)> {
    let value = args.get(1).cloned().unwrap_or_else(|| default_of(ty.element()));
    let mut here = receiver(this, place_name)?.0;
    if here.group.is_alone()
        && ty.element() == RefType::Func
        && let Some(exported) = function::exported(&value)
        && let Some(object) = this.as_object()
        && let Some(handle) = move_to(&object, &exported.place.group)
    {
        here = Place { group: exported.place.group, handle };
    }
    match values::to_ref(&value, ty.element(), &here.group) {
        Some(element) => Ok((here, element)),
        None => Err(errors::type_error(format!("{place_name}: Argument 1 is invalid{colon}: {NOT_A_FUNCTION}"))),
    }
}

fn grow(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Table.grow()";
    let (_, ty) = receiver(this, PLACE)?;
    let address = address_of(ty);
    let more = address.read(args.get_or_undefined(0), PLACE, "Argument 0", cx)?;
    let (place, init) = element(this, args, ty, PLACE, "")?;
    let grown = place.group.with(|store| place.handle.grow(store, more, init));
    place.group.settle()?;
    match grown {
        Ok(before) => Ok(address.to_js(before)),
        Err(_) => Err(errors::range_error(format!("{PLACE}: failed to grow table by {more}"))),
    }
}

/// The index that an argument is: one of the table.
fn index(args: &[JsValue], place: &Place<wasmi::Table>, ty: TableType, place_name: &str, cx: &mut Context) -> JsResult<u64> {
    let index = address_of(ty).read(args.get_or_undefined(0), place_name, "Argument 0", cx)?;
    let size = place.group.with(|store| place.handle.size(&*store));
    if index < size {
        return Ok(index);
    }
    let kind = if ty.element() == RefType::Func { "funcref" } else { "externref" };
    Err(errors::range_error(format!("{place_name}: invalid address {index} in {kind} table of size {size}")))
}

fn get(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Table.get()";
    let (place, ty) = receiver(this, PLACE)?;
    let index = index(args, &place, ty, PLACE, cx)?;
    let element = place.group.with(|store| place.handle.get(&*store, index));
    Ok(element.map_or_else(JsValue::null, |element| values::ref_to_js(element, &place.group, cx)))
}

fn set(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Table.set()";
    let (place, ty) = receiver(this, PLACE)?;
    let index = index(args, &place, ty, PLACE, cx)?;
    let (place, element) = element(this, args, ty, PLACE, " for table")?;
    let written = place.group.with(|store| place.handle.set(store, index, element));
    written.map_err(|_| errors::type_error(format!("{PLACE}: Argument 1 is invalid for table")))?;
    Ok(JsValue::undefined())
}

/// Moves a table that no instance has yet, and that holds no functions, to the store of `group`.
pub(super) fn move_to(object: &JsObject, group: &Gc<Group>) -> Option<wasmi::Table> {
    let old = place(&object.clone().into())?;
    let (ty, size) = old.group.with(|store| (old.handle.ty(&*store), old.handle.size(&*store)));
    let limits = Limits { initial: size, maximum: ty.maximum() };
    let table = new(group, ty.element(), limits, address_of(ty), Ref::null(ty.element()))?;
    for index in 0..size {
        let element = old.group.with(|store| old.handle.get(&*store, index));
        if let Some(Ref::Extern(wasmi::Nullable::Val(reference))) = element {
            let moved = group.reference(&old.group.referenced(reference));
            group.with(|store| table.set(store, index, Ref::Extern(wasmi::Nullable::Val(moved)))).ok()?;
        }
    }
    *object.downcast_ref::<Data>()?.place.borrow_mut() = Place { group: group.clone(), handle: table };
    group.set_object(&table, object.clone());
    Some(table)
}
