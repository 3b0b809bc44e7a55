//! `TextEncoder`: strings to UTF-8.

use std::cell::OnceCell;

use boa_engine::{Context, HostTemplate, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, bytes, js_string, string::JsStrVariant};
use boa_gc::{Finalize, Trace};
use coil_engine::{
    Host,
    class::{Class, Kind, Parent, instance_prototype},
    errors,
    table::{Export, Symbol},
    validate,
};

use crate::buffer::{self, Encoding};

/// The class.
pub static TEXT_ENCODER: Class = Class {
    name: "TextEncoder",
    length: 0,
    extends: Parent::None,
    kind: Kind::Allocating,
    init: construct,
    prototype: &[
        Export::getter("encoding", encoding).enumerable(true),
        Export::function("encode", 0, encode).enumerable(true),
        Export::function("encodeInto", 2, encode_into).enumerable(true),
        Export::symbol(Symbol::For("nodejs.util.inspect.custom"), "[nodejs.util.inspect.custom]", 2, inspect),
        Export::tag("TextEncoder"),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct TextEncoder;

fn construct(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let prototype = instance_prototype(&TEXT_ENCODER, cx)?;
    Ok(JsObject::from_proto_and_data(prototype, TextEncoder).upcast().into())
}

fn check(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let found = this.as_object().filter(JsObject::is::<TextEncoder>);
    found.ok_or_else(|| errors::invalid_this("TextEncoder", cx))
}

fn encoding(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check(this, cx)?;
    Ok(js_string!("utf-8").into())
}

/// `encoder.encode([input])`
fn encode(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check(this, cx)?;
    let input = args.get_or_undefined(0);
    let text = if input.is_undefined() { JsString::default() } else { input.to_string(cx)? };
    let mut block = buffer::zeroed(buffer::byte_length(text.as_str(), Encoding::Utf8))?;
    buffer::encode_into(text.as_str(), Encoding::Utf8, &mut block);
    Ok(bytes::uint8_array(block, None, cx)?.into())
}

/// `encoder.encodeInto(src, dest)`
fn encode_into(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check(this, cx)?;
    let source = validate::string(args.get_or_undefined(0), "src", cx)?;
    let target = args.get_or_undefined(1);
    let Some(range) = buffer::range_of(target).filter(|_| buffer::is_uint8_array(target)) else {
        return Err(errors::invalid_arg_type("dest", "Uint8Array", target, cx));
    };
    let (read, written) = range.write(|bytes| match source.variant() {
        JsStrVariant::Latin1(units) => buffer::utf8_from_latin1(units, bytes),
        JsStrVariant::Utf16(units) => buffer::utf8_from_utf16(units, bytes),
    });
    let state = Host::of(cx).state::<Progress>();
    let template = state.0.get_or_init(|| HostTemplate::plain(&["read", "written"], cx));
    Ok(template.create(vec![JsValue::from(read), JsValue::from(written)]).into())
}

/// The shape of what `encodeInto` gives.
#[derive(Default)]
struct Progress(OnceCell<HostTemplate>);

fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    check(this, cx)?;
    if args.get_or_undefined(0).as_number().is_some_and(|depth| depth < 0.0) {
        return Ok(js_string!("[TextEncoder]").into());
    }
    // Node shows no class name here: what it shows is not an instance of a class that could be named.
    let shown = JsObject::with_object_proto(cx.intrinsics());
    shown.create_data_property_or_throw(js_string!("encoding"), js_string!("utf-8"), cx)?;
    match args.get_or_undefined(2).as_callable() {
        Some(inspect) => inspect.call(&JsValue::undefined(), &[shown.into(), args.get_or_undefined(1).clone()], cx),
        None => Ok(shown.into()),
    }
}
