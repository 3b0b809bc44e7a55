//! What is published on `node:diagnostics_channel`.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::Host;

use super::{
    object::put,
    stream::{self as http2_stream, PUSHED, SERVER, StreamState},
};
use crate::{diagnostics_channel, stream::Chunk};

/// The channel, where anyone listens.
fn heard(name: &'static str, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let name: JsValue = Host::of(cx).intern(name).into();
    let channel = diagnostics_channel::channel(&name, cx)?;
    Ok(Some(channel).filter(diagnostics_channel::has_subscribers))
}

/// Publishes `{ stream, headers, flags }`, of which the last two are there where they are given.
pub fn stream(name: &'static str, stream: &JsObject, headers: Option<&JsObject>, flags: Option<u8>, cx: &mut Context) -> JsResult<()> {
    let Some(channel) = heard(name, cx)? else { return Ok(()) };
    let message = JsObject::with_object_proto(cx.intrinsics());
    put(&message, "stream", stream.clone(), cx)?;
    if let Some(headers) = headers {
        put(&message, "headers", headers.clone(), cx)?;
    }
    if let Some(flags) = flags {
        put(&message, "flags", flags, cx)?;
    }
    diagnostics_channel::publish(&channel, &message.into(), cx);
    Ok(())
}

/// The channel of bodies, where a request is heard of.
fn heard_of_body(stream: &JsObject, cx: &mut Context) -> JsResult<Option<JsObject>> {
    let is_request = http2_stream::find(stream, cx).is_some_and(|state| !state.has(SERVER | PUSHED));
    if is_request { heard("http2.client.stream.bodyChunkSent", cx) } else { Ok(None) }
}

/// A piece of a request's body is about to be sent: publishes it as the script gave it.
pub fn body_chunk(stream: &JsObject, chunk: Chunk, encoding: &JsValue, cx: &mut Context) -> JsResult<Chunk> {
    let Some(channel) = heard_of_body(stream, cx)? else { return Ok(chunk) };
    let value = chunk.into_value(cx)?;
    publish_body(&channel, stream, false, value.clone(), encoding.clone(), cx)?;
    Ok(value.into())
}

/// Several pieces at once.
pub fn body_chunks(stream: &JsObject, chunks: Vec<(Chunk, JsValue)>, cx: &mut Context) -> JsResult<Vec<(Chunk, JsValue)>> {
    let Some(channel) = heard_of_body(stream, cx)? else { return Ok(chunks) };
    let (mut shown, mut kept) = (Vec::new(), Vec::new());
    for (chunk, encoding) in chunks {
        let value = chunk.into_value(cx)?;
        let entry = JsObject::with_object_proto(cx.intrinsics());
        put(&entry, "chunk", value.clone(), cx)?;
        put(&entry, "encoding", encoding.clone(), cx)?;
        shown.push(entry.into());
        kept.push((Chunk::Value(value), encoding));
    }
    let shown = JsArray::from_values(shown, cx);
    publish_body(&channel, stream, true, shown.into(), js_string!("").into(), cx)?;
    Ok(kept)
}

fn publish_body(channel: &JsObject, stream: &JsObject, writev: bool, data: JsValue, encoding: JsValue, cx: &mut Context) -> JsResult<()> {
    let message = JsObject::with_object_proto(cx.intrinsics());
    put(&message, "stream", stream.clone(), cx)?;
    put(&message, "writev", writev, cx)?;
    put(&message, "data", data, cx)?;
    put(&message, "encoding", encoding, cx)?;
    diagnostics_channel::publish(channel, &message.into(), cx);
    Ok(())
}

/// A request's body is sent.
pub fn body_sent(state: &StreamState, target: &JsObject, cx: &mut Context) -> JsResult<()> {
    if state.has(SERVER | PUSHED) {
        return Ok(());
    }
    stream("http2.client.stream.bodySent", target, None, None, cx)
}

/// A stream sends and takes nothing any more.
pub fn closed(state: &StreamState, target: &JsObject, cx: &mut Context) -> JsResult<()> {
    let name = if state.has(SERVER) { "http2.server.stream.close" } else { "http2.client.stream.close" };
    stream(name, target, None, None, cx)
}

/// A stream ends with an error.
pub fn failed(state: &StreamState, target: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    if error.is_null_or_undefined() {
        return Ok(());
    }
    let name = if state.has(SERVER) { "http2.server.stream.error" } else { "http2.client.stream.error" };
    let Some(channel) = heard(name, cx)? else { return Ok(()) };
    let message = JsObject::with_object_proto(cx.intrinsics());
    put(&message, "stream", target.clone(), cx)?;
    put(&message, "error", error.clone(), cx)?;
    diagnostics_channel::publish(&channel, &message.into(), cx);
    Ok(())
}
