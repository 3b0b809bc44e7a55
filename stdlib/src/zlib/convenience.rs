//! `zlib.gzip(buffer[, options], callback)` and `zlib.gzipSync(buffer[, options])`: one trip to the pool, or none.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsFunction};
use coil_engine::{Host, class::Class, coil_loop::Outcome, errors, op::thrown_value, validate};

use super::engine::{self, Handle};
use crate::{
    buffer::{self, Encoding},
    stream,
};

/// The face that gives its result at once.
pub(super) fn sync(class: &'static Class, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0);
    let stream = class.construct(&[args.get_or_undefined(1).clone()], cx)?;
    let Some(input) = bytes(given) else {
        return Err(errors::invalid_arg_type("buffer", "string|Buffer|TypedArray|DataView|ArrayBuffer", given, cx));
    };
    let Some(handle) = engine::handle_of(&stream, cx)? else { return Ok(JsValue::undefined()) };
    let shared = handle.borrow().data().shared;
    let output = engine::whole(&stream, &handle, &input, shared.finish_flush, cx)?;
    result(output, &stream, shared.info, cx)
}

fn bytes(value: &JsValue) -> Option<Vec<u8>> {
    match value.as_string() {
        Some(text) => Some(buffer::string_to_bytes(&text, Encoding::Utf8)),
        None => buffer::bytes_of(value),
    }
}

fn result(output: Vec<u8>, stream: &JsObject, info: bool, cx: &mut Context) -> JsResult<JsValue> {
    let output = buffer::from_slice(&output, cx)?;
    if !info {
        return Ok(output.into());
    }
    let both = JsObject::with_object_proto(cx.intrinsics());
    both.create_data_property_or_throw(js_string!("buffer"), output, cx)?;
    both.create_data_property_or_throw(js_string!("engine"), stream.clone(), cx)?;
    Ok(both.into())
}

/// The face with a callback.
pub(super) fn callback(class: &'static Class, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (given, mut options, mut callback) = (args.get_or_undefined(0), args.get_or_undefined(1).clone(), args.get_or_undefined(2).clone());
    if options.is_callable() {
        callback = options;
        options = JsValue::from(JsObject::with_object_proto(cx.intrinsics()));
    }
    let stream = class.construct(&[options], cx)?;
    let callback = validate::function(&callback, "callback", cx)?;
    let input = if given.is_null_or_undefined() { Some(Vec::new()) } else { bytes(given) };
    let Some(input) = input else {
        return Err(errors::invalid_arg_type("chunk", "string|Buffer|TypedArray|DataView", given, cx));
    };
    let Some(handle) = engine::handle_of(&stream, cx)? else { return Ok(JsValue::undefined()) };
    offload(stream, &handle, input, callback, cx);
    Ok(JsValue::undefined())
}

fn offload(stream: JsObject, handle: &JsObject<Handle>, input: Vec<u8>, callback: JsFunction, cx: &mut Context) {
    let (codec, shared) = {
        let handle = handle.borrow();
        let handle = handle.data();
        (handle.codec.borrow_mut().take(), handle.shared)
    };
    let Some(mut codec) = codec else { return };
    Host::of(cx).offload(
        "zlib",
        move |_sys| {
            let result = codec.whole(&input, shared.finish_flush, shared.output_len_max as u64);
            result.map(|found| found.map(|(output, read)| (output, read, read < input.len())))
        },
        move |outcome, cx| {
            let Outcome::Done(done) = outcome else { return };
            let host = Host::of(cx);
            host.enter_with(cx, |cx| {
                let given = match done {
                    Ok(Some((_, _, true))) if shared.reject_garbage => Err(errors::trailing_junk_after_stream_end(cx)),
                    Ok(Some((output, read, _))) => {
                        stream.set(js_string!("bytesWritten"), read as f64, false, cx)?;
                        result(output, &stream, shared.info, cx)
                    }
                    Ok(None) => Err(errors::buffer_too_large(shared.output_len_max as u64, cx)),
                    Err(failure) => Err(boa_engine::JsError::from_opaque(engine::error_of(&failure, cx)?.into())),
                };
                if shared.info {
                    stream::destroy_with(&stream, &JsValue::undefined(), cx)?;
                }
                let args = match given {
                    Ok(value) => vec![JsValue::null(), value],
                    Err(error) => vec![thrown_value(error, cx)],
                };
                callback.call(&stream.clone().into(), &args, cx)
            });
        },
    );
}
