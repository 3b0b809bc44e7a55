//! A call of a function of WebAssembly, from its start to its end.
//!
//! The interpreter returns whenever JavaScript is to be called or a slice of fuel is used up, and is resumed afterwards.

use boa_engine::{Context, JsArgs, JsResult, JsValue, native_stack};
use boa_gc::Gc;
use smallvec::SmallVec;
use wasmi::{Func, ResumableCall, ValType};

use super::{
    errors,
    group::{CallsOut, Group, Import, Vals},
    values,
};
use crate::url;

/// Calls `func`; its results are written to `outputs`, one for each.
///
/// # Errors
///
/// A trap as a RuntimeError, what an imported function threw, and whatever stops a script.
pub(super) fn run(group: &Gc<Group>, func: Func, inputs: &[wasmi::Val], outputs: &mut [wasmi::Val], cx: &mut Context) -> JsResult<()> {
    native_stack::check()?;
    let mut reached = group.run(0, |store| func.call_resumable(store, inputs, outputs));
    loop {
        group.settle()?;
        reached = match reached {
            Ok(ResumableCall::Finished) => return Ok(()),
            Ok(ResumableCall::OutOfFuel(run)) => group.run(run.required_fuel(), |store| run.resume(store, outputs)),
            Ok(ResumableCall::HostTrap(run)) => {
                let results = call_import(group, cx)?;
                group.run(0, |store| run.resume(store, &results, outputs))
            }
            // The import was the function itself, or its last call: its results are those of the function.
            Err(error) if error.downcast_ref::<CallsOut>().is_some() => {
                for (output, result) in outputs.iter_mut().zip(call_import(group, cx)?) {
                    *output = result;
                }
                return Ok(());
            }
            Err(error) => return Err(errors::trap(&error, cx)),
        };
    }
}

/// Calls the function of JavaScript for which the interpreter returned.
fn call_import(group: &Gc<Group>, cx: &mut Context) -> JsResult<Vals> {
    let Some((Import { callee, ty }, arguments)) = group.called() else { return Err(errors::incompatible()) };
    if ty.results().contains(&ValType::V128) {
        return Err(errors::incompatible());
    }
    let arguments = arguments.iter().map(|argument| values::to_js(argument, group, cx)).collect::<JsResult<SmallVec<[JsValue; 6]>>>()?;
    let result = callee.call(&JsValue::undefined(), &arguments, cx)?;
    match ty.results() {
        [] => Ok(Vals::new()),
        [only] => Ok(smallvec::smallvec![values::to_wasm(&result, *only, group, cx)?]),
        several => {
            let results = listed(&result, cx)?;
            if results.len() != several.len() {
                return Err(errors::type_error("multi-return length mismatch"));
            }
            results.iter().zip(several).map(|(result, ty)| values::to_wasm(result, *ty, group, cx)).collect()
        }
    }
}

/// The values of an iterable.
fn listed(iterable: &JsValue, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let iterator = boa_engine::JsSymbol::iterator();
    let method = if iterable.is_null_or_undefined() { JsValue::undefined() } else { iterable.to_object(cx)?.get(iterator, cx)? };
    if !method.is_callable() {
        let shown = match iterable.as_object() {
            Some(_) => "object is not iterable".to_owned(),
            None if iterable.is_null_or_undefined() => format!("{} is not iterable", iterable.display()),
            None => format!("{} {} is not iterable", iterable.type_of(), iterable.display()),
        };
        return Err(errors::type_error(format!("{shown} (cannot read property Symbol(Symbol.iterator))")));
    }
    let mut values = Vec::new();
    url::for_each_by(&method, iterable, cx, |value, _cx| {
        values.push(value);
        Ok(())
    })?;
    Ok(values)
}

/// Calls an exported function with arguments of JavaScript.
pub(super) fn from_js(exported: &super::function::Exported, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let ty = &exported.ty;
    if ty.results().contains(&ValType::V128) {
        return Err(errors::incompatible());
    }
    let group = &exported.place.group;
    let inputs = ty.params().iter().enumerate().map(|(index, ty)| values::to_wasm(args.get_or_undefined(index), *ty, group, cx)).collect::<JsResult<Vals>>()?;
    let mut outputs: Vals = ty.results().iter().map(|ty| wasmi::Val::default_for_ty(*ty)).collect();
    run(group, exported.place.handle, &inputs, &mut outputs, cx)?;
    match outputs.as_slice() {
        [] => Ok(JsValue::undefined()),
        [only] => values::to_js(only, group, cx),
        several => {
            let values = several.iter().map(|value| values::to_js(value, group, cx)).collect::<JsResult<Vec<_>>>()?;
            Ok(boa_engine::object::builtins::JsArray::from_iter(values, cx).into())
        }
    }
}
