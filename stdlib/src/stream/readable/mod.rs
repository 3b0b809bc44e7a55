//! `Readable`: data comes in by `push`, goes out by `read`, `'data'` or iteration.
//!
//! Here are the class and its accessors; in: [`push`], out: [`read`], and what makes it flow: [`flow`].

mod flow;
mod push;
mod read;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    class::{Class, Kind, Parent},
    errors,
    table::{Export, Symbol},
};

pub(crate) use self::{
    flow::{call_pause, call_resume, pause, resume},
    push::{buffer_from, push, push_method},
    read::{read_chunk, read_method},
};
use self::{
    flow::{on_method, pause_method, remove_all_listeners_method, remove_listener_method, resume_method},
    push::unshift_method,
    read::maybe_read_more,
};
use super::{
    chunk::Chunk,
    destroy,
    exposed::shown,
    flags::r,
    hooks,
    legacy::STREAM,
    pipe,
    readable_state::{READABLE_STATE, Readable, ReadableState, buffer_array, new_decoder, readable, readable_or_throw},
    shapes,
};
use crate::events;

/// `stream.Readable`
pub(crate) static READABLE: Class = Class {
    name: "Readable",
    length: 1,
    extends: Parent::Class(&STREAM),
    kind: Kind::Legacy,
    init: construct,
    prototype: &[
        Export::function("destroy", 2, destroy::destroy_method),
        Export::renamed("_undestroy", "undestroy", 0, destroy::undestroy),
        Export::renamed("_destroy", "", 2, destroy::default_destroy),
        Export::renamed("push", "", 2, push_method),
        Export::renamed("unshift", "", 2, unshift_method),
        Export::renamed("isPaused", "", 0, is_paused),
        Export::renamed("setEncoding", "", 1, set_encoding),
        Export::renamed("read", "", 1, read_method),
        Export::renamed("_read", "", 1, |_this, _args, cx| Err(errors::method_not_implemented("_read()", cx))),
        Export::renamed("pipe", "", 2, pipe::pipe_method),
        Export::renamed("unpipe", "", 1, pipe::unpipe_method),
        Export::renamed("on", "", 2, on_method),
        Export::alias("addListener", "on"),
        Export::renamed("removeListener", "", 2, remove_listener_method),
        Export::alias("off", "removeListener"),
        Export::renamed("removeAllListeners", "", 1, remove_all_listeners_method),
        Export::renamed("resume", "", 0, resume_method),
        Export::renamed("pause", "", 0, pause_method),
        Export::renamed("wrap", "", 1, super::wrap::wrap_method),
        Export::renamed("iterator", "", 1, super::async_iterator::iterator_method),
        Export::function("compose", 2, super::compose::compose_method),
        Export::accessor("readable", is_readable, set_readable).enumerable(false).permanent(),
        shown!(readable, "readableDidRead", JsValue::undefined(), |state| state.has(r::DATA_EMITTED).into()),
        Export::getter("readableAborted", readable_aborted).enumerable(false).permanent(),
        shown!(readable, "readableHighWaterMark", JsValue::undefined(), |state| state.high_water_mark.get().into()),
        Export::getter("readableBuffer", readable_buffer).enumerable(false).permanent(),
        Export::accessor("readableFlowing", readable_flowing, set_readable_flowing).enumerable(false).permanent(),
        shown!(readable, "readableLength", JsValue::undefined(), |state| (state.length.get() as f64).into()),
        shown!(readable, "readableObjectMode", false.into(), |state| state.object_mode().into()),
        shown!(readable, "readableEncoding", JsValue::null(), |state| state.encoding()),
        shown!(readable, "errored", JsValue::null(), |state| state.errored()),
        shown!(readable, "closed", false.into(), |state| state.has(r::CLOSED).into()),
        Export::accessor("destroyed", is_destroyed, set_destroyed).enumerable(false).permanent(),
        shown!(readable, "readableEnded", false.into(), |state| state.has(r::END_EMITTED).into()),
        super::operators::DROP,
        super::operators::FILTER,
        super::operators::FLAT_MAP,
        super::operators::MAP,
        super::operators::TAKE,
        super::operators::EVERY,
        super::operators::FOR_EACH,
        super::operators::REDUCE,
        super::operators::TO_ARRAY,
        super::operators::SOME,
        super::operators::FIND,
        Export::symbol(Symbol::For("nodejs.rejection"), "", 1, destroy::on_rejection),
        Export::symbol(Symbol::AsyncDispose, "", 0, super::async_dispose::readable),
        Export::symbol(Symbol::AsyncIterator, "", 0, super::async_iterator::default_iterator_method),
    ],
    statics: &[
        Export::class(&READABLE_STATE),
        Export::renamed("_fromList", "fromList", 2, super::from_list::method),
        Export::renamed("from", "", 2, super::from::from_method),
        Export::renamed("fromWeb", "", 2, super::from_web::readable_method),
        Export::renamed("toWeb", "", 2, super::to_web::readable_method),
        Export::renamed("wrap", "", 2, super::wrap::wrap_static),
    ],
};

