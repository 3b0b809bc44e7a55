//! `CompressionStream` and `DecompressionStream`: the codecs of `zlib`, at work in the pool.

use std::cell::RefCell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsUint8Array};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    coil_loop::Outcome,
    errors::{self, Base},
    op::thrown_value,
    table::Export,
};

use super::{
    core::{Deferred, Size, inspect_member, inspected, no_private_member},
    transform::{self, NativeTransformer, Ts},
};
use crate::{
    buffer::{self, Encoding},
    zlib::{self, WebCodec},
};

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Compression {
    stream: Ts,
    #[unsafe_ignore_trace]
    compress: bool,
}

#[derive(Trace, Finalize, boa_engine::JsData)]
struct Work(#[unsafe_ignore_trace] RefCell<Option<WebCodec>>);

macro_rules! compression {
    ($place:ident, $name:literal, $compress:literal) => {
        /// A stream of one direction.
        pub(super) static $place: Class = Class {
            name: $name,
            length: 1,
            extends: Parent::None,
            kind: Kind::Allocating,
            init: |_this, args, cx| construct(&$place, $compress, args, cx),
            prototype: &[
                Export::getter("readable", |this, _args, cx| {
                    let stream = of(this, $compress)?;
                    transform::readable_value(&stream, cx)
                })
                .enumerable(true),
                Export::getter("writable", |this, _args, cx| {
                    let stream = of(this, $compress)?;
                    transform::writable_value(&stream, cx)
                })
                .enumerable(true),
                inspect_member(|this, args, cx| {
                    let stream = of(this, $compress)?;
                    let fields = vec![("readable", transform::readable_value(&stream, cx)?), ("writable", transform::writable_value(&stream, cx)?)];
                    inspected(this, fields, args, cx)
                }),
                Export::tag($name),
            ],
            statics: &[],
        };
    };
}

compression!(COMPRESSION_STREAM, "CompressionStream", true);
compression!(DECOMPRESSION_STREAM, "DecompressionStream", false);

fn of(this: &JsValue, compress: bool) -> JsResult<Ts> {
    let found = this.as_object().and_then(|object| object.downcast_ref::<Compression>().map(|data| (data.stream.clone(), data.compress)));
    match found {
        Some((stream, of)) if of == compress => Ok(stream),
        _ => Err(no_private_member("transform")),
    }
}

fn construct(class: &'static Class, compress: bool, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let format = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let Some(codec) = zlib::web_codec(&format, compress) else {
        let message = format!("Failed to construct '{}': 1st argument value '{format}' is not a valid enum value of type CompressionFormat.", class.name);
        return Err(errors::coded(Base::Type, "ERR_INVALID_ARG_VALUE", message, cx));
    };
    let prototype = instance_prototype(class, cx)?;
    let data = JsObject::new_unique(None, Work(RefCell::new(Some(codec)))).upcast();
    // Both sides hold some: a write is taken before anyone reads.
    let size = super::strategy::byte_length(cx);
    let stream = transform::buffered_transformer(NativeTransformer { data, transform: write, flush }, (HELD_LEN, Size::One), (HELD_LEN, size), cx)?;
    Ok(JsObject::from_proto_and_data(prototype, Compression { stream, compress }).into())
}

/// What Node's streams behind hold: bytes that were made, chunks that wait.
const HELD_LEN: f64 = 64.0 * 1024.0;

fn write(data: &JsObject, chunk: JsValue, stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    if chunk.is_null() {
        return Err(errors::stream_null_values(cx));
    }
    if let Some(text) = chunk.as_string() {
        return run(data, buffer::string_to_bytes(&text, Encoding::Utf8), false, stream, cx);
    }
    let shared = buffer::range_of(&chunk).is_some_and(|range| range.is_shared());
    let bytes = if shared { None } else { buffer::bytes_of(&chunk) };
    let Some(bytes) = bytes else {
        return Err(errors::invalid_arg_type("chunk", "ArrayBuffer|Buffer|TypedArray|DataView", &chunk, cx));
    };
    run(data, bytes, false, stream, cx)
}

fn flush(data: &JsObject, stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    run(data, Vec::new(), true, stream, cx)
}

/// One trip to the pool; the promise is that of the write.
fn run(data: &JsObject, bytes: Vec<u8>, last: bool, stream: &Ts, cx: &mut Context) -> JsResult<JsValue> {
    let codec = data.downcast_ref::<Work>().and_then(|work| work.0.borrow_mut().take());
    let Some(mut codec) = codec else { return Ok(JsValue::undefined()) };
    let deferred = Deferred::new(cx);
    let promise = deferred.promise.clone();
    let (data, stream) = (data.clone(), stream.clone());
    Host::of(cx).offload(
        "zlib",
        move |_sys| {
            let result = codec.run(&bytes, last);
            (codec, result)
        },
        move |outcome, cx| {
            let Outcome::Done((codec, result)) = outcome else { return };
            let host = Host::of(cx);
            host.enter_with(cx, |cx| {
                if let Some(work) = data.downcast_ref::<Work>() {
                    *work.0.borrow_mut() = Some(codec);
                }
                let failed = match result {
                    Ok((output, junk)) => {
                        if !output.is_empty() {
                            let chunk = JsUint8Array::from_bytes(&output, cx)?;
                            if let Err(failed) = transform::enqueue(&stream, chunk.into(), cx) {
                                let reason = thrown_value(failed, cx);
                                return deferred.reject(&reason, cx);
                            }
                        }
                        if !junk {
                            return deferred.resolve(JsValue::undefined(), cx);
                        }
                        thrown_value(errors::trailing_junk_after_stream_end(cx), cx)
                    }
                    Err((message, code, errno)) => {
                        let cause = errors::plain(Base::Error, message).into_opaque(cx)?.to_object(cx)?;
                        cause.create_data_property_or_throw(js_string!("errno"), errno, cx)?;
                        cause.create_data_property_or_throw(js_string!("code"), js_string!(code.as_str()), cx)?;
                        let error = errors::plain(Base::Type, "").into_opaque(cx)?.to_object(cx)?;
                        let hidden = boa_engine::property::PropertyDescriptor::builder().value(cause).writable(true).enumerable(false).configurable(true);
                        error.define_property_or_throw(js_string!("cause"), hidden, cx)?;
                        error.create_data_property_or_throw(js_string!("code"), js_string!(code.as_str()), cx)?;
                        error.into()
                    }
                };
                deferred.reject(&failed, cx)
            });
        },
    );
    Ok(promise.into())
}
