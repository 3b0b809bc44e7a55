//! What sort of stream something is, and how far it has come: for streams of any make, by their properties.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::table::Symbol;

/// `Symbol.for('nodejs.stream.destroyed')`
pub(super) const IS_DESTROYED: Symbol = Symbol::For("nodejs.stream.destroyed");
const IS_ERRORED: Symbol = Symbol::For("nodejs.stream.errored");
const IS_READABLE: Symbol = Symbol::For("nodejs.stream.readable");
const IS_WRITABLE: Symbol = Symbol::For("nodejs.stream.writable");
const IS_DISTURBED: Symbol = Symbol::For("nodejs.stream.disturbed");

/// A property by its literal name.
macro_rules! at {
    ($object:expr, $name:literal, $cx:expr) => {
        $object.get(js_string!($name), $cx)
    };
}

fn callable(_object: &JsObject, value: JsResult<JsValue>) -> JsResult<bool> {
    Ok(value?.is_callable())
}

fn state(object: &JsObject, readable: bool, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let value = if readable { at!(object, "_readableState", cx)? } else { at!(object, "_writableState", cx)? };
    Ok(value.as_object())
}

/// It can be read from as a Node stream. Strictly, it can be paused too.
pub(super) fn is_readable_node_stream(value: &JsValue, strict: bool, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    if !callable(&object, at!(object, "pipe", cx))? || !callable(&object, at!(object, "on", cx))? {
        return Ok(false);
    }
    if strict && !(callable(&object, at!(object, "pause", cx))? && callable(&object, at!(object, "resume", cx))?) {
        return Ok(false);
    }
    // A Writable has a pipe too; a Duplex may lack this side.
    if state(&object, false, cx)?.is_none() {
        return Ok(true);
    }
    match state(&object, true, cx)? {
        Some(state) => Ok(at!(state, "readable", cx)?.as_boolean() != Some(false)),
        None => Ok(false),
    }
}

/// It can be written to as a Node stream.
pub(super) fn is_writable_node_stream(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    if !callable(&object, at!(object, "write", cx))? || !callable(&object, at!(object, "on", cx))? {
        return Ok(false);
    }
    if state(&object, true, cx)?.is_none() {
        return Ok(true);
    }
    match state(&object, false, cx)? {
        Some(state) => Ok(at!(state, "writable", cx)?.as_boolean() != Some(false)),
        None => Ok(true),
    }
}

/// Both.
pub(super) fn is_duplex_node_stream(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    Ok(callable(&object, at!(object, "pipe", cx))? && state(&object, true, cx)?.is_some() && callable(&object, at!(object, "on", cx))? && callable(&object, at!(object, "write", cx))?)
}

/// A Node stream of any make.
pub(crate) fn is_node_stream(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    if state(&object, true, cx)?.is_some() || state(&object, false, cx)?.is_some() {
        return Ok(true);
    }
    if !callable(&object, at!(object, "on", cx))? {
        return Ok(false);
    }
    Ok(callable(&object, at!(object, "write", cx))? || callable(&object, at!(object, "pipe", cx))?)
}

/// A web ReadableStream.
pub(super) fn is_readable_stream(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    Ok(!is_node_stream(value, cx)? && callable(&object, at!(object, "pipeThrough", cx))? && callable(&object, at!(object, "getReader", cx))? && callable(&object, at!(object, "cancel", cx))?)
}

/// A web WritableStream.
pub(super) fn is_writable_stream(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    Ok(!is_node_stream(value, cx)? && callable(&object, at!(object, "getWriter", cx))? && callable(&object, at!(object, "abort", cx))?)
}

/// A web TransformStream, or what looks like one.
pub(super) fn is_transform_stream(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    if is_node_stream(value, cx)? {
        return Ok(false);
    }
    let object_like = |value: JsValue| value.is_null() || value.is_object() && !value.is_callable();
    Ok(object_like(at!(object, "readable", cx)?) && object_like(at!(object, "writable", cx)?))
}

/// Any of the three.
pub(super) fn is_web_stream(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    Ok(is_readable_stream(value, cx)? || is_writable_stream(value, cx)? || is_transform_stream(value, cx)?)
}

/// It has an async iterator or, unless only that is asked for, an iterator.
pub(super) fn is_iterable(value: &JsValue, only_async: bool, cx: &mut Context) -> JsResult<bool> {
    if value.is_null_or_undefined() {
        return Ok(false);
    }
    let object = value.to_object(cx)?;
    let method = object.get(boa_engine::JsSymbol::async_iterator(), cx)?;
    if method.is_callable() {
        return Ok(true);
    }
    Ok(!only_async && object.get(boa_engine::JsSymbol::iterator(), cx)?.is_callable())
}

