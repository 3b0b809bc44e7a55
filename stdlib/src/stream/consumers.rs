//! `node:stream/consumers`: a whole stream as one value.

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, js_string};
use coil_engine::{
    errors,
    table::{Export, NativeModule},
};

use crate::{
    blob::Blob,
    buffer::{self, Encoding},
    coroutine::{self, Co, Iteration, run},
};

/// `require('stream/consumers')`
pub static MODULE: NativeModule = NativeModule {
    name: "stream/consumers",
    exports: &[
        Export::function("arrayBuffer", 1, array_buffer),
        Export::function("blob", 1, blob),
        Export::function("buffer", 1, node_buffer),
        Export::function("bytes", 1, bytes),
        Export::function("text", 1, text),
        Export::function("json", 1, json),
    ],
};

/// All chunks as bytes; what is no bytes counts as its text, as in a Blob.
async fn collect(co: &Co, stream: JsValue) -> JsResult<Vec<u8>> {
    let mut whole = Vec::new();
    let chunks = Iteration::start(co, stream).await?;
    while let Some(chunk) = chunks.next(co).await? {
        if buffer::with_bytes(&chunk, |bytes| whole.extend_from_slice(bytes)).is_none() {
            let text = co.run(move |cx| chunk.to_string(cx)).await?;
            whole.extend(buffer::string_to_bytes(&text, Encoding::Utf8));
        }
    }
    Ok(whole)
}

fn array_buffer(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    collected(args, cx, |bytes, cx| {
        let view = boa_engine::object::builtins::JsUint8Array::from_bytes(&bytes, cx)?;
        view.get(js_string!("buffer"), cx)
    })
}

fn node_buffer(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    collected(args, cx, |bytes, cx| {
        // Not a part of the pool: it stands for a whole ArrayBuffer.
        let mut block = buffer::zeroed(bytes.len())?;
        block.copy_from_slice(&bytes);
        buffer::from_block(block, cx).map(JsValue::from)
    })
}

fn bytes(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    collected(args, cx, |bytes, cx| Ok(boa_engine::object::builtins::JsUint8Array::from_bytes(&bytes, cx)?.into()))
}

fn collected(args: &[JsValue], cx: &mut Context, then: fn(Vec<u8>, &mut Context) -> JsResult<JsValue>) -> JsResult<JsValue> {
    let stream = args.get_or_undefined(0).clone();
    coroutine::spawn(cx, |co| async move {
        let bytes = collect(&co, stream).await?;
        co.run(move |cx| then(bytes, cx)).await
    })
    .map(JsValue::from)
}

fn blob(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    collected(args, cx, |bytes, cx| Blob::new(bytes, String::new()).into_object(cx).map(JsValue::from))
}

/// The text of a stream of strings, or of UTF-8.
async fn collect_text(co: &Co, stream: JsValue) -> JsResult<JsString> {
    let mut decoder = encoding_rs::UTF_8.new_decoder_with_bom_removal();
    let mut parts = Vec::new();
    let chunks = Iteration::start(co, stream).await?;
    while let Some(chunk) = chunks.next(co).await? {
        if let Some(text) = chunk.as_string() {
            parts.push(text);
            continue;
        }
        match buffer::with_bytes(&chunk, |bytes| decode(&mut decoder, bytes, false)) {
            Some(text) => parts.push(text),
            None => {
                let _ = chunks.close(co).await;
                let expected = "ArrayBuffer|ArrayBufferView";
                return Err(run!(co, [] | cx | errors::invalid_arg_type("input", expected, &chunk, cx)));
            }
        }
    }
    parts.push(decode(&mut decoder, &[], true));
    let parts: Vec<_> = parts.iter().map(JsString::as_str).collect();
    Ok(JsString::concat_array(&parts))
}

fn decode(decoder: &mut encoding_rs::Decoder, bytes: &[u8], last: bool) -> JsString {
    let mut text = String::with_capacity(decoder.max_utf8_buffer_length(bytes.len()).unwrap_or(bytes.len()));
    let _ = decoder.decode_to_string(bytes, &mut text, last);
    js_string!(text)
}

fn text(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = args.get_or_undefined(0).clone();
    coroutine::spawn(cx, |co| async move { collect_text(&co, stream).await.map(JsValue::from) }).map(JsValue::from)
}

/// `JSON.parse(text)`
pub(crate) fn parse_json(text: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let parse = cx.intrinsics().objects().json().get(js_string!("parse"), cx)?;
    match parse.as_function() {
        Some(parse) => parse.call(&JsValue::undefined(), std::slice::from_ref(text), cx),
        None => Err(errors::plain(errors::Base::Type, "JSON.parse is not a function")),
    }
}

fn json(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let stream = args.get_or_undefined(0).clone();
    coroutine::spawn(cx, |co| async move {
        let text = collect_text(&co, stream).await?;
        run!(co, [] | cx | { parse_json(&text.into(), cx) })
    })
    .map(JsValue::from)
}
