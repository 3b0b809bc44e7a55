//! Node's validators: same names, same order of checks, same messages (node: lib/internal/validators).
//!
//! Each takes the value and the argument's name as the message shows it, and gives the value as Rust has it.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsFunction};

use crate::errors;

/// `validateString`
pub fn string(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<JsString> {
    value.as_string().ok_or_else(|| errors::invalid_arg_type(name, "string", value, cx))
}

/// `validateNumber` without bounds.
pub fn number(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<f64> {
    value.as_number().ok_or_else(|| errors::invalid_arg_type(name, "number", value, cx))
}

/// `validateNumber` with optional bounds; NaN fails when there is one.
pub fn number_within(value: &JsValue, name: &str, min: Option<f64>, max: Option<f64>, cx: &mut Context) -> JsResult<f64> {
    let number = number(value, name, cx)?;
    let bounded = min.is_some() || max.is_some();
    if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) || (bounded && number.is_nan()) {
        let low = min.map(|min| format!(">= {}", show(min)));
        let high = max.map(|max| format!("<= {}", show(max)));
        let range = [low, high].into_iter().flatten().collect::<Vec<_>>().join(" && ");
        return Err(errors::out_of_range(name, &range, value, cx));
    }
    Ok(number)
}

/// `validateInteger`, in the range of safe integers unless told.
pub fn integer(value: &JsValue, name: &str, min: f64, max: f64, cx: &mut Context) -> JsResult<f64> {
    let number = number(value, name, cx)?;
    whole(value, number, name, min, max, cx)
}

/// Any safe integer.
pub fn safe_integer(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<f64> {
    integer(value, name, -SAFE_INTEGER_MAX, SAFE_INTEGER_MAX, cx)
}

/// `validateInt32`
pub fn int32(value: &JsValue, name: &str, min: i32, max: i32, cx: &mut Context) -> JsResult<i32> {
    integer(value, name, min.into(), max.into(), cx).map(|number| number as i32)
}

/// `validateUint32`
pub fn uint32(value: &JsValue, name: &str, positive: bool, cx: &mut Context) -> JsResult<u32> {
    integer(value, name, if positive { 1.0 } else { 0.0 }, u32::MAX.into(), cx).map(|number| number as u32)
}

fn whole(value: &JsValue, number: f64, name: &str, min: f64, max: f64, cx: &mut Context) -> JsResult<f64> {
    if !number.is_finite() || number.fract() != 0.0 {
        return Err(errors::out_of_range(name, "an integer", value, cx));
    }
    if number < min || number > max {
        let range = format!(">= {} && <= {}", show(min), show(max));
        return Err(errors::out_of_range(name, &range, value, cx));
    }
    Ok(number)
}

/// `validateBoolean`
pub fn boolean(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<bool> {
    value.as_boolean().ok_or_else(|| errors::invalid_arg_type(name, "boolean", value, cx))
}

/// `validateFunction`
pub fn function(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<JsFunction> {
    value.as_function().ok_or_else(|| errors::invalid_arg_type(name, "function", value, cx))
}

/// `validateObject`: not null, not an array, not a function.
pub fn object(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<JsObject> {
    match value.as_object() {
        Some(object) if !object.is_callable() && !is_array(&object) => Ok(object),
        _ => Err(errors::invalid_arg_type(name, "Object", value, cx)),
    }
}

/// `Array.isArray`: a proxy is what its target is.
fn is_array(object: &JsObject) -> bool {
    let mut object = object.clone();
    while let Some(Some((target, _))) = object.proxy_parts() {
        object = target;
    }
    object.is_array()
}

/// `validateObject` with `kValidateObjectAllowFunction`, `kValidateObjectAllowArray`: anything that is an object.
pub fn any_object(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<JsObject> {
    value.as_object().ok_or_else(|| errors::invalid_arg_type(name, "Object", value, cx))
}

/// What V8 says where a property of `undefined` or `null` is read: the object otherwise.
pub fn readable(value: &JsValue, key: &str, cx: &mut Context) -> JsResult<JsObject> {
    if value.is_null_or_undefined() {
        let message = format!("Cannot read properties of {} (reading '{key}')", value.display());
        return Err(errors::plain(errors::Base::Type, &message));
    }
    value.to_object(cx)
}

/// An options argument: `undefined` gives none, anything but an object throws.
pub fn options(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_undefined() {
        return Ok(None);
    }
    object(value, name, cx).map(Some)
}

/// `validateArray` with a least length.
pub fn array(value: &JsValue, name: &str, min_length: u64, cx: &mut Context) -> JsResult<JsObject> {
    let Some(object) = value.as_object().filter(JsObject::is_array) else {
        return Err(errors::invalid_arg_type(name, "Array", value, cx));
    };
    let length = object.get(js_string!("length"), cx)?.to_length(cx)?;
    if length < min_length {
        let reason = format!("must be longer than {min_length}");
        return Err(errors::invalid_arg_value(name, value, &reason, cx));
    }
    Ok(object)
}

/// `validateOneOf` over strings.
pub fn one_of(value: &JsValue, name: &str, allowed: &[&str], cx: &mut Context) -> JsResult<JsString> {
    if let Some(text) = value.as_string()
        && allowed.iter().any(|allowed| text == *allowed)
    {
        return Ok(text);
    }
    let list: Vec<String> = allowed.iter().map(|name| format!("'{name}'")).collect();
    let reason = format!("must be one of: {}", list.join(", "));
    Err(errors::invalid_arg_value(name, value, &reason, cx))
}

/// `validatePort`: a number or a string of digits below 65536.
pub fn port(value: &JsValue, name: &str, allow_zero: bool, cx: &mut Context) -> JsResult<u16> {
    let blank = value.as_string().is_some_and(|text| text.to_std_string_escaped().trim().is_empty());
    let number = if (value.is_number() || value.is_string()) && !blank { value.to_number(cx)? } else { f64::NAN };
    if number.fract() == 0.0 && (0.0..65536.0).contains(&number) && (allow_zero || number != 0.0) {
        return Ok(number as u16);
    }
    Err(errors::socket_bad_port(name, value, allow_zero, cx))
}

/// `validateAbortSignal`: `undefined` or an object with `aborted`.
pub fn abort_signal(value: &JsValue, name: &str, cx: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_undefined() {
        return Ok(None);
    }
    if let Some(signal) = value.as_object()
        && signal.has_property(js_string!("aborted"), cx)?
    {
        return Ok(Some(signal));
    }
    Err(errors::invalid_arg_type(name, "AbortSignal", value, cx))
}

/// `validateThisInternalField`: the error for a method called on a foreign receiver.
pub fn this<T>(found: Option<T>, class: &str, cx: &mut Context) -> Result<T, JsError> {
    found.ok_or_else(|| errors::invalid_this(class, cx))
}

fn show(number: f64) -> String {
    JsValue::from(number).display().to_string()
}

/// `Number.MAX_SAFE_INTEGER`
pub const SAFE_INTEGER_MAX: f64 = 9_007_199_254_740_991.0;
