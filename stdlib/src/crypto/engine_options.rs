//! What Node asks of OpenSSL as a whole: engines, FIPS, the secure heap. There is no OpenSSL here, so there are none.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string};
use coil_engine::{
    errors::{self, Base},
    validate,
};

/// `crypto.setEngine(id[, flags])`
pub fn set_engine(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let id = validate::string(args.get_or_undefined(0), "id", cx)?;
    let flags = args.get_or_undefined(1);
    if !flags.is_undefined() {
        validate::number(flags, "flags", cx)?;
    }
    let message = format!("Engine \"{}\" was not found", id.to_std_string_lossy());
    Err(errors::coded(Base::Error, "ERR_CRYPTO_ENGINE_UNKNOWN", message, cx))
}

/// `crypto.getFips()`
pub fn get_fips(_this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(0.into())
}

/// `crypto.setFips(mode)`
pub fn set_fips(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if args.get_or_undefined(0).to_boolean() {
        return Err(errors::coded(Base::Error, "ERR_CRYPTO_FIPS_UNAVAILABLE", "Cannot set FIPS mode in a non-FIPS build.", cx));
    }
    Ok(JsValue::undefined())
}

/// `crypto.secureHeapUsed()`
pub fn secure_heap_used(_this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let usage = JsObject::with_object_proto(cx.intrinsics());
    for (name, value) in [("total", 0.0), ("used", 0.0), ("utilization", f64::NAN), ("min", 2.0)] {
        usage.create_data_property_or_throw(js_string!(name), value, cx)?;
    }
    Ok(usage.into())
}
