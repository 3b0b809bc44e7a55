//! The functions and accessors on `EventEmitter` itself.

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue,
    job::{Job, PromiseJob},
    js_string,
    object::builtins::{JsArray, JsFunction},
    property::PropertyKey,
};
use coil_engine::{Host, errors, table, validate};

use super::{CAPTURE, EVENT_EMITTER, MAX_EVENT_TARGET_LISTENERS, MAX_EVENT_TARGET_LISTENERS_WARNED, State, max_listeners, method, put};
use crate::event_target;

/// `EventEmitter.captureRejections`
pub(super) fn capture_rejections(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let capture = CAPTURE.to_js(cx);
    EVENT_EMITTER.prototype(cx)?.get(capture, cx)
}

/// `EventEmitter.captureRejections = yes`
pub(super) fn set_capture_rejections(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let yes = validate::boolean(args.get_or_undefined(0), "EventEmitter.captureRejections", cx)?;
    let capture = CAPTURE.to_js(cx);
    put(&EVENT_EMITTER.prototype(cx)?, capture, yes, cx)?;
    Ok(JsValue::undefined())
}

/// `EventEmitter.defaultMaxListeners`
pub(super) fn default_max_listeners(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(Host::of(cx).state::<State>().default_max_listeners.borrow().clone())
}

/// `EventEmitter.defaultMaxListeners = count`
pub(super) fn set_default_max_listeners(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let count = args.get_or_undefined(0);
    validate::number_within(count, "defaultMaxListeners", Some(0.0), None, cx)?;
    *Host::of(cx).state::<State>().default_max_listeners.borrow_mut() = count.clone();
    Ok(JsValue::undefined())
}

/// `events.setMaxListeners(count, ...targets)`
pub(super) fn set_max_listeners(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = Host::of(cx).state::<State>();
    let count = match args.first() {
        Some(count) if !count.is_undefined() => count.clone(),
        _ => state.default_max_listeners.borrow().clone(),
    };
    validate::number_within(&count, "setMaxListeners", Some(0.0), None, cx)?;
    let targets = args.get(1..).unwrap_or_default();
    if targets.is_empty() {
        *state.default_max_listeners.borrow_mut() = count;
        return Ok(JsValue::undefined());
    }
    for target in targets {
        let object = target.to_object(cx)?;
        if event_target::is_event_target(&object, cx)? {
            let (max, warned) = (MAX_EVENT_TARGET_LISTENERS.to_js(cx), MAX_EVENT_TARGET_LISTENERS_WARNED.to_js(cx));
            put(&object, max, count.clone(), cx)?;
            put(&object, warned, false, cx)?;
        } else if object.get(js_string!("setMaxListeners"), cx)?.is_callable() {
            method(&object, "setMaxListeners", std::slice::from_ref(&count), cx)?;
        } else {
            return Err(errors::invalid_arg_type("eventTargets", "EventEmitter|EventTarget", target, cx));
        }
    }
    Ok(JsValue::undefined())
}

/// `events.getEventListeners(target, event)`
pub(super) fn get_event_listeners(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (target, event) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let object = validate::readable(target, "listeners", cx)?;
    if object.get(js_string!("listeners"), cx)?.is_callable() {
        return method(&object, "listeners", std::slice::from_ref(event), cx);
    }
    match event_target::listeners(&object, event, cx)? {
        Some(listeners) => Ok(JsArray::from_iter(listeners, cx).into()),
        None => Err(errors::invalid_arg_type("emitter", "EventEmitter|EventTarget", target, cx)),
    }
}

/// `events.getMaxListeners(target)`
pub(super) fn get_max_listeners(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let target = args.get_or_undefined(0);
    if let Some(object) = target.as_object() {
        if object.get(js_string!("getMaxListeners"), cx)?.is_callable() {
            return max_listeners(&object, cx);
        }
        let max = MAX_EVENT_TARGET_LISTENERS.to_js(cx);
        let max = object.get(max, cx)?;
        if max.is_number() {
            return Ok(max);
        }
    }
    Err(errors::invalid_arg_type("emitter", "EventEmitter|EventTarget", target, cx))
}

/// `events.listenerCount(target, event)`
pub(super) fn listener_count(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (target, event) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let object = target.to_object(cx)?;
    if object.get(js_string!("listenerCount"), cx)?.is_callable() {
        return method(&object, "listenerCount", std::slice::from_ref(event), cx);
    }
    match event_target::listeners(&object, event, cx)? {
        Some(listeners) => Ok(listeners.len().into()),
        None => Err(errors::invalid_arg_type("emitter", "EventEmitter|EventTarget", target, cx)),
    }
}

