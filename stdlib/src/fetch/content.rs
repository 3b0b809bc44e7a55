//! What comes of a response's body: decoded as `Content-Encoding` says, into a stream.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsArgs, JsData, JsError, JsObject, JsResult, JsValue, js_string, object::builtins::JsUint8Array};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};
use coil_engine::table;

use super::{client::Exchange, webidl};
use crate::{
    buffer, events,
    web_streams::{self, ByteController, NativeSource, Rs, Source},
    zlib::{self, WebCodec},
};

/// Bytes that wait in the stream before the connection is told to wait.
const WAITING_MAX: f64 = 64.0 * 1024.0;

/// Takes the encodings off a body, the last one first.
#[derive(Default)]
struct Decoding(Vec<Decoder>);

enum Decoder {
    /// `deflate`: with zlib's head or without, which the first byte tells.
    Deflate,
    Codec(WebCodec),
}

impl Decoding {
    /// Of a `Content-Encoding`. An unknown one leaves the body as it is.
    fn new(encodings: &str) -> Self {
        let mut decoders = Vec::new();
        for encoding in encodings.split(',').rev() {
            let decoder = match encoding.trim().to_ascii_lowercase().as_str() {
                "" | "identity" => continue,
                "gzip" | "x-gzip" => zlib::web_codec("gzip", false).map(Decoder::Codec),
                "deflate" => Some(Decoder::Deflate),
                "br" => zlib::web_codec("brotli", false).map(Decoder::Codec),
                _ => None,
            };
            match decoder {
                Some(decoder) => decoders.push(decoder),
                None => return Self::default(),
            }
        }
        Self(decoders)
    }

    fn run(&mut self, bytes: Vec<u8>, last: bool) -> Result<Vec<u8>, (&'static str, String, i32)> {
        let mut bytes = bytes;
        for decoder in &mut self.0 {
            if let Decoder::Deflate = decoder {
                let Some(&first) = bytes.first() else { continue };
                let format = if first & 0x0F == 8 { "deflate" } else { "deflate-raw" };
                if let Some(codec) = zlib::web_codec(format, false) {
                    *decoder = Decoder::Codec(codec);
                }
            }
            let Decoder::Codec(codec) = decoder else { continue };
            // What is cut short gives what there is.
            if last && bytes.is_empty() {
                continue;
            }
            bytes = codec.run(&bytes, false)?.0;
        }
        Ok(bytes)
    }
}

/// A body on its way.
#[derive(Trace, Finalize, JsData)]
pub(super) struct Incoming {
    message: JsObject,
    exchange: Gc<Exchange>,
    controller: GcRefCell<Option<Gc<ByteController>>>,
    #[unsafe_ignore_trace]
    decoding: RefCell<Decoding>,
    #[unsafe_ignore_trace]
    paused: Cell<bool>,
    #[unsafe_ignore_trace]
    ended: Cell<bool>,
}

