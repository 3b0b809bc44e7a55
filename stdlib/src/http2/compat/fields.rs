//! Fields of a response: what `setHeader` and its kin do.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray, property::PropertyKey};
use coil_engine::{errors as engine_errors, validate};

use super::response::{check_not_sent, find, stream_of};
use crate::http2::{errors, object::warn_once};

/// The name of a field: trimmed, in lower case.
pub(super) fn name_argument(value: &JsValue, cx: &mut Context) -> JsResult<String> {
    let name = validate::string(value, "name", cx)?;
    Ok(name.to_std_string_lossy().trim().to_lowercase())
}

pub(super) fn key(name: &str) -> PropertyKey {
    PropertyKey::from(js_string!(name))
}

/// Node's `assertValidHeader`.
pub(super) fn check_field(name: &str, value: &JsValue, cx: &mut Context) -> JsResult<()> {
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~:".contains(&byte)) {
        return Err(engine_errors::coded(engine_errors::Base::Type, "ERR_INVALID_HTTP_TOKEN", format!("Header name must be a valid HTTP token [\"{name}\"]"), cx));
    }
    if name.starts_with(':') {
        return Err(errors::fixed("ERR_HTTP2_PSEUDOHEADER_NOT_ALLOWED", cx));
    }
    if value.is_null_or_undefined() {
        return Err(errors::invalid_header_value(value, name, cx));
    }
    if is_dropped(name, value) {
        warn("The provided connection header is not valid, the value will be dropped from the header and will never be in use.", cx)?;
    }
    Ok(())
}

/// What has no meaning here, and is left out.
fn is_dropped(name: &str, value: &JsValue) -> bool {
    name == "connection" && value.as_string().is_none_or(|value| value != js_string!("trailers"))
}

/// Node warns once of each.
pub(super) fn warn(message: &'static str, cx: &mut Context) -> JsResult<()> {
    warn_once(message, "UnsupportedWarning", None, cx)
}

pub(super) fn set_trailer(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = name_argument(args.get_or_undefined(0), cx)?;
    let value = args.get_or_undefined(1);
    check_field(&name, value, cx)?;
    let state = find(this, cx)?;
    let trailers = state.borrow().data().trailers.borrow().clone();
    trailers.create_data_property_or_throw(key(&name), value.clone(), cx)?;
    Ok(JsValue::undefined())
}

pub(super) fn add_trailers(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let given = args.get_or_undefined(0).to_object(cx)?;
    for (name, value) in crate::http::own_entries(&given, cx)? {
        set_trailer(this, &[name.into(), value], cx)?;
    }
    Ok(JsValue::undefined())
}

pub(super) fn headers_of(this: &JsValue, cx: &mut Context) -> JsResult<JsObject> {
    let state = find(this, cx)?;
    let headers = state.borrow().data().headers.borrow().clone();
    Ok(headers)
}

pub(super) fn get_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = name_argument(args.get_or_undefined(0), cx)?;
    let headers = headers_of(this, cx)?;
    headers.get(key(&name), cx)
}

pub(super) fn get_header_names(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let headers = headers_of(this, cx)?;
    let names = crate::http::own_entries(&headers, cx)?.into_iter().map(|(name, _)| name.into()).collect();
    Ok(JsArray::from_values(names, cx).into())
}

pub(super) fn get_headers(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let headers = headers_of(this, cx)?;
    let copy = JsObject::with_null_proto();
    for (name, value) in crate::http::own_entries(&headers, cx)? {
        copy.create_data_property_or_throw(name, value, cx)?;
    }
    Ok(copy.into())
}

pub(super) fn has_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = name_argument(args.get_or_undefined(0), cx)?;
    let headers = headers_of(this, cx)?;
    Ok(headers.has_own_property(key(&name), cx)?.into())
}

pub(super) fn remove_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = name_argument(args.get_or_undefined(0), cx)?;
    let source = stream_of(this, cx)?;
    check_not_sent(&source, cx)?;
    if name == "date" {
        find(this, cx)?.borrow().data().send_date.set(false);
        return Ok(JsValue::undefined());
    }
    let headers = headers_of(this, cx)?;
    headers.delete_property_or_throw(key(&name), cx)?;
    Ok(JsValue::undefined())
}

pub(super) fn set_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = name_argument(args.get_or_undefined(0), cx)?;
    let source = stream_of(this, cx)?;
    check_not_sent(&source, cx)?;
    let value = args.get_or_undefined(1);
    check_field(&name, value, cx)?;
    if !is_dropped(&name, value) {
        let headers = headers_of(this, cx)?;
        headers.create_data_property_or_throw(key(&name), value.clone(), cx)?;
    }
    Ok(JsValue::undefined())
}

pub(super) fn append_header(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let name = name_argument(args.get_or_undefined(0), cx)?;
    let source = stream_of(this, cx)?;
    check_not_sent(&source, cx)?;
    let value = args.get_or_undefined(1);
    check_field(&name, value, cx)?;
    if is_dropped(&name, value) {
        return Ok(JsValue::undefined());
    }
    let headers = headers_of(this, cx)?;
    let existing = headers.get(key(&name), cx)?;
    if existing.is_undefined() {
        headers.create_data_property_or_throw(key(&name), value.clone(), cx)?;
        return Ok(JsValue::undefined());
    }
    let mut values = crate::http::elements(&existing, cx)?.unwrap_or_else(|| vec![existing.clone()]);
    values.extend(crate::http::elements(value, cx)?.unwrap_or_else(|| vec![value.clone()]));
    let values = JsArray::from_values(values, cx);
    headers.create_data_property_or_throw(key(&name), values, cx)?;
    Ok(JsValue::undefined())
}
