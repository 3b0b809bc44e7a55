//! `emit`, what an unheard `'error'` throws, and rejections of listeners.

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsValue, js_str, js_string,
    object::builtins::JsArray,
    property::{PropertyDescriptor, PropertyKey},
};
use coil_engine::{Host, errors, op::thrown_value, table};

use super::{CAPTURE, ENHANCE_STACK, ERROR_MONITOR, REJECTION, call, put, receiver};

/// `EventEmitter.prototype.emit`
pub(super) fn method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let emitter = receiver(this, cx)?;
    match args {
        [event, rest @ ..] => {
            let event = event.to_property_key(cx)?;
            direct(&emitter, &event, rest, cx).map(JsValue::from)
        }
        [] => direct(&emitter, &js_string!("undefined").into(), &[], cx).map(JsValue::from),
    }
}

/// The same for Rust: calls the listeners, whatever the emitter's own `emit` is.
pub(super) fn direct(emitter: &JsObject, event: &PropertyKey, args: &[JsValue], cx: &mut Context) -> JsResult<bool> {
    if Host::of(cx).has_domains() {
        return crate::domain::emit(emitter, event, args, |cx| plain(emitter, event, args, cx), cx);
    }
    plain(emitter, event, args, cx)
}

/// Without domains.
fn plain(emitter: &JsObject, event: &PropertyKey, args: &[JsValue], cx: &mut Context) -> JsResult<bool> {
    let events = super::events_of(emitter, event, cx)?;
    if matches!(event, PropertyKey::String(name) if *name == js_str!("error")) {
        let mut heard = false;
        if let Some(events) = &events {
            let monitor = ERROR_MONITOR.to_js(cx);
            if !events.get(monitor.clone(), cx)?.is_undefined() {
                super::emit(emitter, monitor, args, cx)?;
            }
            heard = !events.get(js_string!("error"), cx)?.is_undefined();
        }
        if !heard {
            return Err(unheard(emitter, args, cx));
        }
    }
    let Some(events) = events else { return Ok(false) };
    let Some(handler) = events.get_by(event, cx)?.as_object() else { return Ok(false) };
    let this = JsValue::from(emitter.clone());
    if handler.is_callable() {
        let result = handler.call(&this, args, cx)?;
        watch(emitter, &result, event, args, cx)?;
        return Ok(true);
    }
    for listener in elements(&handler, cx)? {
        let Some(function) = listener.as_object() else {
            return Err(errors::plain(errors::Base::Type, "listener is not a function"));
        };
        let result = function.call(&this, args, cx)?;
        watch(emitter, &result, event, args, cx)?;
    }
    Ok(true)
}

/// The elements of an array at this moment.
pub(crate) fn elements(list: &JsObject, cx: &mut Context) -> JsResult<Vec<JsValue>> {
    if list.is_array()
        && let Some(values) = JsArray::from_object(list.clone())?.dense_values()
    {
        return Ok(values.into_iter().collect());
    }
    let length = list.get(js_string!("length"), cx)?.to_length(cx)?;
    (0..length).map(|index| list.get(index, cx)).collect()
}

/// What an `'error'` without listener throws: the error itself, or one that says what was emitted.
fn unheard(emitter: &JsObject, args: &[JsValue], cx: &mut Context) -> JsError {
    let given = args.first().cloned().unwrap_or_default();
    let constructor = cx.intrinsics().constructors().error().constructor();
    if let Some(error) = given.as_object()
        && given.instance_of(&constructor.into(), cx).unwrap_or(false)
    {
        // A frozen error is thrown as it is.
        let _ = note_place(emitter, &error, cx);
        return JsError::from_opaque(given);
    }
    errors::unhandled_error(&given, cx)
}

/// Hangs on an error the function that gives its stack with the place where it was emitted; the printer of fatal errors calls it.
fn note_place(emitter: &JsObject, error: &JsObject, cx: &mut Context) -> JsResult<()> {
    let here = errors::plain(errors::Base::Error, "").into_opaque(cx)?;
    let enhance = table::closure("bound enhanceStackTrace", 0, (emitter.clone(), error.clone(), here), |_this, _args, (emitter, error, here), cx| enhanced_stack(emitter, error, here, cx), cx);
    let descriptor = PropertyDescriptor::builder().value(enhance).writable(false).enumerable(false).configurable(true);
    error.define_property_or_throw(ENHANCE_STACK.to_js(cx), descriptor, cx)?;
    Ok(())
}

