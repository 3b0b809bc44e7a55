//! `events.on`: an async iterator over an emitter's events.

use std::{cell::Cell, collections::VecDeque};

use boa_engine::{
    Context, JsArgs, JsObject, JsResult, JsValue,
    builtins::promise::ResolvingFunctions,
    js_str, js_string,
    object::{
        FunctionObjectBuilder,
        builtins::{JsArray, JsFunction, JsPromise},
    },
    property::PropertyDescriptor,
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    errors,
    table::{self, Symbol},
    validate,
};

use super::{
    method,
    statics::{add_agnostic, emitter_of, off_abort, on_abort, option, remove_agnostic},
};

/// One iterator's state.
#[derive(Trace, Finalize)]
struct Iteration {
    emitter: JsObject,
    signal: Option<JsObject>,
    /// A handler's first argument alone is the value: what `readline` and `fs.watch` ask for.
    first_only: bool,
    high: f64,
    low: f64,
    events: GcRefCell<VecDeque<JsValue>>,
    waiting: GcRefCell<VecDeque<ResolvingFunctions>>,
    error: GcRefCell<Option<JsValue>>,
    paused: Cell<bool>,
    finished: Cell<bool>,
    listeners: GcRefCell<Vec<(JsValue, JsFunction)>>,
    abort: GcRefCell<Option<JsFunction>>,
}

type Shared = Gc<Iteration>;

/// `events.on(emitter, event, options)`
pub(super) fn on(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let options = validate::options(args.get_or_undefined(2), "options", cx)?;
    let options = options.as_ref();
    let signal = option(options, js_string!("signal"), cx)?;
    let signal = validate::abort_signal(&signal, "options.signal", cx)?;
    if let Some(signal) = &signal
        && signal.get(js_string!("aborted"), cx)?.to_boolean()
    {
        let reason = signal.get(js_string!("reason"), cx)?;
        return Err(errors::abort(None, Some(reason), cx));
    }
    let high = watermark(options, "highWaterMark", "highWatermark", validate::SAFE_INTEGER_MAX, cx)?;
    let low = watermark(options, "lowWaterMark", "lowWatermark", 1.0, cx)?;
    let first = FIRST_EVENT_PARAM.to_js(cx);
    let first_only = option(options, first, cx)?.to_boolean();
    let emitter = emitter_of(args.get_or_undefined(0), cx)?;
    let event = args.get_or_undefined(1).clone();
    let state = Gc::new(Iteration {
        emitter: emitter.clone(),
        signal: signal.clone(),
        first_only,
        high,
        low,
        events: GcRefCell::default(),
        waiting: GcRefCell::default(),
        error: GcRefCell::default(),
        paused: Cell::new(false),
        finished: Cell::new(false),
        listeners: GcRefCell::default(),
        abort: GcRefCell::default(),
    });
    let iterator = iterator_object(&state, cx)?;

    let handler = table::closure("", 0, state.clone(), heard, cx);
    add_listener(&state, &event, handler, cx)?;
    let is_error = event.as_string().is_some_and(|name| name == js_str!("error"));
    if !is_error && emitter.get(js_string!("on"), cx)?.is_callable() {
        let handler = table::closure("errorHandler", 1, state.clone(), failed, cx);
        add_listener(&state, &js_string!("error").into(), handler, cx)?;
    }
    let close = option(options, js_string!("close"), cx)?;
    if let Some(close) = close.as_object() {
        let length = close.get(js_string!("length"), cx)?.to_length(cx)?;
        for index in 0..length {
            let event = close.get(index, cx)?;
            let handler = table::closure("closeHandler", 0, state.clone(), |_this, _args, state, cx| close_all(state, cx), cx);
            add_listener(&state, &event, handler, cx)?;
        }
    }
    if let Some(signal) = signal {
        let listener = table::closure("abortListener", 0, state.clone(), aborted, cx);
        if on_abort(&signal, &listener, cx)? {
            *state.abort.borrow_mut() = Some(listener);
        }
    }
    Ok(iterator.into())
}

/// `events.on(emitter, event, options)` whose values are the first arguments alone.
pub(crate) fn iterate_first(emitter: &JsObject, event: &'static str, options: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    let first = FIRST_EVENT_PARAM.to_js(cx);
    options.create_data_property_or_throw(first, true, cx)?;
    on(&JsValue::undefined(), &[emitter.clone().into(), js_string!(event).into(), options.clone().into()], cx)
}

/// Node's internal option.
const FIRST_EVENT_PARAM: Symbol = Symbol::For("nodejs.kFirstEventParam");
const WATERMARK_DATA: Symbol = Symbol::For("nodejs.watermarkData");

fn watermark(options: Option<&JsObject>, name: &'static str, old: &'static str, default: f64, cx: &mut Context) -> JsResult<f64> {
    let mut given = option(options, js_string!(name), cx)?;
    if given.is_null_or_undefined() {
        given = option(options, js_string!(old), cx)?;
    }
    if given.is_null_or_undefined() {
        return Ok(default);
    }
    validate::integer(&given, &format!("options.{name}"), 1.0, validate::SAFE_INTEGER_MAX, cx)
}

fn add_listener(state: &Shared, event: &JsValue, handler: JsFunction, cx: &mut Context) -> JsResult<()> {
    add_agnostic(&state.emitter, event, &handler, false, cx)?;
    state.listeners.borrow_mut().push((event.clone(), handler));
    Ok(())
}

