//! `destroy`, construction, and how errors come out.

use std::cell::Cell;

use boa_engine::{
    Context, JsArgs, JsError, JsObject, JsResult, JsValue, js_string,
    object::builtins::{JsArray, JsFunction},
    property::PropertyDescriptor,
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::{
    Host, errors,
    op::thrown_value,
    table::{self, Symbol},
};

use super::{
    flags::{both, r, w},
    kinds,
    native::{self, Done},
    readable_state::{Readable, readable},
    writable,
    writable_state::{Writable, writable as writable_state},
};
use crate::events;

/// The events that tell of construction and of a destroy that waited for it.
const CONSTRUCT: Symbol = Symbol::Private("kConstruct");
const DESTROY: Symbol = Symbol::Private("kDestroy");

/// The value of an error that was thrown. What cannot be caught goes on.
pub(super) fn caught(error: JsError, cx: &mut Context) -> JsResult<JsValue> {
    if error.as_engine().is_none() { Ok(thrown_value(error, cx)) } else { Err(error) }
}

/// The object of an error made here.
pub(super) fn error_value(error: JsError, cx: &mut Context) -> JsResult<JsValue> {
    error.into_opaque(cx)
}

/// Both states, as far as there are any.
fn states(stream: &JsObject, cx: &mut Context) -> JsResult<(Option<Readable>, Option<Writable>)> {
    Ok((readable(stream, cx)?, writable_state(stream, cx)?))
}

fn note_error(error: &JsValue, r: Option<&Readable>, w: Option<&Writable>) {
    if !error.to_boolean() {
        return;
    }
    if let Some(w) = w
        && !w.has(w::ERRORED)
    {
        w.set_errored(error.clone());
    }
    if let Some(r) = r
        && !r.has(r::ERRORED)
    {
        r.set_errored(error.clone());
    }
}

fn either(r: Option<&Readable>, w: Option<&Writable>, bits: u32) -> bool {
    w.is_some_and(|w| w.has(bits)) || r.is_some_and(|r| r.has(bits))
}

fn mark(r: Option<&Readable>, w: Option<&Writable>, bits: u32) {
    if let Some(w) = w {
        w.add(bits);
    }
    if let Some(r) = r {
        r.add(bits);
    }
}

/// `stream.destroy(error, callback)` of a Readable.
pub(super) fn destroy_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    destroy(&stream, args.get_or_undefined(0), args.get_or_undefined(1).as_function(), cx)?;
    Ok(this.clone())
}

/// `stream.destroy(error)`, through an overriding `destroy`.
pub(crate) fn call(stream: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    let method = stream.get(js_string!("destroy"), cx)?;
    if let Some(function) = method.as_object() {
        if function.is_native_function(destroy_method) {
            return destroy(stream, error, None, cx);
        }
        if function.is_native_function(writable::destroy_method) {
            return writable::destroy(stream, error, None, cx);
        }
    }
    let args = if error.is_undefined() { &[][..] } else { std::slice::from_ref(error) };
    events::call(stream, &method, "stream.destroy", args, cx).map(drop)
}