/// The stack of an error that was emitted unheard, and the same with the place of that; nothing of another error.
pub(crate) fn place_of_emission(error: &JsObject, cx: &mut Context) -> JsResult<Option<(String, String)>> {
    let Some(enhance) = error.get(ENHANCE_STACK.to_js(cx), cx)?.as_callable() else { return Ok(None) };
    let stack = error.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_escaped();
    let enhanced = enhance.call(&JsValue::undefined(), &[], cx)?.to_string(cx)?.to_std_string_escaped();
    Ok(Some((stack, enhanced)))
}

fn enhanced_stack(emitter: &JsObject, error: &JsObject, here: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let stack = error.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_escaped();
    let own = match here.as_object() {
        Some(here) => here.get(js_string!("stack"), cx)?.to_string(cx)?.to_std_string_escaped(),
        None => String::new(),
    };
    let instance = match errors::constructor_name(emitter, cx) {
        Some(name) if name != "EventEmitter" => format!(" on {name} instance"),
        _ => String::new(),
    };
    let error_frames: Vec<&str> = stack.split('\n').skip(1).collect();
    let mut frames: Vec<&str> = own.split('\n').skip(1).collect();
    if let Some((start, length)) = common_run(&frames, &error_frames) {
        frames.splice(start + 1..start + length - 1, [MATCHING]);
    }
    Ok(js_string!(format!("{stack}\nEmitted 'error' event{instance} at:\n{}", frames.join("\n"))).into())
}

/// The first run of more than three frames of `own` that stands in `other` too.
fn common_run(own: &[&str], other: &[&str]) -> Option<(usize, usize)> {
    (0..own.len().saturating_sub(3)).find_map(|start| {
        let at = other.iter().position(|frame| *frame == own[start])?;
        let length = own[start..].iter().zip(&other[at..]).take_while(|(a, b)| a == b).count();
        (length > 3).then_some((start, length))
    })
}

const MATCHING: &str = "    [... lines matching original stack trace ...]";

/// With captured rejections, a promise that a listener gave turns its rejection into an `'error'`.
fn watch(emitter: &JsObject, result: &JsValue, event: &PropertyKey, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    if result.is_null_or_undefined() {
        return Ok(());
    }
    let capture = CAPTURE.to_js(cx);
    if !emitter.get(capture, cx)?.to_boolean() {
        return Ok(());
    }
    let watched = watch_promise(emitter, result, event, args, cx);
    match watched {
        Ok(()) => Ok(()),
        Err(error) => {
            let reason = thrown_value(error, cx);
            super::emit(emitter, js_string!("error"), &[reason], cx).map(drop)
        }
    }
}

fn watch_promise(emitter: &JsObject, result: &JsValue, event: &PropertyKey, args: &[JsValue], cx: &mut Context) -> JsResult<()> {
    let promise = result.to_object(cx)?;
    let Some(then) = promise.get(js_string!("then"), cx)?.as_function() else { return Ok(()) };
    let rejected = table::closure(
        "",
        1,
        (emitter.clone(), JsValue::from(event), args.to_vec()),
        |_this, given, (emitter, event, args), cx| {
            let reason = given.first().cloned().unwrap_or_default();
            let (emitter, event, args) = (emitter.clone(), event.clone(), args.clone());
            Host::of(cx).next_tick_native(move |cx| emit_rejection(&emitter, reason, event, args, cx));
            Ok(JsValue::undefined())
        },
        cx,
    );
    then.call(result, &[JsValue::undefined(), rejected.into()], cx)?;
    Ok(())
}

fn emit_rejection(emitter: &JsObject, reason: JsValue, event: JsValue, args: Vec<JsValue>, cx: &mut Context) -> JsResult<()> {
    let rejection = REJECTION.to_js(cx);
    let handler = emitter.get(rejection, cx)?;
    if handler.is_callable() {
        let mut all = vec![reason, event];
        all.extend(args);
        return call(emitter, &handler, "[nodejs.rejection]", &all, cx).map(drop);
    }
    // Not captured again while the error is out: an error listener that rejects would run for ever.
    let capture = CAPTURE.to_js(cx);
    let before = emitter.get(capture.clone(), cx)?;
    put(emitter, capture.clone(), false, cx)?;
    let result = super::emit(emitter, js_string!("error"), &[reason], cx);
    put(emitter, capture, before, cx)?;
    result.map(drop)
}