/// `None` for what is no stream.
pub(super) fn is_destroyed(value: &JsValue, cx: &mut Context) -> JsResult<Option<bool>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    if !is_node_stream(value, cx)? {
        return Ok(None);
    }
    if at!(object, "destroyed", cx)?.to_boolean() {
        return Ok(Some(true));
    }
    let mark = IS_DESTROYED.to_js(cx);
    if object.get(mark, cx)?.to_boolean() {
        return Ok(Some(true));
    }
    let state = match state(&object, false, cx)? {
        Some(state) => Some(state),
        None => state(&object, true, cx)?,
    };
    match state {
        Some(state) => Ok(Some(at!(state, "destroyed", cx)?.to_boolean())),
        None => Ok(Some(false)),
    }
}

/// It was ended.
pub(super) fn is_writable_ended(value: &JsValue, cx: &mut Context) -> JsResult<Option<bool>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    if !is_writable_node_stream(value, cx)? {
        return Ok(None);
    }
    if at!(object, "writableEnded", cx)?.as_boolean() == Some(true) {
        return Ok(Some(true));
    }
    let Some(state) = state(&object, false, cx)? else { return Ok(None) };
    if at!(state, "errored", cx)?.to_boolean() {
        return Ok(Some(false));
    }
    Ok(at!(state, "ended", cx)?.as_boolean())
}

/// It has emitted `'finish'`, or is about to.
pub(super) fn is_writable_finished(value: &JsValue, cx: &mut Context) -> JsResult<Option<bool>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    if !is_writable_node_stream(value, cx)? {
        return Ok(None);
    }
    if at!(object, "writableFinished", cx)?.as_boolean() == Some(true) {
        return Ok(Some(true));
    }
    let Some(state) = state(&object, false, cx)? else { return Ok(None) };
    if at!(state, "errored", cx)?.to_boolean() {
        return Ok(Some(false));
    }
    let Some(finished) = at!(state, "finished", cx)?.as_boolean() else { return Ok(None) };
    Ok(Some(finished || at!(state, "ended", cx)?.as_boolean() == Some(true) && at!(state, "length", cx)?.as_number() == Some(0.0)))
}

/// It has emitted `'end'`; unless strictly, or is about to.
pub(super) fn is_readable_finished(value: &JsValue, strict: bool, cx: &mut Context) -> JsResult<Option<bool>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    if !is_readable_node_stream(value, false, cx)? {
        return Ok(None);
    }
    let Some(state) = state(&object, true, cx)? else { return Ok(None) };
    if at!(state, "errored", cx)?.to_boolean() {
        return Ok(Some(false));
    }
    let Some(ended) = at!(state, "endEmitted", cx)?.as_boolean() else { return Ok(None) };
    Ok(Some(ended || !strict && at!(state, "ended", cx)?.as_boolean() == Some(true) && at!(state, "length", cx)?.as_number() == Some(0.0)))
}

/// What `stream.isReadable` gives: `null` for what does not know.
pub(super) fn is_readable(value: &JsValue, cx: &mut Context) -> JsResult<Option<bool>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    let mark = IS_READABLE.to_js(cx);
    let marked = object.get(mark, cx)?;
    if !marked.is_null_or_undefined() {
        return Ok(Some(marked.to_boolean()));
    }
    let Some(readable) = at!(object, "readable", cx)?.as_boolean() else { return Ok(None) };
    if is_destroyed(value, cx)? == Some(true) {
        return Ok(Some(false));
    }
    Ok(Some(is_readable_node_stream(value, false, cx)? && readable && is_readable_finished(value, true, cx)? != Some(true)))
}

/// What `stream.isWritable` gives: `null` for what does not know.
pub(super) fn is_writable(value: &JsValue, cx: &mut Context) -> JsResult<Option<bool>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    let mark = IS_WRITABLE.to_js(cx);
    let marked = object.get(mark, cx)?;
    if !marked.is_null_or_undefined() {
        return Ok(Some(marked.to_boolean()));
    }
    let Some(writable) = at!(object, "writable", cx)?.as_boolean() else { return Ok(None) };
    if is_destroyed(value, cx)? == Some(true) {
        return Ok(Some(false));
    }
    Ok(Some(is_writable_node_stream(value, cx)? && writable && is_writable_ended(value, cx)? != Some(true)))
}

/// Neither side that is asked about goes on.
pub(super) fn is_finished(value: &JsValue, readable: bool, writable: bool, cx: &mut Context) -> JsResult<Option<bool>> {
    if !is_node_stream(value, cx)? {
        return Ok(None);
    }
    if is_destroyed(value, cx)? == Some(true) {
        return Ok(Some(true));
    }
    if readable && is_readable(value, cx)? == Some(true) || writable && is_writable(value, cx)? == Some(true) {
        return Ok(Some(false));
    }
    Ok(Some(true))
}

/// The error of the writable side, `null` where there is none.
pub(super) fn writable_errored(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    errored_of(value, false, cx)
}

/// The error of the readable side, `null` where there is none.
pub(super) fn readable_errored(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    errored_of(value, true, cx)
}