/// The stream of a message's body.
pub(super) fn stream_of(message: &JsObject, encodings: &str, exchange: &Gc<Exchange>, cx: &mut Context) -> JsResult<Rs> {
    let stream = web_streams::blank(cx)?;
    let incoming = Incoming {
        message: message.clone(),
        exchange: exchange.clone(),
        controller: GcRefCell::new(None),
        decoding: Decoding::new(encodings).into(),
        paused: Cell::new(false),
        ended: Cell::new(false),
    };
    let data = JsObject::new_unique(None, incoming).upcast();
    let source = Source::Native(NativeSource { data: data.clone(), pull, cancel });
    let controller = web_streams::set_up_bytes(&stream, source, 0.0, None, |_, _| Ok(JsValue::undefined()), cx)?;
    with(&data, |incoming| *incoming.controller.borrow_mut() = Some(controller));
    let listen = |event: &'static str, act: fn(&JsObject, &JsValue, &mut Context) -> JsResult<()>, cx: &mut Context| {
        let listener = table::closure(
            "",
            1,
            Listener { data: data.clone(), act },
            |_this, args, listener, cx| {
                (listener.act)(&listener.data, args.get_or_undefined(0), cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::on(message, js_string!(event), listener, cx)
    };
    listen("data", take, cx)?;
    listen("end", end, cx)?;
    listen("error", |data, error, cx| fail(data, error.clone(), cx), cx)?;
    listen("close", |data, _, cx| fail(data, JsValue::undefined(), cx), cx)?;
    exchange.set_body(data);
    Ok(stream)
}

#[derive(Trace, Finalize)]
struct Listener {
    data: JsObject,
    #[unsafe_ignore_trace]
    act: fn(&JsObject, &JsValue, &mut Context) -> JsResult<()>,
}

fn with<T>(data: &JsObject, look: impl FnOnce(&Incoming) -> T) -> Option<T> {
    data.downcast_ref::<Incoming>().map(|incoming| look(&incoming))
}

fn controller_of(data: &JsObject) -> Option<Gc<ByteController>> {
    with(data, |incoming| incoming.controller.borrow().clone()).flatten()
}

fn take(data: &JsObject, chunk: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(controller) = controller_of(data) else { return Ok(()) };
    let bytes = buffer::bytes_of(chunk).unwrap_or_default();
    let decoded = with(data, |incoming| incoming.decoding.borrow_mut().run(bytes, false));
    match decoded {
        Some(Ok(bytes)) => give(&controller, &bytes, cx)?,
        Some(Err((message, code, errno))) => {
            let cause = decoding_error(message, &code, errno, cx)?;
            return break_off(data, cause, cx);
        }
        None => {}
    }
    if web_streams::desired_size(&*controller).is_some_and(|size| size < -WAITING_MAX)
        && let Some(message) = with(data, |incoming| (!incoming.paused.replace(true)).then(|| incoming.message.clone())).flatten()
    {
        events::method(&message, "pause", &[], cx)?;
    }
    Ok(())
}

fn give(controller: &Gc<ByteController>, bytes: &[u8], cx: &mut Context) -> JsResult<()> {
    if bytes.is_empty() {
        return Ok(());
    }
    let chunk = JsUint8Array::from_bytes(bytes, cx)?;
    web_streams::enqueue_bytes(controller, &chunk.into(), cx)
}

fn decoding_error(message: &str, code: &str, errno: i32, cx: &mut Context) -> JsResult<JsValue> {
    let error = coil_engine::errors::plain(coil_engine::errors::Base::Error, message).into_opaque(cx)?;
    let object = error.to_object(cx)?;
    object.create_data_property_or_throw(js_string!("errno"), errno, cx)?;
    object.create_data_property_or_throw(js_string!("code"), js_string!(code), cx)?;
    Ok(error)
}

fn end(data: &JsObject, _: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(controller) = controller_of(data) else { return Ok(()) };
    if with(data, |incoming| incoming.ended.replace(true)) == Some(true) {
        return Ok(());
    }
    if let Some(Ok(bytes)) = with(data, |incoming| incoming.decoding.borrow_mut().run(Vec::new(), true)) {
        give(&controller, &bytes, cx)?;
    }
    if let Some(exchange) = with(data, |incoming| incoming.exchange.clone()) {
        exchange.finish(cx)?;
    }
    web_streams::close_bytes(&controller, cx)?;
    web_streams::answer_bytes(&controller, cx)
}

/// The connection broke before the end.
fn fail(data: &JsObject, error: JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(exchange) = with(data, |incoming| (!incoming.ended.replace(true)).then(|| incoming.exchange.clone())).flatten() else { return Ok(()) };
    let reason = match exchange.abort_reason() {
        Some(reason) => reason,
        None => {
            let cause = super::client::network_cause(&error, cx)?;
            terminated(cause, cx)?
        }
    };
    exchange.finish(cx)?;
    let Some(controller) = controller_of(data) else { return Ok(()) };
    web_streams::error_bytes(&controller, &reason, cx)
}

/// The body cannot be decoded: nothing more is wanted of the connection.
fn break_off(data: &JsObject, cause: JsValue, cx: &mut Context) -> JsResult<()> {
    let Some((exchange, message)) = with(data, |incoming| (!incoming.ended.replace(true)).then(|| (incoming.exchange.clone(), incoming.message.clone()))).flatten() else {
        return Ok(());
    };
    exchange.finish(cx)?;
    let reason = terminated(cause, cx)?;
    if let Some(controller) = controller_of(data) {
        web_streams::error_bytes(&controller, &reason, cx)?;
    }
    events::method(&message, "destroy", &[], cx).map(drop)
}

/// `TypeError: terminated`
fn terminated(cause: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    webidl::caused("terminated", JsError::from_opaque(cause), cx).into_opaque(cx)
}

/// The signal aborted while the body came.
pub(super) fn abort(data: &JsObject, reason: &JsValue, cx: &mut Context) -> JsResult<()> {
    if with(data, |incoming| incoming.ended.replace(true)) != Some(false) {
        return Ok(());
    }
    match controller_of(data) {
        Some(controller) => web_streams::error_bytes(&controller, reason, cx),
        None => Ok(()),
    }
}

fn pull(data: &JsObject, cx: &mut Context) -> JsResult<JsValue> {
    if let Some(message) = with(data, |incoming| incoming.paused.replace(false).then(|| incoming.message.clone())).flatten() {
        events::method(&message, "resume", &[], cx)?;
    }
    Ok(JsValue::undefined())
}

fn cancel(data: &JsObject, _reason: JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let found = with(data, |incoming| (!incoming.ended.replace(true)).then(|| (incoming.exchange.clone(), incoming.message.clone()))).flatten();
    if let Some((exchange, message)) = found {
        exchange.finish(cx)?;
        events::method(&message, "destroy", &[], cx)?;
    }
    Ok(JsValue::undefined())
}
