//! `Writable`: data goes in by `write`, one piece at a time to `_write`, the rest waits.
//!
//! Here are the class and its accessors; pieces: [`write`], and the end: [`finish`].

mod finish;
mod write;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent},
    errors,
    table::{Export, Symbol},
};

pub(crate) use self::{
    finish::{end, may_destroy_after_end, on_final},
    write::{cork, on_write, stream_needs_drain, uncork, write},
};
use self::{
    finish::{end_method, finish_maybe},
    write::{clear_buffer, cork_method, default_write, error_buffer, needs_drain, uncork_method, write_method},
};
use super::{
    destroy::{self, error_or_destroy, error_value},
    exposed::shown,
    flags::w,
    hooks,
    legacy::STREAM,
    readable_state::{known_encoding, unknown_encoding},
    shapes,
    writable_state::{WRITABLE_STATE, Writable, WritableState, buffered_array, writable, writable_or_throw},
};

/// `stream.Writable`
pub(crate) static WRITABLE: Class = Class {
    name: "Writable",
    length: 1,
    extends: Parent::Class(&STREAM),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Export::renamed("pipe", "", 0, cannot_pipe),
        Export::renamed("write", "", 3, write_method),
        Export::renamed("cork", "", 0, cork_method),
        Export::renamed("uncork", "", 0, uncork_method),
        Export::function("setDefaultEncoding", 1, set_default_encoding),
        Export::renamed("_write", "", 3, default_write),
        Export::null("_writev"),
        Export::renamed("end", "", 3, end_method),
        shown!(writable, "closed", false.into(), |state| state.has(w::CLOSED).into()),
        Export::accessor("destroyed", is_destroyed, set_destroyed).enumerable(false).permanent(),
        WRITABLE_ACCESSOR,
        WRITABLE_FINISHED,
        WRITABLE_OBJECT_MODE,
        WRITABLE_BUFFER,
        WRITABLE_ENDED,
        WRITABLE_NEED_DRAIN,
        WRITABLE_HIGH_WATER_MARK,
        WRITABLE_CORKED,
        WRITABLE_LENGTH,
        shown!(writable, "errored", JsValue::null(), |state| state.errored()),
        shown!(writable, "writableAborted", false.into(), |state| { (!state.is_disabled() && state.has(w::DESTROYED | w::ERRORED) && !state.has(w::FINISHED)).into() }),
        Export::renamed("destroy", "", 2, destroy_method),
        Export::renamed("_undestroy", "undestroy", 0, destroy::undestroy),
        Export::renamed("_destroy", "", 2, destroy::default_destroy),
        Export::symbol(Symbol::For("nodejs.rejection"), "", 1, destroy::on_rejection),
        Export::symbol(Symbol::AsyncDispose, "", 0, super::async_dispose::writable),
    ],
    statics: &[
        Export::class(&WRITABLE_STATE),
        Export::renamed("fromWeb", "", 2, super::from_web::writable_method),
        Export::renamed("toWeb", "", 1, super::to_web::writable_method),
        Export::symbol(Symbol::HasInstance, "value", 1, has_instance).enumerable(false).read_only().permanent(),
    ],
};

