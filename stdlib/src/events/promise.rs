//! `events.once`: a promise of the next event.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue,
    builtins::promise::ResolvingFunctions,
    js_str, js_string,
    object::builtins::{JsArray, JsFunction, JsPromise},
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{errors, op::thrown_value, table, validate};

use super::{
    method,
    statics::{add_agnostic, emitter_of, option, remove_agnostic},
};

/// `events.once(emitter, name, options)`
pub(super) fn once(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (promise, settle) = JsPromise::new_pending(cx);
    if let Err(error) = start(args, &settle, cx) {
        let reason = thrown_value(error, cx);
        settle.reject.call(&JsValue::undefined(), &[reason], cx)?;
    }
    Ok(promise.into())
}

/// What one call waits with.
#[derive(Trace, Finalize)]
struct Wait {
    emitter: JsObject,
    event: JsValue,
    signal: Option<JsObject>,
    settle: ResolvingFunctions,
    listeners: GcRefCell<Option<Listeners>>,
}

#[derive(Clone, Trace, Finalize)]
struct Listeners {
    resolver: JsFunction,
    error: JsFunction,
    abort: JsFunction,
}

type Shared = Gc<Wait>;

fn start(args: &[JsValue], settle: &ResolvingFunctions, cx: &mut Context) -> JsResult<()> {
    let options = validate::options(args.get_or_undefined(2), "options", cx)?;
    let signal = option(options.as_ref(), js_string!("signal"), cx)?;
    let signal = validate::abort_signal(&signal, "options.signal", cx)?;
    if let Some(signal) = &signal
        && signal.get(js_string!("aborted"), cx)?.to_boolean()
    {
        let reason = signal.get(js_string!("reason"), cx)?;
        return Err(errors::abort(None, Some(reason), cx));
    }
    validate::readable(args.get_or_undefined(0), "on", cx)?;
    let emitter = emitter_of(args.get_or_undefined(0), cx)?;
    let event = args.get_or_undefined(1).clone();
    let wait = Gc::new(Wait { emitter: emitter.clone(), event: event.clone(), signal: signal.clone(), settle: settle.clone(), listeners: GcRefCell::new(None) });
    let listeners = Listeners {
        resolver: table::closure("resolver", 0, wait.clone(), resolved, cx),
        error: table::closure("errorListener", 1, wait.clone(), failed, cx),
        abort: table::closure("abortListener", 0, wait.clone(), aborted, cx),
    };
    *wait.listeners.borrow_mut() = Some(listeners.clone());
    add_agnostic(&emitter, &event, &listeners.resolver, true, cx)?;
    // An EventTarget's 'error' means nothing special.
    let is_error = event.as_string().is_some_and(|name| name == js_str!("error"));
    if !is_error && emitter.get(js_string!("once"), cx)?.is_callable() {
        method(&emitter, "once", &[js_string!("error").into(), listeners.error.clone().into()], cx)?;
    }
    if let Some(signal) = signal {
        add_agnostic(&signal, &js_string!("abort").into(), &listeners.abort, true, cx)?;
    }
    Ok(())
}

fn take_back_abort(wait: &Wait, listeners: &Listeners, cx: &mut Context) -> JsResult<()> {
    match &wait.signal {
        Some(signal) => remove_agnostic(signal, &js_string!("abort").into(), &listeners.abort, cx),
        None => Ok(()),
    }
}

fn resolved(_this: &JsValue, args: &[JsValue], wait: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let Some(listeners) = wait.listeners.borrow().clone() else { return Ok(JsValue::undefined()) };
    if wait.emitter.get(js_string!("removeListener"), cx)?.is_callable() {
        method(&wait.emitter, "removeListener", &[js_string!("error").into(), listeners.error.clone().into()], cx)?;
    }
    take_back_abort(wait, &listeners, cx)?;
    let values = JsArray::from_iter(args.iter().cloned(), cx);
    wait.settle.resolve.call(&JsValue::undefined(), &[values.into()], cx)
}

fn failed(_this: &JsValue, args: &[JsValue], wait: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let Some(listeners) = wait.listeners.borrow().clone() else { return Ok(JsValue::undefined()) };
    method(&wait.emitter, "removeListener", &[wait.event.clone(), listeners.resolver.clone().into()], cx)?;
    take_back_abort(wait, &listeners, cx)?;
    wait.settle.reject.call(&JsValue::undefined(), &[args.get_or_undefined(0).clone()], cx)
}

fn aborted(_this: &JsValue, _args: &[JsValue], wait: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let Some(listeners) = wait.listeners.borrow().clone() else { return Ok(JsValue::undefined()) };
    remove_agnostic(&wait.emitter, &wait.event, &listeners.resolver, cx)?;
    remove_agnostic(&wait.emitter, &js_string!("error").into(), &listeners.error, cx)?;
    let reason = match &wait.signal {
        Some(signal) => signal.get(js_string!("reason"), cx)?,
        None => JsValue::undefined(),
    };
    let error = errors::abort_object(None, Some(reason), cx)?;
    wait.settle.reject.call(&JsValue::undefined(), &[error.into()], cx)
}