fn iterator_object(state: &Shared, cx: &mut Context) -> JsResult<JsObject> {
    let prototype = cx.intrinsics().objects().iterator_prototypes().async_iterator();
    let iterator = JsObject::with_object_proto(cx.intrinsics());
    iterator.set_prototype(Some(prototype));
    let next_method = table::closure("next", 0, state.clone(), next, cx);
    iterator.create_data_property_or_throw(js_string!("next"), next_method, cx)?;
    let return_method = table::closure("return", 0, state.clone(), |_this, _args, state, cx| close_all(state, cx), cx);
    iterator.create_data_property_or_throw(js_string!("return"), return_method, cx)?;
    let throw_method = table::closure("throw", 1, state.clone(), throw, cx);
    iterator.create_data_property_or_throw(js_string!("throw"), throw_method, cx)?;
    let itself = table::closure("[Symbol.asyncIterator]", 0, (), |this, _args, (), _cx| Ok(this.clone()), cx);
    iterator.create_data_property_or_throw(Symbol::AsyncIterator.to_js(cx), itself, cx)?;

    let marks = JsObject::with_object_proto(cx.intrinsics());
    let mut show = |name: &'static str, read: fn(&Iteration) -> JsValue| {
        let native = boa_engine::NativeFunction::from_copy_closure_with_captures(move |_this, _args, state: &Shared, _cx| Ok(read(state)), state.clone());
        let getter = FunctionObjectBuilder::new(cx.realm(), native).name(js_string!(format!("get {name}"))).build();
        let descriptor = PropertyDescriptor::builder().get(getter).enumerable(true).configurable(true);
        marks.define_property_or_throw(js_string!(name), descriptor, cx)
    };
    show("size", |state| state.events.borrow().len().into())?;
    show("low", |state| state.low.into())?;
    show("high", |state| state.high.into())?;
    show("isPaused", |state| state.paused.get().into())?;
    let key = WATERMARK_DATA.to_js(cx);
    iterator.create_data_property_or_throw(key, marks, cx)?;
    Ok(iterator)
}

fn iter_result(value: JsValue, done: bool, cx: &mut Context) -> JsResult<JsValue> {
    let result = JsObject::with_object_proto(cx.intrinsics());
    result.create_data_property_or_throw(js_string!("value"), value, cx)?;
    result.create_data_property_or_throw(js_string!("done"), done, cx)?;
    Ok(result.into())
}

fn next(_this: &JsValue, _args: &[JsValue], state: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    // What came before an error is given first.
    let event = state.events.borrow_mut().pop_front();
    if let Some(event) = event {
        let left = state.events.borrow().len() as f64;
        if state.paused.get() && left < state.low {
            method(&state.emitter, "resume", &[], cx)?;
            state.paused.set(false);
        }
        let result = iter_result(event, false, cx)?;
        return JsPromise::resolve(result, cx).map(JsValue::from);
    }
    let error = state.error.borrow_mut().take();
    if let Some(error) = error {
        return JsPromise::reject(boa_engine::JsError::from_opaque(error), cx).map(JsValue::from);
    }
    if state.finished.get() {
        return close_all(state, cx);
    }
    let (promise, settle) = JsPromise::new_pending(cx);
    state.waiting.borrow_mut().push_back(settle);
    Ok(promise.into())
}

fn throw(_this: &JsValue, args: &[JsValue], state: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let error = args.get_or_undefined(0);
    let constructor = cx.intrinsics().constructors().error().constructor();
    if !error.is_object() || !error.instance_of(&constructor.into(), cx)? {
        return Err(errors::invalid_arg_type("EventEmitter.AsyncIterator", "Error", error, cx));
    }
    fail(state, error.clone(), cx)?;
    Ok(JsValue::undefined())
}

fn heard(_this: &JsValue, args: &[JsValue], state: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let value = if state.first_only { args.get_or_undefined(0).clone() } else { JsArray::from_iter(args.iter().cloned(), cx).into() };
    let waiting = state.waiting.borrow_mut().pop_front();
    if let Some(waiting) = waiting {
        let result = iter_result(value, false, cx)?;
        return waiting.resolve.call(&JsValue::undefined(), &[result], cx);
    }
    // Counted before it is paused and queued after: `pause` may look at the size.
    let size = state.events.borrow().len() as f64 + 1.0;
    if !state.paused.get() && size > state.high {
        state.paused.set(true);
        method(&state.emitter, "pause", &[], cx)?;
    }
    state.events.borrow_mut().push_back(value);
    Ok(JsValue::undefined())
}

fn failed(_this: &JsValue, args: &[JsValue], state: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    fail(state, args.get_or_undefined(0).clone(), cx)
}

fn aborted(_this: &JsValue, _args: &[JsValue], state: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let reason = match &state.signal {
        Some(signal) => signal.get(js_string!("reason"), cx)?,
        None => JsValue::undefined(),
    };
    let error = errors::abort_object(None, Some(reason), cx)?;
    fail(state, error.into(), cx)
}

fn fail(state: &Shared, error: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let waiting = state.waiting.borrow_mut().pop_front();
    match waiting {
        Some(waiting) => {
            waiting.reject.call(&JsValue::undefined(), &[error], cx)?;
        }
        None => *state.error.borrow_mut() = Some(error),
    }
    close_all(state, cx)
}

fn close_all(state: &Shared, cx: &mut Context) -> JsResult<JsValue> {
    let abort = state.abort.borrow_mut().take();
    if let (Some(signal), Some(listener)) = (&state.signal, abort) {
        off_abort(signal, &listener, cx)?;
    }
    while let Some((event, handler)) = { state.listeners.borrow_mut().pop() } {
        remove_agnostic(&state.emitter, &event, &handler, cx)?;
    }
    state.finished.set(true);
    state.paused.set(false);
    let done = iter_result(JsValue::undefined(), true, cx)?;
    while let Some(waiting) = { state.waiting.borrow_mut().pop_front() } {
        waiting.resolve.call(&JsValue::undefined(), std::slice::from_ref(&done), cx)?;
    }
    JsPromise::resolve(done, cx).map(JsValue::from)
}
