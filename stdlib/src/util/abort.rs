//! What `util` has of abort signals.

use boa_engine::{Context, Finalize, JsArgs, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsPromise};
use coil_engine::{errors, table, validate};

use crate::event_target;

/// `util.aborted(signal, resource)`: a promise that is fulfilled when the signal aborts.
pub(super) fn aborted(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match listen(args, cx) {
        Ok(promise) => Ok(promise),
        Err(error) => Ok(JsPromise::reject(error, cx)?.into()),
    }
}

fn listen(args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (signal, resource) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if signal.is_undefined() {
        return Err(errors::invalid_arg_type("signal", "AbortSignal", signal, cx));
    }
    let Some(signal) = validate::abort_signal(signal, "signal", cx)? else { return Ok(JsValue::undefined()) };
    let Some(resource) = resource.as_object() else {
        return Err(errors::invalid_arg_type("resource", "Object", resource, cx));
    };
    let (promise, resolvers) = JsPromise::new_pending(cx);
    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
        resolvers.resolve.call(&JsValue::undefined(), &[], cx)?;
        return Ok(promise.into());
    }
    let captured = Waiting { resolve: resolvers.resolve.into(), _resource: resource };
    let listener = table::closure("", 0, captured, |_, _, waiting, cx| waiting.resolve.call(&JsValue::undefined(), &[], cx), cx);
    let once = JsObject::with_object_proto(cx.intrinsics());
    once.create_data_property_or_throw(js_string!("once"), true, cx)?;
    if let Some(add) = signal.get(js_string!("addEventListener"), cx)?.as_callable() {
        add.call(&signal.into(), &[js_string!("abort").into(), listener.into(), once.into()], cx)?;
    }
    Ok(promise.into())
}

#[derive(Clone, Trace, Finalize)]
struct Waiting {
    resolve: JsObject,
    _resource: JsObject,
}

/// `util.transferableAbortSignal(signal)`
pub(super) fn transferable_signal(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let signal = args.get_or_undefined(0);
    let Some(object) = signal.as_object().filter(event_target::is_abort_signal) else {
        return Err(errors::invalid_arg_type("signal", "AbortSignal", signal, cx));
    };
    event_target::make_transferable(&object);
    Ok(signal.clone())
}

/// `util.transferableAbortController()`
pub(super) fn transferable_controller(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let controller = event_target::create_controller(cx)?;
    let signal = event_target::signal_of(&controller, cx)?;
    event_target::make_transferable(&signal);
    Ok(controller.into())
}