pub(super) const WRITABLE_ACCESSOR: Export = Export::accessor("writable", is_writable, set_writable).enumerable(false).permanent();
pub(super) const WRITABLE_FINISHED: Export = shown!(writable, "writableFinished", false.into(), |state| state.has(w::FINISHED).into());
pub(super) const WRITABLE_OBJECT_MODE: Export = shown!(writable, "writableObjectMode", false.into(), |state| state.object_mode().into());
pub(super) const WRITABLE_BUFFER: Export = Export::getter("writableBuffer", writable_buffer).enumerable(false).permanent();
pub(super) const WRITABLE_ENDED: Export = shown!(writable, "writableEnded", false.into(), |state| state.has(w::ENDING).into());
pub(super) const WRITABLE_NEED_DRAIN: Export = shown!(writable, "writableNeedDrain", false.into(), |state| needs_drain(&state).into());
pub(super) const WRITABLE_HIGH_WATER_MARK: Export = shown!(writable, "writableHighWaterMark", JsValue::undefined(), |state| state.high_water_mark.get().into());
pub(super) const WRITABLE_CORKED: Export = shown!(writable, "writableCorked", 0.into(), |state| state.corked.get().into());
pub(super) const WRITABLE_LENGTH: Export = shown!(writable, "writableLength", JsValue::undefined(), |state| (state.length.get() as f64).into());

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !is_instance(this, cx)? {
        return WRITABLE.construct(args, cx).map(JsValue::from);
    }
    let stream = this.to_object(cx)?;
    init_writable(&stream, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// A Writable by its prototype or, as a Duplex, by its state.
fn is_instance(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    if WRITABLE.is_instance(value, cx)? {
        return Ok(true);
    }
    match value.as_object() {
        Some(object) => Ok(writable(&object, cx)?.is_some()),
        None => Ok(false),
    }
}

/// `Writable[Symbol.hasInstance](object)`
fn has_instance(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let value = args.get_or_undefined(0);
    if let Some(class) = this.as_object()
        && let Some(object) = value.as_object()
    {
        let prototype = class.get(js_string!("prototype"), cx)?.as_object();
        let mut next = object.prototype();
        while let (Some(found), Some(wanted)) = (&next, &prototype) {
            if JsObject::equals(found, wanted) {
                return Ok(true.into());
            }
            next = found.prototype();
        }
        if JsObject::equals(&class, &WRITABLE.constructor(cx)?) {
            return Ok(writable(&object, cx)?.is_some().into());
        }
    }
    Ok(false.into())
}

/// What the constructor does: `super(options)` of a native class.
pub(crate) fn init_writable(stream: &JsObject, options: &JsValue, cx: &mut Context) -> JsResult<Writable> {
    shapes::default_events(stream, shapes::Kind::Writable, cx)?;
    let given = options.as_object();
    let (state, object) = WritableState::create(given.as_ref(), Some(stream), false, cx)?;
    stream.set(js_string!("_writableState"), object, true, cx)?;
    hooks::finish(stream, options, &[hooks::WRITE, hooks::WRITEV, hooks::DESTROY, hooks::FINAL, hooks::CONSTRUCT], cx)?;
    Ok(state)
}

/// The writable side of a stream whose `_construct` is done.
pub(super) fn on_constructed(stream: &JsObject, state: &Writable, cx: &mut Context) -> JsResult<()> {
    if !state.has(w::WRITING) {
        clear_buffer(stream, state, cx)?;
    }
    if state.has(w::ENDING) {
        finish_maybe(stream, state, false, cx)?;
    }
    Ok(())
}

/// A Writable has `pipe` only to say that it cannot.
fn cannot_pipe(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let error = errors::stream_cannot_pipe(cx);
    let error = error_value(error, cx)?;
    error_or_destroy(&this.to_object(cx)?, error, false, cx)?;
    Ok(JsValue::undefined())
}

/// `writable.setDefaultEncoding(encoding)`
fn set_default_encoding(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let lower = match given.as_string() {
        Some(text) => js_string!(text.to_std_string_escaped().to_lowercase()).into(),
        None => given.clone(),
    };
    if known_encoding(&lower).is_none() {
        return Err(unknown_encoding(&lower, cx));
    }
    writable_or_throw(&this.to_object(cx)?, cx)?.set_default_encoding(lower);
    Ok(this.clone())
}

/// `writable.destroy(error, callback)`
pub(super) fn destroy_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    destroy(&stream, args.get_or_undefined(0), args.get_or_undefined(1).as_function(), cx)?;
    Ok(this.clone())
}

pub(super) fn destroy(stream: &JsObject, error: &JsValue, callback: Option<JsFunction>, cx: &mut Context) -> JsResult<()> {
    let state = writable_or_throw(stream, cx)?;
    // Those that wait are told.
    if state.has(w::BUFFERED | w::ON_FINISHED) && !state.has(w::DESTROYED) {
        Host::of(cx).next_tick_native(move |cx| error_buffer(&state, cx));
    }
    destroy::destroy(stream, error, callback, cx)
}

// Accessors.

fn is_writable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    let Some(state) = writable(&stream, cx)? else { return Ok(false.into()) };
    Ok((!state.is_disabled() && !state.has(w::ENDING | w::ENDED | w::DESTROYED | w::ERRORED)).into())
}

fn set_writable(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = writable(&stream, cx)?
    {
        state.set_writable(Some(args.get_or_undefined(0).to_boolean()));
    }
    Ok(JsValue::undefined())
}

fn writable_buffer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(JsValue::undefined()) };
    match writable(&stream, cx)? {
        Some(state) => buffered_array(&state, cx),
        None => Ok(JsValue::undefined()),
    }
}

fn is_destroyed(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    Ok(writable(&stream, cx)?.is_some_and(|state| state.has(w::DESTROYED)).into())
}

fn set_destroyed(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = writable(&stream, cx)?
    {
        state.put(w::DESTROYED, args.get_or_undefined(0).to_boolean());
    }
    Ok(JsValue::undefined())
}
