//! `wrap`: a stream of Node's first kind as a Readable.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, property::PropertyKey};
use boa_gc::Gc;
use coil_engine::{table, validate};

use super::{
    destroy::{self, destroyer, error_or_destroy},
    readable::READABLE,
};
use crate::events;

/// `readable.wrap(stream)`
pub(super) fn wrap_method(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let readable = this.to_object(cx)?;
    let source = validate::readable(args.get_or_undefined(0), "on", cx)?;
    let paused = Gc::new(std::cell::Cell::new(false));

    let on_data = table::closure(
        "",
        1,
        (readable.clone(), source.clone(), paused.clone()),
        |_this, args, (readable, source, paused), cx| {
            let more = events::method(readable, "push", &[args.get_or_undefined(0).clone()], cx)?;
            if !more.to_boolean() && source.get(js_string!("pause"), cx)?.to_boolean() {
                paused.set(true);
                events::method(source, "pause", &[], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(&source, "on", &[js_string!("data").into(), on_data.into()], cx)?;
    let on_end = table::closure(
        "",
        0,
        readable.clone(),
        |_this, _args, readable, cx| {
            events::method(readable, "push", &[JsValue::null()], cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(&source, "on", &[js_string!("end").into(), on_end.into()], cx)?;
    let on_error = table::closure(
        "",
        1,
        readable.clone(),
        |_this, args, readable, cx| {
            error_or_destroy(readable, args.get_or_undefined(0).clone(), false, cx)?;
            Ok(JsValue::undefined())
        },
        cx,
    );
    events::method(&source, "on", &[js_string!("error").into(), on_error.into()], cx)?;
    for event in [js_string!("close"), js_string!("destroy")] {
        let on_close = table::closure(
            "",
            0,
            readable.clone(),
            |_this, _args, readable, cx| {
                destroy::call(readable, &JsValue::undefined(), cx)?;
                Ok(JsValue::undefined())
            },
            cx,
        );
        events::method(&source, "on", &[event.into(), on_close.into()], cx)?;
    }
    let read = table::closure(
        "",
        0,
        (source.clone(), paused),
        |_this, _args, (source, paused), cx| {
            if paused.get() && source.get(js_string!("resume"), cx)?.to_boolean() {
                paused.set(false);
                events::method(source, "resume", &[], cx)?;
            }
            Ok(JsValue::undefined())
        },
        cx,
    );
    readable.set(js_string!("_read"), read, true, cx)?;

    // Its other methods too: it may be a filter or have both sides.
    for key in enumerable_keys(&source, cx)?.into_iter().skip(1) {
        let method = source.get(key.clone(), cx)?;
        if method.is_callable() && readable.get(key.clone(), cx)?.is_undefined() {
            let bound = events::method(&method.to_object(cx)?, "bind", &[source.clone().into()], cx)?;
            readable.set(key, bound, true, cx)?;
        }
    }
    Ok(this.clone())
}

/// `Object.keys(object)`
fn enumerable_keys(object: &JsObject, cx: &mut Context) -> JsResult<Vec<PropertyKey>> {
    let mut keys = Vec::new();
    for key in object.own_property_keys(cx)? {
        let shown = !matches!(key, PropertyKey::Symbol(_)) && object.own_property(&key, cx)?.is_some_and(|descriptor| descriptor.enumerable() == Some(true));
        if shown {
            keys.push(key);
        }
    }
    Ok(keys)
}

/// `Readable.wrap(source, options)`
pub(super) fn wrap_static(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    wrap(args.get_or_undefined(0), args.get_or_undefined(1), cx).map(JsValue::from)
}

/// A Readable over `source`, which is destroyed with it.
pub(super) fn wrap(source: &JsValue, given: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let source = source.to_object(cx)?;
    let options = JsObject::with_object_proto(cx.intrinsics());
    let mut object_mode = source.get(js_string!("readableObjectMode"), cx)?;
    if object_mode.is_null_or_undefined() {
        object_mode = source.get(js_string!("objectMode"), cx)?;
    }
    if object_mode.is_null_or_undefined() {
        object_mode = true.into();
    }
    options.set(js_string!("objectMode"), object_mode, true, cx)?;
    if given.is_object() {
        options.copy_data_properties::<boa_engine::JsString>(given, Vec::new(), cx)?;
    }
    let destroy = table::closure(
        "destroy",
        2,
        source.clone(),
        |_this, args, source, cx| {
            let error = args.get_or_undefined(0);
            destroyer(&source.clone().into(), error, cx)?;
            match args.get_or_undefined(1).as_function() {
                Some(callback) => callback.call(&JsValue::undefined(), std::slice::from_ref(error), cx),
                None => Ok(JsValue::undefined()),
            }
        },
        cx,
    );
    options.set(js_string!("destroy"), destroy, true, cx)?;
    let readable = READABLE.construct(&[options.into()], cx)?;
    events::method(&readable, "wrap", &[source.into()], cx)?;
    Ok(readable)
}
