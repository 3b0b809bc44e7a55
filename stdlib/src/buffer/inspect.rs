//! How a buffer shows itself: `<Buffer 68 65 6c 6c 6f>`.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, property::PropertyKey};
use coil_engine::{Host, validate};

use super::this_range;

/// `buf.inspect(recurseTimes, ctx, inspect)`, which `util.inspect` calls.
pub(super) fn inspect(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let range = this_range(this, cx)?;
    let max = Host::of(cx).state::<MaxBytes>().0.get();
    let mut shown = String::new();
    range.read(|bytes| {
        for (index, byte) in bytes.iter().enumerate().take_while(|(index, _)| (*index as f64) < max) {
            if index > 0 {
                shown.push(' ');
            }
            shown.push_str(&format!("{byte:02x}"));
        }
    });
    let remaining = range.byte_length as f64 - max;
    if remaining > 0.0 {
        let remaining = JsValue::from(remaining).display().to_string();
        let plural = if remaining == "1" { "" } else { "s" };
        shown.push_str(&format!(" ... {remaining} more byte{plural}"));
    }
    if let Some(extras) = extras(this, args, cx)? {
        if range.byte_length != 0 {
            shown.push_str(", ");
        }
        shown.push_str(&extras);
    }
    let name = class_name(this, cx).unwrap_or_else(|| "Buffer".to_owned());
    Ok(js_string!(format!("<{name} {shown}>")).into())
}

/// The properties that are no elements, as the inspector that called shows them.
fn extras(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<Option<String>> {
    let (Some(options), Some(inspect), Some(object)) = (args.get_or_undefined(1).as_object(), args.get_or_undefined(2).as_callable(), this.as_object()) else {
        return Ok(None);
    };
    let hidden = options.get(js_string!("showHidden"), cx)?.to_boolean();
    let shown = JsObject::with_null_proto();
    let mut any = false;
    for key in object.own_property_keys(cx)? {
        if matches!(key, PropertyKey::Index(_)) {
            continue;
        }
        let enumerable = object.own_property(&key, cx)?.is_some_and(|property| property.enumerable() == Some(true));
        if hidden || enumerable {
            let value = object.get(key.clone(), cx)?;
            shown.create_data_property_or_throw(key, value, cx)?;
            any = true;
        }
    }
    if !any {
        return Ok(None);
    }
    let inner = JsObject::with_object_proto(cx.intrinsics());
    for key in options.own_property_keys(cx)? {
        let value = options.get(key.clone(), cx)?;
        inner.create_data_property_or_throw(key, value, cx)?;
    }
    inner.create_data_property_or_throw(js_string!("breakLength"), f64::INFINITY, cx)?;
    inner.create_data_property_or_throw(js_string!("compact"), true, cx)?;
    let text = inspect.call(&JsValue::undefined(), &[shown.into(), inner.into()], cx)?.to_string(cx)?.to_std_string_lossy();
    // What stands between the braces of `[Object: null prototype] { a: 1 }`.
    let text = text.strip_prefix("[Object: null prototype] { ").unwrap_or(&text);
    Ok(Some(text.strip_suffix(" }").unwrap_or(text).to_owned()))
}

/// The name of `this.constructor`; what goes wrong on the way there is ignored, as in Node.
fn class_name(this: &JsValue, cx: &mut Context) -> Option<String> {
    let constructor = this.as_object()?.get(js_string!("constructor"), cx).ok()?.as_object().filter(JsObject::is_callable)?;
    if !constructor.has_own_property(js_string!("name"), cx).ok()? {
        return None;
    }
    let name = constructor.get(js_string!("name"), cx).ok()?.to_string(cx).ok()?;
    Some(name.to_std_string_lossy())
}

/// `buffer.INSPECT_MAX_BYTES`
pub(super) fn max_bytes(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(Host::of(cx).state::<MaxBytes>().0.get().into())
}

/// `buffer.INSPECT_MAX_BYTES = n`
pub(super) fn set_max_bytes(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let max = validate::number_within(args.get_or_undefined(0), "INSPECT_MAX_BYTES", Some(0.0), None, cx)?;
    Host::of(cx).state::<MaxBytes>().0.set(max);
    Ok(JsValue::undefined())
}

struct MaxBytes(std::cell::Cell<f64>);

impl Default for MaxBytes {
    fn default() -> Self {
        Self(std::cell::Cell::new(50.0))
    }
}
