//! High water marks: how much a stream buffers before it says so.

use std::cell::Cell;

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, property::PropertyKey};
use coil_engine::{Host, errors, validate};

/// What `setDefaultHighWaterMark` changes.
struct Defaults {
    bytes: Cell<f64>,
    objects: Cell<f64>,
}

impl Default for Defaults {
    fn default() -> Self {
        Self { bytes: Cell::new(BYTES), objects: Cell::new(OBJECTS) }
    }
}

/// Node's: one read of a file or socket.
const BYTES: f64 = 65536.0;
/// Node's.
const OBJECTS: f64 = 16.0;

/// The mark of a stream without options.
pub(super) fn default(object_mode: bool, cx: &Context) -> f64 {
    let defaults = Host::of(cx).state::<Defaults>();
    if object_mode { defaults.objects.get() } else { defaults.bytes.get() }
}

/// The mark that options ask for: `highWaterMark`, or in a Duplex the side's own.
pub(super) fn of_options(options: &JsObject, own: &'static str, object_mode: bool, is_duplex: bool, cx: &mut Context) -> JsResult<f64> {
    let asked = asked(options, own, is_duplex, cx)?;
    if asked.is_null_or_undefined() {
        return Ok(default(object_mode, cx));
    }
    match asked.as_number() {
        Some(mark) if mark.fract() == 0.0 && mark.is_finite() && mark >= 0.0 => Ok(mark),
        _ => {
            let name = if is_duplex { format!("options.{own}") } else { "options.highWaterMark".to_owned() };
            Err(errors::invalid_arg_value(&name, &asked, "is invalid", cx))
        }
    }
}

fn asked(options: &JsObject, own: &'static str, is_duplex: bool, cx: &mut Context) -> JsResult<JsValue> {
    let common = options.get(boa_engine::js_string!("highWaterMark"), cx)?;
    if !common.is_null_or_undefined() || !is_duplex {
        return Ok(common);
    }
    let own = Host::of(cx).intern(own);
    options.get(PropertyKey::String(own), cx)
}

/// `stream.getDefaultHighWaterMark(objectMode)`
pub(super) fn get_default_high_water_mark(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(default(args.get_or_undefined(0).to_boolean(), cx).into())
}

/// `stream.setDefaultHighWaterMark(objectMode, value)`
pub(super) fn set_default_high_water_mark(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mark = validate::integer(args.get_or_undefined(1), "value", 0.0, validate::SAFE_INTEGER_MAX, cx)?;
    let defaults = Host::of(cx).state::<Defaults>();
    let place = if args.get_or_undefined(0).to_boolean() { &defaults.objects } else { &defaults.bytes };
    place.set(mark);
    Ok(JsValue::undefined())
}