fn construct(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if cx.new_target().is_none() && !READABLE.is_instance(this, cx)? {
        return READABLE.construct(args, cx).map(JsValue::from);
    }
    let stream = this.to_object(cx)?;
    init_readable(&stream, args.get_or_undefined(0), cx)?;
    Ok(JsValue::undefined())
}

/// What the constructor does: `super(options)` of a native class.
pub(crate) fn init_readable(stream: &JsObject, options: &JsValue, cx: &mut Context) -> JsResult<Readable> {
    shapes::default_events(stream, shapes::Kind::Readable, cx)?;
    let given = options.as_object();
    let (state, object) = ReadableState::create(given.as_ref(), false, cx)?;
    stream.set(js_string!("_readableState"), object, true, cx)?;
    hooks::finish(stream, options, &[hooks::READ, hooks::DESTROY, hooks::CONSTRUCT], cx)?;
    Ok(state)
}

/// The readable side of a stream whose `_construct` is done.
pub(super) fn on_constructed(stream: &JsObject, state: &Readable, cx: &mut Context) -> JsResult<()> {
    if state.has(r::NEED_READABLE) {
        maybe_read_more(stream, state, cx);
    }
    Ok(())
}

/// `readable.isPaused()`
fn is_paused(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = readable_or_throw(&this.to_object(cx)?, cx)?;
    Ok((state.has(r::PAUSED) || state.flowing() == Some(false)).into())
}

/// `readable.setEncoding(encoding)`
fn set_encoding(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(cx)?;
    let state = readable_or_throw(&stream, cx)?;
    let decoder = new_decoder(args.get_or_undefined(0), cx)?;
    state.set_decoder(Some(decoder.clone()));
    // Where none was given, the decoder knows which it is.
    let encoding = decoder.get(js_string!("encoding"), cx)?;
    state.set_encoding(encoding);
    let chunks = std::mem::take(&mut *state.buffer.borrow_mut());
    let mut content = js_string!();
    for chunk in chunks {
        let value = chunk.into_value(cx)?;
        let text = events::method(&decoder, "write", &[value], cx)?.to_string(cx)?;
        content = js_string!(&content, &text);
    }
    state.length.set(content.len());
    if !content.is_empty() {
        state.buffer.borrow_mut().push_back(Chunk::Value(content.into()));
    }
    Ok(this.clone())
}

// Accessors.

fn is_readable(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    let Some(state) = readable(&stream, cx)? else { return Ok(false.into()) };
    Ok((state.readable.get() != Some(false) && !state.has(r::DESTROYED | r::ERROR_EMITTED | r::END_EMITTED)).into())
}

fn set_readable(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = readable(&stream, cx)?
    {
        state.readable.set(Some(args.get_or_undefined(0).to_boolean()));
    }
    Ok(JsValue::undefined())
}

fn readable_aborted(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    let Some(state) = readable(&stream, cx)? else { return Ok(false.into()) };
    Ok((state.readable.get() != Some(false) && state.has(r::DESTROYED | r::ERRORED) && !state.has(r::END_EMITTED)).into())
}

fn readable_buffer(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(JsValue::undefined()) };
    match readable(&stream, cx)? {
        Some(state) => buffer_array(&state, cx),
        None => Ok(JsValue::undefined()),
    }
}

fn readable_flowing(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let state = readable_or_throw(&this.to_object(cx)?, cx)?;
    Ok(state.flowing().map_or_else(JsValue::null, JsValue::from))
}

fn set_readable_flowing(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = readable(&stream, cx)?
    {
        let flowing = args.get_or_undefined(0);
        state.set_flowing(if flowing.is_null_or_undefined() { None } else { Some(flowing.to_boolean()) });
    }
    Ok(JsValue::undefined())
}

fn is_destroyed(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(stream) = this.as_object() else { return Ok(false.into()) };
    Ok(readable(&stream, cx)?.is_some_and(|state| state.has(r::DESTROYED)).into())
}

fn set_destroyed(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if let Some(stream) = this.as_object()
        && let Some(state) = readable(&stream, cx)?
    {
        state.put(r::DESTROYED, args.get_or_undefined(0).to_boolean());
    }
    Ok(JsValue::undefined())
}
