//! A call of a function of WebAssembly, from its start to its end.
//!
//! The interpreter returns whenever JavaScript is to be called or a slice of fuel is used up, and is resumed afterwards.

use boa_engine::{
    Context, JsArgs, JsResult, JsValue, native_stack,
    object::builtins::{JsArray, JsPromise},
};
use boa_gc::Gc;
use smallvec::SmallVec;
use wasmi::{Error, Func, FuncType, ResumableCall, ResumableCallHostTrap, Val, ValType};

use super::{
    errors,
    function::Exported,
    group::{CallsOut, Group, Import, Vals},
    suspension, values,
};
use crate::url;

/// Calls `func`; its results are written to `outputs`, one for each.
///
/// # Errors
///
/// A trap as a RuntimeError, what an imported function threw, and whatever stops a script.
pub(super) fn run(group: &Gc<Group>, func: Func, inputs: &[Val], outputs: &mut [Val], cx: &mut Context) -> JsResult<()> {
    native_stack::check()?;
    let reached = group.run(0, |store| func.call_resumable(store, inputs, outputs));
    match drive(group, reached, outputs, false, cx)? {
        Progress::Done => Ok(()),
        Progress::Waits { .. } => Err(suspension::refused(cx)),
    }
}

/// How far a run has come.
pub(super) enum Progress {
    /// To its end: the results are there.
    Done,
    /// To an import that promises results of this type. They resume the call, or are those of the run where there is none.
    Waits { call: Option<ResumableCallHostTrap>, ty: FuncType, promise: JsPromise },
}

/// Takes a run to its end, or to a promise where it may be suspended.
pub(super) fn drive(group: &Gc<Group>, mut reached: Result<ResumableCall, Error>, outputs: &mut [Val], suspends: bool, cx: &mut Context) -> JsResult<Progress> {
    loop {
        group.settle()?;
        reached = match reached {
            Ok(ResumableCall::Finished) => return Ok(Progress::Done),
            Ok(ResumableCall::OutOfFuel(run)) => group.run(run.required_fuel(), |store| run.resume(store, outputs)),
            Ok(ResumableCall::HostTrap(run)) => match call_import(group, suspends, cx)? {
                Called::Results(results) => group.run(0, |store| run.resume(store, &results, outputs)),
                Called::Promise(promise, ty) => return Ok(Progress::Waits { call: Some(run), ty, promise }),
            },
            // The import was the function itself, or its last call: its results are those of the function.
            Err(error) if error.downcast_ref::<CallsOut>().is_some() => match call_import(group, suspends, cx)? {
                Called::Results(results) => {
                    for (output, result) in outputs.iter_mut().zip(results) {
                        *output = result;
                    }
                    return Ok(Progress::Done);
                }
                Called::Promise(promise, ty) => return Ok(Progress::Waits { call: None, ty, promise }),
            },
            Err(error) => return Err(errors::trap(&error, cx)),
        };
    }
}

/// What an import gave.
enum Called {
    Results(Vals),
    Promise(JsPromise, FuncType),
}

/// Calls the function of JavaScript for which the interpreter returned.
fn call_import(group: &Gc<Group>, suspends: bool, cx: &mut Context) -> JsResult<Called> {
    let Some((Import { callee, ty, is_suspending }, arguments)) = group.called() else { return Err(errors::incompatible()) };
    if is_suspending && !suspends {
        return Err(suspension::refused(cx));
    }
    if ty.results().contains(&ValType::V128) {
        return Err(errors::incompatible());
    }
    let arguments = arguments.iter().map(|argument| values::to_js(argument, group, cx)).collect::<JsResult<SmallVec<[JsValue; 6]>>>()?;
    let result = callee.call(&JsValue::undefined(), &arguments, cx)?;
    if is_suspending {
        return Ok(Called::Promise(JsPromise::resolve(result, cx)?, ty));
    }
    results(&result, &ty, group, cx).map(Called::Results)
}

/// The results of a function of this type that a value of JavaScript stands for.
pub(super) fn results(value: &JsValue, ty: &FuncType, group: &Gc<Group>, cx: &mut Context) -> JsResult<Vals> {
    match ty.results() {
        [] => Ok(Vals::new()),
        [only] => Ok(smallvec::smallvec![values::to_wasm(value, *only, group, cx)?]),
        several => {
            let results = listed(value, cx)?;
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
pub(super) fn from_js(exported: &Exported, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let inputs = inputs(exported, args, cx)?;
    let mut outputs = outputs(&exported.ty);
    run(&exported.place.group, exported.place.handle, &inputs, &mut outputs, cx)?;
    results_to_js(&outputs, &exported.place.group, cx)
}

/// The arguments of JavaScript as those of an exported function.
pub(super) fn inputs(exported: &Exported, args: &[JsValue], cx: &mut Context) -> JsResult<Vals> {
    let ty = &exported.ty;
    if ty.results().contains(&ValType::V128) {
        return Err(errors::incompatible());
    }
    ty.params().iter().enumerate().map(|(index, ty)| values::to_wasm(args.get_or_undefined(index), *ty, &exported.place.group, cx)).collect()
}

/// Room for the results of a function.
pub(super) fn outputs(ty: &FuncType) -> Vals {
    ty.results().iter().map(|ty| Val::default_for_ty(*ty)).collect()
}

/// Results as JavaScript sees them: nothing, a value or an array.
pub(super) fn results_to_js(results: &[Val], group: &Gc<Group>, cx: &mut Context) -> JsResult<JsValue> {
    match results {
        [] => Ok(JsValue::undefined()),
        [only] => values::to_js(only, group, cx),
        several => {
            let values = several.iter().map(|value| values::to_js(value, group, cx)).collect::<JsResult<Vec<_>>>()?;
            Ok(JsArray::from_iter(values, cx).into())
        }
    }
}
