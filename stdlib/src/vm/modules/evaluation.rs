//! Evaluating a module, and what becomes of its state.

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsValue, builtins::promise::PromiseState, object::builtins::JsPromise};
use coil_engine::{Host, errors, op::thrown_value, table};

use super::{Status, linking::collect, receiver, state_of, status_error};
use crate::vm::options;

/// `module.evaluate([options])`
pub(super) fn evaluate(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, cx)?;
    match evaluate_now(&object, args.get_or_undefined(0), cx) {
        Ok(promise) => Ok(promise.into()),
        Err(error) => {
            let reason = thrown_value(error, cx);
            Ok(JsPromise::reject(JsError::from_opaque(reason), cx)?.into())
        }
    }
}

fn evaluate_now(object: &JsObject, given: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let run = options::of_run(given, cx)?;
    let Some((status, module, before, own_microtasks)) = state_of(object, |state| (state.status.get(), state.module.clone(), state.evaluated.borrow().clone(), state.own_microtasks)) else {
        return Err(errors::invalid_this("Module", cx));
    };
    if !matches!(status, Status::Linked | Status::Evaluated | Status::Errored) {
        return Err(status_error("must be one of linked, evaluated, or errored", cx));
    }
    if let Some(before) = before {
        if own_microtasks {
            Host::of(cx).run_microtasks(cx);
        }
        return Ok(before);
    }
    if status == Status::Errored {
        let error = state_of(object, |state| state.error.borrow().clone()).unwrap_or_default();
        return Err(JsError::from_opaque(error));
    }
    state_of(object, |state| state.status.set(Status::Evaluating));
    let result = run.limited(cx, |cx| {
        if !own_microtasks {
            return module.evaluate(cx);
        }
        let host = Host::of(cx);
        host.with_own_microtasks(cx, |cx| {
            let promise = module.evaluate(cx)?;
            host.run_microtasks_in_time(cx)?;
            Ok(promise)
        })
    });
    let promise = match result {
        Ok(promise) => promise,
        Err(error) => {
            let reason = thrown_value(error, cx);
            note_error(object, &reason);
            return Err(JsError::from_opaque(reason));
        }
    };
    match promise.state() {
        PromiseState::Fulfilled(_) => note_evaluated(object),
        PromiseState::Rejected(reason) => note_error(object, &reason),
        PromiseState::Pending => note_later(object, &promise, cx)?,
    }
    let promise: JsObject = promise.into();
    state_of(object, |state| *state.evaluated.borrow_mut() = Some(promise.clone()));
    Ok(promise)
}

/// The module has run, and all it is linked with before it.
fn note_evaluated(object: &JsObject) {
    let mut graph = Vec::new();
    collect(object, &mut graph);
    for part in &graph {
        state_of(part, |state| {
            if matches!(state.status.get(), Status::Linked | Status::Evaluating) {
                state.status.set(Status::Evaluated);
            }
        });
    }
}

fn note_error(object: &JsObject, reason: &JsValue) {
    state_of(object, |state| {
        state.status.set(Status::Errored);
        *state.error.borrow_mut() = reason.clone();
    });
}

/// The module awaits: its status follows the promise.
fn note_later(object: &JsObject, promise: &JsPromise, cx: &mut Context) -> JsResult<()> {
    // While it awaits, Node calls it evaluated.
    note_evaluated(object);
    let failed = table::closure(
        "",
        1,
        object.clone(),
        |_this, args, object, _cx| {
            note_error(object, args.get_or_undefined(0));
            Ok(JsValue::undefined())
        },
        cx,
    );
    promise.then(None, Some(failed), cx).map(drop)
}
