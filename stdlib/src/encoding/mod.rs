//! `TextEncoder`, `TextDecoder`, `atob`, `btoa`: globals, which `util` and `buffer` export too.
//!
//! Differs from Node: multi-byte encodings other than UTF-8 and UTF-16 follow the WHATWG tables exactly, where Node's follow ICU's.

mod base64;
mod decoder;
mod encoder;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::table::{Export, NativeModule, Symbol, instantiate};

pub use self::{decoder::TEXT_DECODER, encoder::TEXT_ENCODER};

/// What these functions are the same object of wherever they are exported.
static SHARED: NativeModule = NativeModule { name: "internal/encoding", exports: &[Export::function("atob", 1, base64::atob), Export::function("btoa", 1, base64::btoa)] };

/// `atob`
pub fn atob(cx: &mut Context) -> JsResult<JsValue> {
    instantiate(&SHARED, cx)?.get(js_string!("atob"), cx)
}

/// `btoa`
pub fn btoa(cx: &mut Context) -> JsResult<JsValue> {
    instantiate(&SHARED, cx)?.get(js_string!("btoa"), cx)
}

/// `TextEncoder`
pub fn text_encoder(cx: &mut Context) -> JsResult<JsValue> {
    Ok(TEXT_ENCODER.constructor(cx)?.into())
}

/// `TextDecoder`
pub fn text_decoder(cx: &mut Context) -> JsResult<JsValue> {
    Ok(TEXT_DECODER.constructor(cx)?.into())
}

/// How an object without properties of its own shows itself: `Name { key: value }`, through the inspector that asked.
///
/// `args` are those of a custom inspection: depth, options, inspect.
fn inspect_as(class: &JsObject, fields: Vec<(&'static str, JsValue)>, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    // An instance for whoever looks for its class, without this inspection of its own.
    let parent = class.get(js_string!("prototype"), cx)?.as_object();
    let prototype = JsObject::from_proto_and_data(parent, boa_engine::builtins::object::OrdinaryObject);
    prototype.create_data_property_or_throw(js_string!("constructor"), class.clone(), cx)?;
    let custom = Symbol::For("nodejs.util.inspect.custom").to_js(cx);
    prototype.create_data_property_or_throw(custom, JsValue::undefined(), cx)?;
    let shown = JsObject::from_proto_and_data(Some(prototype), boa_engine::builtins::object::OrdinaryObject);
    for (name, value) in fields {
        shown.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    match args.get(2).and_then(JsValue::as_callable) {
        Some(inspect) => inspect.call(&JsValue::undefined(), &[shown.into(), args[1].clone()], cx),
        None => Ok(shown.into()),
    }
}

/// `new TextDecoder(...args)`
pub(crate) fn new_text_decoder(args: &[JsValue], cx: &mut Context) -> JsResult<boa_engine::JsObject> {
    decoder::TEXT_DECODER.construct(args, cx)
}
