//! What passes between a test file's process and the one that runs it: events, framed on standard output among what the file prints.
//!
//! A frame is a mark, the length of what follows as a big-endian u32, and JSON. Errors travel as objects of their own.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyDescriptor};

use super::{
    failure::{self, Failure},
    reporters::Sink,
};
use crate::events;

/// No UTF-8 text holds these bytes.
pub(super) const MARK: &[u8] = &[0xff, 0x0f];

/// Writes every event to the parent.
pub(super) fn sink() -> Sink {
    Sink::Parent
}

fn json(method: &'static str, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let json = cx.global_object().get(js_string!("JSON"), cx)?.to_object(cx)?;
    events::method(&json, method, args, cx)
}

/// Tells the parent of one event.
pub(super) fn send(kind: &str, data: &JsObject, cx: &mut Context) -> JsResult<()> {
    let copy = JsObject::with_null_proto();
    for key in data.own_property_keys(cx)? {
        let value = data.get(key.clone(), cx)?;
        copy.create_data_property_or_throw(key, value, cx)?;
    }
    if let Some(details) = data.get(js_string!("details"), cx)?.as_object() {
        let inner = JsObject::with_null_proto();
        for key in details.own_property_keys(cx)? {
            let value = details.get(key.clone(), cx)?;
            inner.create_data_property_or_throw(key, value, cx)?;
        }
        let error = inner.get(js_string!("error"), cx)?;
        if error.is_object() {
            let packed = pack(&error, 0, cx)?;
            inner.create_data_property_or_throw(js_string!("error"), packed, cx)?;
        }
        copy.create_data_property_or_throw(js_string!("details"), inner, cx)?;
    }
    let message = JsObject::with_null_proto();
    message.create_data_property_or_throw(js_string!("type"), js_string!(kind), cx)?;
    message.create_data_property_or_throw(js_string!("data"), copy, cx)?;
    let text = json("stringify", &[message.into()], cx)?.to_string(cx)?.to_std_string_lossy();
    let mut frame = MARK.to_vec();
    frame.extend((text.len() as u32).to_be_bytes());
    frame.extend(text.as_bytes());
    let stdout = crate::process::object(cx)?.get(js_string!("stdout"), cx)?.to_object(cx)?;
    let bytes = crate::buffer::from_slice(&frame, cx)?;
    events::method(&stdout, "write", &[bytes.into()], cx).map(drop)
}

/// The texts of an error that matter.
const TEXTS: &[&str] = &["name", "message", "stack", "code", "failureType", "operator", "diff"];
/// Values of an error that travel as JSON does them.
const VALUES: &[&str] = &["actual", "expected", "generatedMessage", "exitCode", "signal"];

fn pack(value: &JsValue, depth: u32, cx: &mut Context) -> JsResult<JsValue> {
    let packed = JsObject::with_null_proto();
    let Some(object) = value.as_object().filter(|object| object.error_kind().is_some() && depth < DEPTH_MAX) else {
        let kept = if value.is_object() { json("stringify", std::slice::from_ref(value), cx).unwrap_or_default() } else { JsValue::undefined() };
        let plain = if value.is_object() && kept.is_string() {
            json("parse", &[kept], cx)?
        } else if value.is_object() || value.is_symbol() || value.is_bigint() {
            js_string!(crate::show(value, cx)).into()
        } else {
            value.clone()
        };
        packed.create_data_property_or_throw(js_string!("value"), plain, cx)?;
        return Ok(packed.into());
    };
    for key in TEXTS {
        let value = object.get(JsString::from(*key), cx)?;
        if !value.is_null_or_undefined() && !value.is_object() && !value.is_symbol() {
            let text = value.to_string(cx)?;
            packed.create_data_property_or_throw(JsString::from(*key), text, cx)?;
        }
    }
    for key in VALUES {
        if object.has_own_property(JsString::from(*key), cx)? {
            let value = object.get(JsString::from(*key), cx)?;
            let value = pack(&value, DEPTH_MAX, cx)?;
            packed.create_data_property_or_throw(JsString::from(*key), value, cx)?;
        }
    }
    if object.has_own_property(js_string!("cause"), cx)? {
        let cause = object.get(js_string!("cause"), cx)?;
        let cause = pack(&cause, depth + 1, cx)?;
        packed.create_data_property_or_throw(js_string!("cause"), cause, cx)?;
    }
    Ok(packed.into())
}

/// Errors behind errors.
const DEPTH_MAX: u32 = 8;

