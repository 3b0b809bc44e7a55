//! `TestsStream`: what `run()` returns, and what reporters of the user's read: a Readable of `{ type, data }`.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use coil_engine::{
    class::{Class, Kind, Parent},
    table::Export,
};

use crate::{events, stream};

/// `class TestsStream`
static TESTS_STREAM: Class = Class {
    name: "TestsStream",
    length: 0,
    extends: Parent::Class(&stream::READABLE),
    kind: Kind::Modern,
    init: |this, _args, cx| {
        let stream = this.to_object(cx)?;
        let options = JsObject::with_null_proto();
        options.create_data_property_or_throw(js_string!("objectMode"), true, cx)?;
        options.create_data_property_or_throw(js_string!("highWaterMark"), JsValue::from(f64::from(i32::MAX)), cx)?;
        stream::init_readable(&stream, &options.into(), cx)?;
        Ok(JsValue::undefined())
    },
    prototype: &[Export::function("_read", 0, |_this, _args, _cx| Ok(JsValue::undefined()))],
    statics: &[],
};

/// An empty one.
pub(super) fn create(cx: &mut Context) -> JsResult<JsObject> {
    TESTS_STREAM.construct(&[], cx)
}

/// Tells of an event: to listeners at once, to readers in their time.
pub(super) fn push(stream: &JsObject, kind: &'static str, data: &JsObject, cx: &mut Context) -> JsResult<()> {
    events::emit(stream, JsString::from(kind), &[data.clone().into()], cx)?;
    let message = JsObject::with_null_proto();
    message.set_prototype(Some(cx.intrinsics().constructors().object().prototype()));
    message.create_data_property_or_throw(js_string!("type"), js_string!(kind), cx)?;
    message.create_data_property_or_throw(js_string!("data"), data.clone(), cx)?;
    events::method(stream, "push", &[message.into()], cx).map(drop)
}

/// No more events.
pub(super) fn end(stream: &JsObject, cx: &mut Context) -> JsResult<()> {
    events::method(stream, "push", &[JsValue::null()], cx).map(drop)
}