/// `events.addAbortListener(signal, listener)`: the listener runs even where another one stopped the event; a Disposable takes it back.
pub(super) fn add_abort_listener(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (signal, listener) = (args.get_or_undefined(0), args.get_or_undefined(1));
    let signal = match validate::abort_signal(signal, "signal", cx)? {
        Some(signal) => signal,
        None => return Err(errors::invalid_arg_type("signal", "AbortSignal", &JsValue::undefined(), cx)),
    };
    let listener = validate::function(listener, "listener", cx)?;
    let added = on_abort(&signal, &listener, cx)?;
    let disposable = JsObject::with_null_proto();
    let dispose = table::closure(
        "[Symbol.dispose]",
        0,
        (signal, listener, added),
        |_this, _args, (signal, listener, added), cx| {
            if *added {
                off_abort(signal, listener, cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    let key = coil_engine::table::Symbol::Dispose.to_js(cx);
    disposable.create_data_property_or_throw(key, dispose, cx)?;
    Ok(disposable.into())
}

/// Calls `listener` when `signal` aborts, in a microtask when it has. Whether there is a listener to take back.
pub(crate) fn on_abort(signal: &JsObject, listener: &JsFunction, cx: &mut Context) -> JsResult<bool> {
    if signal.get(js_string!("aborted"), cx)?.to_boolean() {
        let listener = listener.clone();
        cx.enqueue_job(Job::PromiseJob(PromiseJob::new(move |cx| listener.call(&JsValue::undefined(), &[], cx))));
        return Ok(false);
    }
    let options = event_target::once_unstoppable(cx)?;
    method(signal, "addEventListener", &[js_string!("abort").into(), listener.clone().into(), options], cx)?;
    Ok(true)
}

/// Takes back what [`on_abort`] added.
pub(crate) fn off_abort(signal: &JsObject, listener: &JsFunction, cx: &mut Context) -> JsResult<()> {
    method(signal, "removeEventListener", &[js_string!("abort").into(), listener.clone().into()], cx).map(drop)
}

/// Adds a listener to an EventEmitter or an EventTarget.
pub(super) fn add_agnostic(target: &JsObject, event: &JsValue, listener: &JsFunction, once: bool, cx: &mut Context) -> JsResult<()> {
    let args = [event.clone(), listener.clone().into()];
    if target.get(js_string!("on"), cx)?.is_callable() {
        return method(target, if once { "once" } else { "on" }, &args, cx).map(drop);
    }
    if target.get(js_string!("addEventListener"), cx)?.is_callable() {
        let options = if once { event_target::once_unstoppable(cx)? } else { JsValue::undefined() };
        let [event, listener] = args;
        return method(target, "addEventListener", &[event, listener, options], cx).map(drop);
    }
    Err(errors::invalid_arg_type("emitter", "EventEmitter", &target.clone().into(), cx))
}

/// Removes a listener from an EventEmitter or an EventTarget.
pub(super) fn remove_agnostic(target: &JsObject, event: &JsValue, listener: &JsFunction, cx: &mut Context) -> JsResult<()> {
    let args = [event.clone(), listener.clone().into()];
    if target.get(js_string!("removeListener"), cx)?.is_callable() {
        return method(target, "removeListener", &args, cx).map(drop);
    }
    if target.get(js_string!("removeEventListener"), cx)?.is_callable() {
        return method(target, "removeEventListener", &args, cx).map(drop);
    }
    Err(errors::invalid_arg_type("emitter", "EventEmitter", &target.clone().into(), cx))
}

/// `undefined` and anything else that has no properties are no emitters.
pub(super) fn emitter_of(value: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    match value.as_object() {
        Some(object) => Ok(object),
        None if value.is_null_or_undefined() => value.to_object(cx),
        None => Err(errors::invalid_arg_type("emitter", "EventEmitter", value, cx)),
    }
}

/// An option, `undefined` where there are none.
pub(super) fn option(options: Option<&JsObject>, key: impl Into<PropertyKey>, cx: &mut Context) -> JsResult<JsValue> {
    match options {
        Some(options) => options.get(key, cx),
        None => Ok(JsValue::undefined()),
    }
}