pub(super) fn destroy(stream: &JsObject, error: &JsValue, callback: Option<JsFunction>, cx: &mut Context) -> JsResult<()> {
    let (r, w) = states(stream, cx)?;
    if either(r.as_ref(), w.as_ref(), both::DESTROYED) {
        if let Some(callback) = callback {
            callback.call(&JsValue::undefined(), &[], cx)?;
        }
        return Ok(());
    }
    // Destroyed before any callback runs, which may destroy again.
    note_error(error, r.as_ref(), w.as_ref());
    mark(r.as_ref(), w.as_ref(), both::DESTROYED);
    let constructed = match (&w, &r) {
        (Some(w), _) => w.has(both::CONSTRUCTED),
        (None, Some(r)) => r.has(both::CONSTRUCTED),
        (None, None) => return Err(errors::plain(errors::Base::Type, "Cannot read properties of undefined (reading 'Symbol(kState)')")),
    };
    if constructed {
        return run_destroy(stream, error.clone(), callback, cx);
    }
    let later = table::closure(
        "",
        1,
        (stream.clone(), error.clone(), callback),
        |_this, args, (stream, error, callback), cx| {
            let error = aggregate(args.get_or_undefined(0), error, cx)?;
            run_destroy(stream, error, callback.clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    let event = DESTROY.to_js(cx);
    events::once(stream, event, later, cx)
}

/// One run of `_destroy`.
#[derive(Trace, Finalize)]
pub(crate) struct Destroying {
    stream: JsObject,
    callback: GcRefCell<Option<JsFunction>>,
    called: Cell<bool>,
}

fn run_destroy(stream: &JsObject, error: JsValue, callback: Option<JsFunction>, cx: &mut Context) -> JsResult<()> {
    let given = if error.to_boolean() { error } else { JsValue::null() };
    let destroying = Gc::new(Destroying { stream: stream.clone(), callback: GcRefCell::new(callback), called: Cell::new(false) });
    match call_destroy_hook(stream, &destroying, given, cx) {
        Ok(()) => Ok(()),
        Err(error) => {
            let error = caught(error, cx)?;
            on_destroy(&destroying, error, cx)
        }
    }
}

/// `this._destroy(error, onDestroy)`
fn call_destroy_hook(stream: &JsObject, destroying: &Gc<Destroying>, error: JsValue, cx: &mut Context) -> JsResult<()> {
    let hook = stream.get(js_string!("_destroy"), cx)?;
    if let Some(function) = hook.as_object() {
        if function.is_native_function(default_destroy) {
            return on_destroy(destroying, error, cx);
        }
        if function.is_native_function(native::destroy) {
            let (r, w) = states(stream, cx)?;
            let native = w.and_then(|w| w.native.get()).or_else(|| r.and_then(|r| r.native.get()));
            return match native {
                Some(native) => native.destroy(stream, error, Done::Destroy(destroying.clone()), cx),
                None => on_destroy(destroying, error, cx),
            };
        }
    }
    let done = table::closure(
        "onDestroy",
        1,
        destroying.clone(),
        |_this, args, destroying, cx| {
            on_destroy(destroying, args.get_or_undefined(0).clone(), cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::call(stream, &hook, "self._destroy", &[error, done.into()], cx).map(drop)
}

/// What `_destroy` calls when it is done.
pub(super) fn on_destroy(destroying: &Destroying, error: JsValue, cx: &mut Context) -> JsResult<()> {
    if destroying.called.replace(true) {
        return Ok(());
    }
    let stream = destroying.stream.clone();
    let (r, w) = states(&stream, cx)?;
    note_error(&error, r.as_ref(), w.as_ref());
    mark(r.as_ref(), w.as_ref(), both::CLOSED);
    let callback = destroying.callback.borrow_mut().take();
    if let Some(callback) = callback {
        callback.call(&JsValue::undefined(), std::slice::from_ref(&error), cx)?;
    }
    Host::of(cx).next_tick_native(move |cx| {
        if error.to_boolean() {
            emit_error(&stream, error, cx)?;
        }
        emit_close(&stream, cx)
    });
    Ok(())
}

/// `_destroy` where nobody has written another: passes the error on.
pub(super) fn default_destroy(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    match args.get_or_undefined(1).as_function() {
        Some(done) => done.call(&JsValue::undefined(), &[args.get_or_undefined(0).clone()], cx),
        None => Err(errors::plain(errors::Base::Type, "cb is not a function")),
    }
}

fn emit_close(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let (r, w) = states(stream, cx)?;
    mark(r.as_ref(), w.as_ref(), both::CLOSE_EMITTED);
    if either(r.as_ref(), w.as_ref(), both::EMIT_CLOSE) {
        events::emit(stream, js_string!("close"), &[], cx)?;
    }
    Ok(())
}

fn emit_error(stream: &JsObject, error: JsValue, cx: &mut Context) -> JsResult<()> {
    let (r, w) = states(stream, cx)?;
    if either(r.as_ref(), w.as_ref(), both::ERROR_EMITTED) {
        return Ok(());
    }
    mark(r.as_ref(), w.as_ref(), both::ERROR_EMITTED);
    events::emit(stream, js_string!("error"), &[error], cx).map(drop)
}

/// `stream._undestroy()`: as if it had never been destroyed.
pub(super) fn undestroy(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let (r, w) = states(&stream, cx)?;
    if let Some(r) = r {
        r.add(r::CONSTRUCTED);
        r.clear(r::CLOSED | r::CLOSE_EMITTED | r::DESTROYED | r::ERRORED | r::ERROR_EMITTED | r::READING);
        r.put(r::ENDED | r::END_EMITTED, r.readable.get() == Some(false));
    }
    if let Some(w) = w {
        w.add(w::CONSTRUCTED);
        w.clear(w::DESTROYED | w::CLOSED | w::CLOSE_EMITTED | w::ERRORED | w::ERROR_EMITTED | w::FINAL_CALLED | w::PREFINISHED);
        w.put(w::ENDED | w::ENDING | w::FINISHED, w.is_disabled());
    }
    Ok(JsValue::undefined())
}

/// Destroys with an error where the stream destroys itself, else emits it.
pub(crate) fn error_or_destroy(stream: &JsObject, error: JsValue, later: bool, cx: &mut Context) -> JsResult<()> {
    let (r, w) = states(stream, cx)?;
    if either(r.as_ref(), w.as_ref(), both::DESTROYED) {
        return Ok(());
    }
    if either(r.as_ref(), w.as_ref(), both::AUTO_DESTROY) {
        return call(stream, &error, cx);
    }
    if !error.to_boolean() {
        return Ok(());
    }
    note_error(&error, r.as_ref(), w.as_ref());
    if later {
        let stream = stream.clone();
        Host::of(cx).next_tick_native(move |cx| emit_error(&stream, error, cx));
        Ok(())
    } else {
        emit_error(stream, error, cx)
    }
}

/// Runs `_construct` in the next tick; the stream does nothing before it is done.
pub(super) fn construct(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    if !stream.get(js_string!("_construct"), cx)?.is_callable() {
        return Ok(());
    }
    let (r, w) = states(stream, cx)?;
    if let Some(r) = &r {
        r.clear(r::CONSTRUCTED);
    }
    if let Some(w) = &w {
        w.clear(w::CONSTRUCTED);
    }
    let event = CONSTRUCT.to_js(cx);
    let constructed = table::closure(
        "",
        0,
        stream.clone(),
        |_this, _args, stream, cx| {
            let (r, w) = states(stream, cx)?;
            if let Some(r) = r {
                super::readable::on_constructed(stream, &r, cx)?;
            }
            if let Some(w) = w {
                writable::on_constructed(stream, &w, cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::once(stream, event.clone(), constructed, cx)?;
    if events::listener_count(stream, event, cx)? > 1 {
        return Ok(());
    }
    let stream = stream.clone();
    Host::of(cx).next_tick_native(move |cx| run_construct(&stream, cx));
    Ok(())
}

fn run_construct(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    let called = Gc::new(Cell::new(false));
    let done = table::closure(
        "",
        1,
        (stream.clone(), called.clone()),
        |_this, args, (stream, called), cx| {
            let (stream, called, error) = (stream.clone(), called.clone(), args.get_or_undefined(0).clone());
            Host::of(cx).next_tick_native(move |cx| on_construct(&stream, &called, error, cx));
            Ok(JsValue::undefined())
        },
        cx,
    );
    if let Err(error) = events::method(stream, "_construct", &[done.into()], cx) {
        let error = caught(error, cx)?;
        let stream = stream.clone();
        Host::of(cx).next_tick_native(move |cx| on_construct(&stream, &called, error, cx));
    }
    Ok(())
}

fn on_construct(stream: &JsObject, called: &Cell<bool>, error: JsValue, cx: &mut Context) -> JsResult<()> {
    if called.replace(true) {
        let error = if error.is_null_or_undefined() { error_value(errors::multiple_callback(cx), cx)? } else { error };
        return error_or_destroy(stream, error, false, cx);
    }
    let (r, w) = states(stream, cx)?;
    mark(r.as_ref(), w.as_ref(), both::CONSTRUCTED);
    let destroyed = match (&w, &r) {
        (Some(w), _) => w.has(both::DESTROYED),
        (None, r) => r.as_ref().is_some_and(|r| r.has(both::DESTROYED)),
    };
    if destroyed {
        let event = DESTROY.to_js(cx);
        events::emit(stream, event, &[error], cx).map(drop)
    } else if error.to_boolean() {
        error_or_destroy(stream, error, true, cx)
    } else {
        let event = CONSTRUCT.to_js(cx);
        events::emit(stream, event, &[], cx).map(drop)
    }
}

/// `stream[Symbol.for('nodejs.rejection')](error)`
pub(super) fn on_rejection(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    call(&stream, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// Both errors in one: an AggregateError with the message of the outer one.
pub(crate) fn aggregate(inner: &JsValue, outer: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    if !inner.to_boolean() || !outer.to_boolean() || inner.strict_equals(outer) {
        return Ok(if inner.to_boolean() { inner.clone() } else { outer.clone() });
    }
    let Some(object) = outer.as_object() else { return Ok(outer.clone()) };
    if let Some(list) = object.get(js_string!("errors"), cx)?.as_object().filter(JsObject::is_array) {
        JsArray::from_object(list)?.push(inner.clone(), cx)?;
        return Ok(outer.clone());
    }
    let message = object.get(js_string!("message"), cx)?;
    let code = object.get(js_string!("code"), cx)?;
    let list = JsArray::from_iter([outer.clone(), inner.clone()], cx);
    let class = cx.intrinsics().constructors().aggregate_error().constructor();
    let error = class.construct(&[list.into(), message], None, cx)?;
    error.create_data_property_or_throw(js_string!("code"), code, cx)?;
    Ok(error.into())
}

/// `stream.destroy(stream, error)`, for streams of any make.
pub(crate) fn destroyer(stream: &JsValue, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(object) = stream.as_object() else { return Ok(()) };
    if kinds::is_destroyed(stream, cx)? == Some(true) {
        return Ok(());
    }
    let mut error = error.clone();
    if !error.to_boolean() && kinds::is_finished(stream, true, true, cx)? != Some(true) {
        error = errors::abort_object(None, None, cx)?.into();
    }
    let request = object.get(js_string!("req"), cx)?;
    if kinds::is_server_request(&object, cx)? {
        object.set(js_string!("socket"), JsValue::null(), true, cx)?;
        events::method(&object, "destroy", &[error], cx)?;
    } else if kinds::is_request(&object, cx)? {
        events::method(&object, "abort", &[], cx)?;
    } else if let Some(request) = request.as_object()
        && kinds::is_request(&request, cx)?
    {
        events::method(&request, "abort", &[], cx)?;
    } else if object.get(js_string!("destroy"), cx)?.is_callable() {
        call(&object, &error, cx)?;
    } else if object.get(js_string!("close"), cx)?.is_callable() {
        events::method(&object, "close", &[], cx)?;
    } else {
        let stream = object.clone();
        Host::of(cx).next_tick_native(move |cx| {
            if error.to_boolean() {
                events::method(&stream, "emit", &[js_string!("error").into(), error], cx)?;
                let stream = stream.clone();
                Host::of(cx).next_tick_native(move |cx| events::method(&stream, "emit", &[js_string!("close").into()], cx).map(drop));
                return Ok(());
            }
            events::method(&stream, "emit", &[js_string!("close").into()], cx).map(drop)
        });
    }
    if !object.get(js_string!("destroyed"), cx)?.to_boolean() {
        let key = kinds::IS_DESTROYED.to_js(cx);
        let descriptor = PropertyDescriptor::builder().value(true).writable(true).enumerable(true).configurable(true);
        object.define_property_or_throw(key, descriptor, cx)?;
    }
    Ok(())
}

/// The function `stream.destroy`.
pub(super) fn destroyer_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    destroyer(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    Ok(JsValue::undefined())
}