fn errored_of(value: &JsValue, readable: bool, cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = value.as_object() else { return Ok(JsValue::null()) };
    if !is_node_stream(value, cx)? {
        return Ok(JsValue::null());
    }
    let own = if readable { at!(object, "readableErrored", cx)? } else { at!(object, "writableErrored", cx)? };
    if own.to_boolean() {
        return Ok(own);
    }
    let errored = match state(&object, readable, cx)? {
        Some(state) => at!(state, "errored", cx)?,
        None => JsValue::null(),
    };
    Ok(if errored.is_undefined() { JsValue::null() } else { errored })
}

/// `None` for what does not know.
pub(super) fn is_closed(value: &JsValue, cx: &mut Context) -> JsResult<Option<bool>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    if !is_node_stream(value, cx)? {
        return Ok(None);
    }
    if let Some(closed) = at!(object, "closed", cx)?.as_boolean() {
        return Ok(Some(closed));
    }
    let mut known = None;
    for readable in [false, true] {
        if let Some(state) = state(&object, readable, cx)?
            && let Some(closed) = at!(state, "closed", cx)?.as_boolean()
        {
            known = Some(known == Some(true) || closed);
        }
    }
    if known.is_some() {
        return Ok(known);
    }
    let closed = at!(object, "_closed", cx)?.as_boolean();
    Ok(if closed.is_some() && is_outgoing_message(&object, cx)? { closed } else { None })
}

fn is_outgoing_message(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(at!(object, "_closed", cx)?.is_boolean()
        && at!(object, "_defaultKeepAlive", cx)?.is_boolean()
        && at!(object, "_removedConnection", cx)?.is_boolean()
        && at!(object, "_removedContLen", cx)?.is_boolean())
}

/// An incoming HTTP message of a server.
pub(super) fn is_server_request(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    if !at!(object, "_consuming", cx)?.is_boolean() || !at!(object, "_dumped", cx)?.is_boolean() {
        return Ok(false);
    }
    match at!(object, "req", cx)?.as_object() {
        Some(request) => Ok(at!(request, "upgradeOrConnect", cx)?.is_undefined()),
        None => Ok(true),
    }
}

/// An outgoing HTTP request.
pub(super) fn is_request(object: &JsObject, cx: &mut Context) -> JsResult<bool> {
    Ok(at!(object, "setHeader", cx)?.to_boolean() && at!(object, "abort", cx)?.is_callable())
}

/// `'close'` can be counted on.
pub(super) fn will_emit_close(value: &JsValue, cx: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    if !is_node_stream(value, cx)? {
        return Ok(false);
    }
    let state = match state(&object, false, cx)? {
        Some(state) => Some(state),
        None => state(&object, true, cx)?,
    };
    match state {
        Some(state) => Ok(at!(state, "autoDestroy", cx)?.to_boolean() && at!(state, "emitClose", cx)?.to_boolean() && at!(state, "closed", cx)?.as_boolean() == Some(false)),
        None => Ok(at!(object, "_sent100", cx)?.is_boolean() && is_outgoing_message(&object, cx)?),
    }
}

fn shown(known: Option<bool>) -> JsValue {
    known.map_or_else(JsValue::null, JsValue::from)
}

/// `stream.isDestroyed(stream)`
pub(super) fn is_destroyed_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    is_destroyed(args.get_or_undefined(0), cx).map(shown)
}

/// `stream.isReadable(stream)`
pub(super) fn is_readable_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    is_readable(args.get_or_undefined(0), cx).map(shown)
}

/// `stream.isWritable(stream)`
pub(super) fn is_writable_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    is_writable(args.get_or_undefined(0), cx).map(shown)
}

/// `stream.isDisturbed(stream)`
pub(super) fn is_disturbed_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object() else { return Ok(false.into()) };
    let mark = IS_DISTURBED.to_js(cx);
    let marked = object.get(mark, cx)?;
    if !marked.is_null_or_undefined() {
        return Ok(marked.to_boolean().into());
    }
    Ok((at!(object, "readableDidRead", cx)?.to_boolean() || at!(object, "readableAborted", cx)?.to_boolean()).into())
}

/// `stream.isErrored(stream)`
pub(super) fn is_errored_method(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let Some(object) = args.get_or_undefined(0).as_object() else { return Ok(false.into()) };
    let mark = IS_ERRORED.to_js(cx);
    let mut known = object.get(mark, cx)?;
    if known.is_null_or_undefined() {
        known = at!(object, "readableErrored", cx)?;
    }
    if known.is_null_or_undefined() {
        known = at!(object, "writableErrored", cx)?;
    }
    let states = [state(&object, true, cx)?, state(&object, false, cx)?];
    for state in states.iter().flatten() {
        if known.is_null_or_undefined() {
            known = at!(state, "errorEmitted", cx)?;
        }
    }
    for state in states.iter().flatten() {
        if known.is_null_or_undefined() {
            known = at!(state, "errored", cx)?;
        }
    }
    Ok(known.to_boolean().into())
}