fn unpack(value: &JsValue, cx: &mut Context) -> JsResult<JsValue> {
    let Some(packed) = value.as_object() else { return Ok(value.clone()) };
    if !packed.has_own_property(js_string!("message"), cx)? && !packed.has_own_property(js_string!("name"), cx)? {
        return packed.get(js_string!("value"), cx);
    }
    let message = packed.get(js_string!("message"), cx)?;
    let name = packed.get(js_string!("name"), cx)?.to_string(cx)?.to_std_string_lossy();
    if packed.get(js_string!("code"), cx)?.as_string().is_some_and(|code| code == "ERR_TEST_FAILURE") {
        let cause = packed.get(js_string!("cause"), cx)?;
        let cause = unpack(&cause, cx)?;
        let error = failure::of(cause.clone(), Failure::TestCode, cx)?;
        if let Some(object) = error.as_object() {
            for key in ["message", "failureType"] {
                let value = packed.get(JsString::from(key), cx)?;
                if !value.is_undefined() {
                    object.set(JsString::from(key), value, false, cx)?;
                }
            }
        }
        copy_values(&packed, &error, cx)?;
        return Ok(error);
    }
    let constructors = cx.intrinsics().constructors();
    let constructor = match name.as_str() {
        "TypeError" => constructors.type_error(),
        "RangeError" => constructors.range_error(),
        "SyntaxError" => constructors.syntax_error(),
        "ReferenceError" => constructors.reference_error(),
        "EvalError" => constructors.eval_error(),
        "URIError" => constructors.uri_error(),
        _ => constructors.error(),
    }
    .constructor();
    let error = constructor.construct(&[message], None, cx)?;
    for key in ["stack", "name", "code", "operator", "diff"] {
        let value = packed.get(JsString::from(key), cx)?;
        let known = key == "name" && error.get(js_string!("name"), cx)?.strict_equals(&value);
        if value.is_undefined() || known {
            continue;
        }
        let hidden = key == "stack" || key == "name";
        let own = PropertyDescriptor::builder().value(value).writable(true).enumerable(!hidden).configurable(true);
        error.define_property_or_throw(JsString::from(key), own, cx)?;
    }
    let error: JsValue = error.into();
    copy_values(&packed, &error, cx)?;
    if packed.has_own_property(js_string!("cause"), cx)? {
        let cause = packed.get(js_string!("cause"), cx)?;
        let cause = unpack(&cause, cx)?;
        failure::set_cause(&error, cause, cx)?;
    }
    Ok(error)
}

fn copy_values(packed: &JsObject, error: &JsValue, cx: &mut Context) -> JsResult<()> {
    let Some(error) = error.as_object() else { return Ok(()) };
    for key in VALUES {
        if packed.has_own_property(JsString::from(*key), cx)? {
            let value = packed.get(JsString::from(*key), cx)?;
            let value = unpack(&value, cx)?;
            error.create_data_property_or_throw(JsString::from(*key), value, cx)?;
        }
    }
    Ok(())
}

/// What a child's output holds.
pub(super) enum Piece {
    /// What the file printed.
    Text(String),
    /// An event's JSON.
    Event(String),
}

/// Takes whole pieces off the front of `bytes`; what is not yet whole stays.
pub(super) fn pieces(bytes: &mut Vec<u8>, ended: bool) -> Vec<Piece> {
    let mut found = Vec::new();
    loop {
        let at = bytes.windows(MARK.len()).position(|window| window == MARK);
        let text_end = match at {
            Some(at) => at,
            // The mark may be cut in two.
            None if !ended && bytes.last() == MARK.first() => bytes.len() - 1,
            None => bytes.len(),
        };
        if text_end > 0 {
            let text: Vec<u8> = bytes.drain(..text_end).collect();
            found.push(Piece::Text(String::from_utf8_lossy(&text).into_owned()));
        }
        let head = MARK.len() + 4;
        if at.is_none() || bytes.len() < head {
            break;
        }
        let length = u32::from_be_bytes([bytes[2], bytes[3], bytes[4], bytes[5]]) as usize;
        if bytes.len() < head + length {
            break;
        }
        let text = String::from_utf8_lossy(&bytes[head..head + length]).into_owned();
        bytes.drain(..head + length);
        found.push(Piece::Event(text));
    }
    found
}

/// The event of a frame: its type and its data.
pub(super) fn parse(text: &str, cx: &mut Context) -> JsResult<Option<(String, JsObject)>> {
    let message = json("parse", &[js_string!(text).into()], cx)?.to_object(cx)?;
    let kind = message.get(js_string!("type"), cx)?.to_string(cx)?.to_std_string_lossy();
    let Some(data) = message.get(js_string!("data"), cx)?.as_object() else { return Ok(None) };
    data.set_prototype(None);
    if let Some(details) = data.get(js_string!("details"), cx)?.as_object() {
        details.set_prototype(None);
        let error = details.get(js_string!("error"), cx)?;
        if error.is_object() {
            let error = unpack(&error, cx)?;
            details.create_data_property_or_throw(js_string!("error"), error, cx)?;
        }
    }
    Ok(Some((kind, data)))
}
