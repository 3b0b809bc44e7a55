//! Values of JavaScript and of WebAssembly: `ToWebAssemblyValue` and `ToJSValue` of the specification.

use boa_engine::{Context, JsBigInt, JsResult, JsValue};
use boa_gc::Gc;
use wasmi::{Nullable, Ref, RefType, Val, ValType};

use super::{errors, function, group::Group};

/// The value of WebAssembly that a value of JavaScript becomes, in the store of `group`.
///
/// # Errors
///
/// A TypeError where it becomes none; what conversions of objects throw.
pub(super) fn to_wasm(value: &JsValue, ty: ValType, group: &Gc<Group>, cx: &mut Context) -> JsResult<Val> {
    Ok(match ty {
        ValType::I32 => Val::I32(value.to_i32(cx)?),
        ValType::I64 => Val::I64(value.to_big_int64(cx)?),
        ValType::F32 => Val::F32((value.to_number(cx)? as f32).into()),
        ValType::F64 => Val::F64(value.to_number(cx)?.into()),
        ValType::V128 => return Err(errors::incompatible()),
        ValType::FuncRef => match to_ref(value, RefType::Func, group) {
            Some(Ref::Func(func)) => Val::FuncRef(func),
            _ => return Err(errors::incompatible()),
        },
        ValType::ExternRef => match to_ref(value, RefType::Extern, group) {
            Some(Ref::Extern(reference)) => Val::ExternRef(reference),
            _ => return Err(errors::incompatible()),
        },
    })
}

/// The reference that a value becomes: any value is an `externref`, only null and exported functions are `funcref`s.
pub(super) fn to_ref(value: &JsValue, ty: RefType, group: &Gc<Group>) -> Option<Ref> {
    Some(match ty {
        RefType::Extern if value.is_null() => Ref::Extern(Nullable::Null),
        RefType::Extern => Ref::Extern(Nullable::Val(group.reference(value))),
        RefType::Func if value.is_null() => Ref::Func(Nullable::Null),
        RefType::Func => Ref::Func(Nullable::Val(function::in_group(value, group)?)),
    })
}

/// The value of JavaScript that a value of WebAssembly becomes.
///
/// # Errors
///
/// A TypeError for vectors.
pub(super) fn to_js(value: &Val, group: &Gc<Group>, cx: &mut Context) -> JsResult<JsValue> {
    Ok(match value {
        Val::I32(value) => (*value).into(),
        Val::I64(value) => JsBigInt::from(*value).into(),
        Val::F32(value) => f64::from(value.to_float()).into(),
        Val::F64(value) => value.to_float().into(),
        Val::V128(_) => return Err(errors::incompatible()),
        Val::FuncRef(func) => ref_to_js(Ref::Func(*func), group, cx),
        Val::ExternRef(reference) => ref_to_js(Ref::Extern(*reference), group, cx),
    })
}

/// The value of JavaScript that a reference is.
pub(super) fn ref_to_js(reference: Ref, group: &Gc<Group>, cx: &mut Context) -> JsValue {
    match reference {
        Ref::Func(Nullable::Val(func)) => function::object(group, func, cx).into(),
        Ref::Extern(Nullable::Val(reference)) => group.referenced(reference),
        Ref::Func(Nullable::Null) | Ref::Extern(Nullable::Null) => JsValue::null(),
    }
}
