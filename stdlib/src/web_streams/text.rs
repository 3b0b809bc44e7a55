//! `TextEncoderStream` and `TextDecoderStream`.

use std::cell::Cell;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsUint8Array};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::Export,
};

use super::{
    core::{inspect_member, inspected, no_private_member},
    transform::{self, NativeTransformer, Ts},
};
use crate::{
    buffer::{self, Encoding},
    encoding, events,
};

#[derive(Trace, Finalize, boa_engine::JsData)]
struct EncoderStream(Ts);

#[derive(Trace, Finalize, boa_engine::JsData)]
struct DecoderStream {
    stream: Ts,
    decoder: JsObject,
}

/// The first half of a pair of surrogates whose second half is still to come.
#[derive(Trace, Finalize, boa_engine::JsData)]
struct Pending(#[unsafe_ignore_trace] Cell<Option<u16>>);

/// `TextEncoderStream`
pub(super) static ENCODER_STREAM: Class = Class {
    name: "TextEncoderStream",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, _args, cx| {
        let prototype = instance_prototype(&ENCODER_STREAM, cx)?;
        let data = JsObject::new_unique(None, Pending(Cell::new(None))).upcast();
        let stream = transform::with_transformer(NativeTransformer { data, transform: encode, flush: encode_rest }, cx)?;
        Ok(JsObject::from_proto_and_data(prototype, EncoderStream(stream)).into())
    },
    prototype: &[
        Export::getter("encoding", |this, _args, _cx| {
            encoder(this, "handle")?;
            Ok(js_string!("utf-8").into())
        })
        .enumerable(true),
        Export::getter("readable", |this, _args, cx| {
            let stream = encoder(this, "transform")?;
            transform::readable_value(&stream, cx)
        })
        .enumerable(true),
        Export::getter("writable", |this, _args, cx| {
            let stream = encoder(this, "transform")?;
            transform::writable_value(&stream, cx)
        })
        .enumerable(true),
        inspect_member(|this, args, cx| {
            let stream = encoder(this, "transform")?;
            let fields = vec![("encoding", js_string!("utf-8").into()), ("readable", transform::readable_value(&stream, cx)?), ("writable", transform::writable_value(&stream, cx)?)];
            inspected(this, fields, args, cx)
        }),
    ],
    statics: &[],
};

/// `TextDecoderStream`
pub(super) static DECODER_STREAM: Class = Class {
    name: "TextDecoderStream",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: |_this, args, cx| {
        let decoder = encoding::new_text_decoder(args, cx)?;
        let prototype = instance_prototype(&DECODER_STREAM, cx)?;
        let stream = transform::with_transformer(NativeTransformer { data: decoder.clone(), transform: decode, flush: decode_rest }, cx)?;
        Ok(JsObject::from_proto_and_data(prototype, DecoderStream { stream, decoder }).into())
    },
    prototype: &[
        Export::getter("encoding", |this, _args, cx| decoder(this, "handle")?.1.get(js_string!("encoding"), cx)).enumerable(true),
        Export::getter("fatal", |this, _args, cx| decoder(this, "handle")?.1.get(js_string!("fatal"), cx)).enumerable(true),
        Export::getter("ignoreBOM", |this, _args, cx| decoder(this, "handle")?.1.get(js_string!("ignoreBOM"), cx)).enumerable(true),
        Export::getter("readable", |this, _args, cx| {
            let (stream, _) = decoder(this, "transform")?;
            transform::readable_value(&stream, cx)
        })
        .enumerable(true),
        Export::getter("writable", |this, _args, cx| {
            let (stream, _) = decoder(this, "transform")?;
            transform::writable_value(&stream, cx)
        })
        .enumerable(true),
        inspect_member(|this, args, cx| {
            let (stream, decoder) = decoder(this, "transform")?;
            let mut fields = Vec::new();
            for name in ["encoding", "fatal", "ignoreBOM"] {
                fields.push((name, decoder.get(js_string!(name), cx)?));
            }
            fields.push(("readable", transform::readable_value(&stream, cx)?));
            fields.push(("writable", transform::writable_value(&stream, cx)?));
            inspected(this, fields, args, cx)
        }),
    ],
    statics: &[],
};

fn encoder(this: &JsValue, field: &str) -> JsResult<Ts> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<EncoderStream>().map(|data| data.0.clone()));
    found.ok_or_else(|| no_private_member(field))
}

fn decoder(this: &JsValue, field: &str) -> JsResult<(Ts, JsObject)> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<DecoderStream>().map(|data| (data.stream.clone(), data.decoder.clone())));
    found.ok_or_else(|| no_private_member(field))
}

fn encode(data: &JsObject, chunk: JsValue, stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    let text = chunk.to_string(cx)?;
    let mut units: Vec<u16> = Vec::with_capacity(text.len() + 1);
    if let Some(pending) = data.downcast_ref::<Pending>() {
        units.extend(pending.0.take());
        units.extend(text.iter());
        if let Some(last) = units.last().copied().filter(|unit| (0xd800..0xdc00).contains(unit)) {
            pending.0.set(Some(last));
            units.pop();
        }
    }
    enqueue_units(&units, stream, cx)
}

fn enqueue_units(units: &[u16], stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    if !units.is_empty() {
        let bytes = buffer::string_to_bytes(&JsString::from(units), Encoding::Utf8);
        let chunk = JsUint8Array::from_bytes(&bytes, cx)?;
        transform::enqueue(stream, chunk.into(), cx)?;
    }
    Ok(JsValue::undefined())
}

fn encode_rest(data: &JsObject, stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    let pending = data.downcast_ref::<Pending>().and_then(|pending| pending.0.take());
    match pending {
        Some(unit) => enqueue_units(&[unit], stream, cx),
        None => Ok(JsValue::undefined()),
    }
}

fn decode(data: &JsObject, chunk: JsValue, stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    if chunk.is_undefined() {
        return Err(errors::invalid_arg_type("chunk", "ArrayBuffer|Buffer|TypedArray|DataView", &chunk, cx));
    }
    let options = JsObject::with_object_proto(cx.intrinsics());
    options.create_data_property_or_throw(js_string!("stream"), true, cx)?;
    let text = events::method(data, "decode", &[chunk, options.into()], cx)?;
    enqueue_text(text, stream, cx)
}

fn decode_rest(data: &JsObject, stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    let text = events::method(data, "decode", &[], cx)?;
    enqueue_text(text, stream, cx)
}

fn enqueue_text(text: JsValue, stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    if text.as_string().is_some_and(|text| !text.is_empty()) {
        transform::enqueue(stream, text, cx)?;
    }
    Ok(JsValue::undefined())
}
