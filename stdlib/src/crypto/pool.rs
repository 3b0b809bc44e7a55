//! Work that runs here and now, or on the pool where a callback or a promise waits for it.

use boa_engine::{
    Context, JsError, JsResult, JsValue,
    builtins::promise::ResolvingFunctions,
    object::builtins::{JsFunction, JsPromise},
};
use coil_engine::{Host, coil_loop, coil_sys::Sys, errors, op::thrown_value};

use super::failure::{Failure, Outcome};

/// What runs: knows no JavaScript.
pub type Work<T> = Box<dyn FnOnce(&Sys) -> Outcome<T> + Send>;
/// What it gives becomes the values that a callback gets after `null`.
pub type Finish<T> = Box<dyn FnOnce(T, &mut Context) -> JsResult<Vec<JsValue>>>;

/// Does the work here.
pub fn here<T>(work: Work<T>, finish: Finish<T>, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    let done = {
        let host = Host::of(cx);
        work(host.sys())
    };
    match done {
        Ok(output) => finish(output, cx),
        Err(failure) => Err(failure.to_js(cx)),
    }
}

/// Does the work on the pool and calls `callback` with an error or with `null` and the values.
pub fn later<T: Send + 'static>(label: &'static str, callback: JsFunction, work: Work<T>, finish: Finish<T>, cx: &mut Context) {
    Host::of(cx).offload(label, work, move |outcome, cx| {
        let given = settled(outcome).map_err(|failure| failure.of_job().to_js(cx)).and_then(|output| finish(output, cx));
        let args = match given {
            Ok(values) => std::iter::once(JsValue::null()).chain(values).collect(),
            Err(error) => vec![thrown_value(error, cx)],
        };
        Host::of(cx).enter(&callback, &JsValue::undefined(), &args, cx);
    });
}

/// [`later`] where there is a callback, else [`here`]; gives the one value.
pub fn either<T: Send + 'static>(label: &'static str, callback: Option<JsFunction>, work: Work<T>, finish: Finish<T>, cx: &mut Context) -> JsResult<JsValue> {
    match callback {
        Some(callback) => {
            later(label, callback, work, finish, cx);
            Ok(JsValue::undefined())
        }
        None => Ok(here(work, finish, cx)?.into_iter().next().unwrap_or_default()),
    }
}

/// Work on the pool for a promise.
pub fn promised<T: Send + 'static>(label: &'static str, work: Work<T>, finish: impl FnOnce(Outcome<T>, &mut Context) -> JsResult<JsValue> + 'static, cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    Host::of(cx).offload(label, work, move |outcome, cx| {
        let given = finish(settled(outcome), cx);
        settle(&resolvers, given, cx);
    });
    Ok(promise.into())
}

/// A promise of what is known already.
pub fn promise_of(given: JsResult<JsValue>, cx: &mut Context) -> JsResult<JsValue> {
    let (promise, resolvers) = JsPromise::new_pending(cx);
    let (settle, value) = side(&resolvers, given, cx);
    settle.call(&JsValue::undefined(), &[value], cx)?;
    Ok(promise.into())
}

fn settle(resolvers: &ResolvingFunctions, given: Result<JsValue, JsError>, cx: &mut Context) {
    let (settle, value) = side(resolvers, given, cx);
    Host::of(cx).enter(settle, &JsValue::undefined(), &[value], cx);
}

fn side<'a>(resolvers: &'a ResolvingFunctions, given: Result<JsValue, JsError>, cx: &mut Context) -> (&'a JsFunction, JsValue) {
    match given {
        Ok(value) => (&resolvers.resolve, value),
        Err(error) => (&resolvers.reject, thrown_value(error, cx)),
    }
}

fn settled<T>(outcome: coil_loop::Outcome<Outcome<T>>) -> Outcome<T> {
    match outcome {
        coil_loop::Outcome::Done(result) => result,
        coil_loop::Outcome::Cancelled => Err(Failure::Plain("The operation was cancelled".into())),
    }
}

/// A callback, or none where it is `undefined`.
pub fn optional_callback(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsFunction>> {
    if value.is_undefined() { Ok(None) } else { coil_engine::validate::function(value, "callback", cx).map(Some) }
}

/// A JavaScript error of a failure.
pub fn thrown<T>(outcome: Outcome<T>, cx: &mut Context) -> JsResult<T> {
    outcome.map_err(|failure| failure.to_js(cx))
}

/// ERR_CRYPTO_INVALID_STATE
pub fn invalid_state(message: &str, cx: &mut Context) -> JsError {
    errors::coded(errors::Base::Error, "ERR_CRYPTO_INVALID_STATE", message, cx)
}
