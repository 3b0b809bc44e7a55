//! `WebAssembly.Global`.

use boa_engine::{Context, JsArgs, JsData, JsObject, JsResult, JsValue, js_string};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    table::Export,
};
use wasmi::{Mutability, Val, ValType};

use super::{
    errors, function,
    group::{Group, Place},
    table::NOT_A_FUNCTION,
    values,
};

/// `WebAssembly.Global`
pub(super) static GLOBAL: Class = Class {
    name: "Global",
    length: 1,
    extends: Parent::None,
    kind: Kind::Native(Some("WebAssembly")),
    init: construct,
    prototype: &[Export::function("valueOf", 0, value_of).enumerable(true), Export::accessor("value", value, set_value).enumerable(true), Export::tag("WebAssembly.Global")],
    statics: &[],
};

/// What a Global is.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_no_drop)]
struct Data {
    place: GcRefCell<Place<wasmi::Global>>,
}

/// The object for a global of the store.
pub(super) fn object(group: &Gc<Group>, global: wasmi::Global, cx: &mut Context) -> JsResult<JsObject> {
    match group.object(&global) {
        Some(found) => Ok(found),
        None => Ok(create(GLOBAL.prototype(cx)?, group, global)),
    }
}

fn create(prototype: JsObject, group: &Gc<Group>, global: wasmi::Global) -> JsObject {
    let place = Place { group: group.clone(), handle: global };
    let object = JsObject::from_proto_and_data(prototype, Data { place: GcRefCell::new(place) }).upcast();
    group.set_object(&global, object.clone());
    object
}

/// Where the global is that a value stands for.
pub(super) fn place(value: &JsValue) -> Option<Place<wasmi::Global>> {
    value.as_object()?.downcast_ref::<Data>().map(|data| data.place.borrow().clone())
}

fn receiver(this: &JsValue, place_name: &str) -> JsResult<Place<wasmi::Global>> {
    place(this).ok_or_else(|| errors::type_error(format!("{place_name}: Receiver is not a WebAssembly.Global")))
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Global()";
    let Some(descriptor) = args.get_or_undefined(0).as_object() else {
        return Err(errors::type_error(format!("{PLACE}: Argument 0 must be a global descriptor")));
    };
    let mutable = descriptor.get(js_string!("mutable"), cx)?.to_boolean();
    let mutability = if mutable { Mutability::Var } else { Mutability::Const };
    let ty = descriptor.get(js_string!("value"), cx)?.to_string(cx)?.to_std_string_lossy();
    let ty = match ty.as_str() {
        "i32" => ValType::I32,
        "i64" => ValType::I64,
        "f32" => ValType::F32,
        "f64" => ValType::F64,
        "externref" => ValType::ExternRef,
        "anyfunc" => ValType::FuncRef,
        "v128" => return Err(errors::type_error(format!("{PLACE}: A global of type 'v128' cannot be created in JavaScript"))),
        _ => return Err(errors::type_error(format!("{PLACE}: Descriptor property 'value' must be a WebAssembly type"))),
    };
    let prototype = instance_prototype(&GLOBAL, cx)?;
    let value = args.get_or_undefined(1);
    let group = function::exported(value).map_or_else(|| Group::new(true), |exported| exported.place.group);
    let value = match ty {
        ValType::ExternRef if args.len() < 2 => values::to_wasm(&JsValue::undefined(), ty, &group, cx)?,
        ValType::ExternRef => values::to_wasm(value, ty, &group, cx)?,
        _ if value.is_undefined() => Val::default_for_ty(ty),
        ValType::FuncRef => values::to_wasm(value, ty, &group, cx).map_err(|_| errors::type_error(format!("{PLACE}: {NOT_A_FUNCTION}")))?,
        _ => values::to_wasm(value, ty, &group, cx)?,
    };
    let global = group.with(|store| wasmi::Global::new(store, value, mutability));
    Ok(create(prototype, &group, global).into())
}

/// Whether its value is a vector, which JavaScript cannot have.
pub(super) fn is_vector(place: &Place<wasmi::Global>) -> bool {
    place.group.with(|store| place.handle.ty(&*store)).content() == ValType::V128
}

pub(super) fn read(place: &Place<wasmi::Global>, place_name: &str, cx: &mut Context) -> JsResult<JsValue> {
    match place.group.with(|store| place.handle.get(&*store)) {
        Val::V128(_) => Err(errors::type_error(format!("{place_name}: Can't get the value of a global of type v128"))),
        value => values::to_js(&value, &place.group, cx),
    }
}

fn value_of(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "WebAssembly.Global.valueOf()";
    read(&receiver(this, PLACE)?, PLACE, cx)
}

fn value(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "get WebAssembly.Global.value)";
    read(&receiver(this, PLACE)?, PLACE, cx)
}

fn set_value(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    const PLACE: &str = "set WebAssembly.Global.value)";
    let mut place = receiver(this, PLACE)?;
    let ty = place.group.with(|store| place.handle.ty(&*store));
    if ty.mutability() == Mutability::Const {
        return Err(errors::type_error(format!("{PLACE}: Can't set the value of an immutable global.")));
    }
    let Some(value) = args.first() else { return Err(errors::type_error(format!("{PLACE}: Argument 0 is required"))) };
    if place.group.is_alone()
        && ty.content() == ValType::FuncRef
        && let Some(exported) = function::exported(value)
        && let Some(object) = this.as_object()
        && let Some(handle) = move_to(&object, &exported.place.group)
    {
        place = Place { group: exported.place.group, handle };
    }
    let value = match ty.content() {
        ValType::V128 => return Err(errors::type_error(format!("{PLACE}: Can't set the value of a global of type v128"))),
        ValType::FuncRef => values::to_wasm(value, ValType::FuncRef, &place.group, cx).map_err(|_| errors::type_error(format!("{PLACE}: Argument 0 is invalid: {NOT_A_FUNCTION}")))?,
        ty => values::to_wasm(value, ty, &place.group, cx)?,
    };
    let written = place.group.with(|store| place.handle.set(store, value));
    written.map_err(|_| errors::incompatible())?;
    Ok(JsValue::undefined())
}

/// Moves a global that no instance has yet, and that holds no function, to the store of `group`.
pub(super) fn move_to(object: &JsObject, group: &Gc<Group>) -> Option<wasmi::Global> {
    let old = place(&object.clone().into())?;
    let (ty, value) = old.group.with(|store| (old.handle.ty(&*store), old.handle.get(&*store)));
    let value = match value {
        Val::ExternRef(wasmi::Nullable::Val(reference)) => Val::ExternRef(wasmi::Nullable::Val(group.reference(&old.group.referenced(reference)))),
        Val::FuncRef(_) => Val::default_for_ty(ValType::FuncRef),
        value => value,
    };
    let global = group.with(|store| wasmi::Global::new(store, value, ty.mutability()));
    *object.downcast_ref::<Data>()?.place.borrow_mut() = Place { group: group.clone(), handle: global };
    group.set_object(&global, object.clone());
    Some(global)
}
