//! What the classes of fetch share: conversions of Web IDL with the messages Node's users see, and inspection.

use boa_engine::{Context, JsArgs, JsError, JsObject, JsResult, JsString, JsValue, js_string, string::JsStrVariant};
use coil_engine::errors::{self, Base};

use crate::event_target;

/// `TypeError: message`
pub(super) fn type_error(message: impl AsRef<str>) -> JsError {
    errors::plain(Base::Type, message)
}

/// `TypeError: message` with a cause.
pub(super) fn caused(message: &str, cause: JsError, cx: &mut Context) -> JsError {
    let made = type_error(message).into_opaque(cx);
    let cause = coil_engine::op::thrown_value(cause, cx);
    match made {
        Ok(made) => match set_cause(&made, cause, cx) {
            Ok(()) => JsError::from_opaque(made),
            Err(error) => error,
        },
        Err(error) => error,
    }
}

fn set_cause(error: &JsValue, cause: JsValue, cx: &mut Context) -> JsResult<()> {
    let hidden = boa_engine::property::PropertyDescriptor::builder().value(cause).writable(true).enumerable(false).configurable(true);
    error.to_object(cx)?.define_property_or_throw(js_string!("cause"), hidden, cx).map(drop)
}

/// What a method throws for a receiver of another kind.
pub(super) fn illegal_invocation(cx: &mut Context) -> JsError {
    let made = type_error("Illegal invocation").into_opaque(cx).and_then(|error| {
        error.to_object(cx)?.create_data_property_or_throw(js_string!("code"), js_string!("ERR_INVALID_THIS"), cx)?;
        Ok(error)
    });
    match made {
        Ok(error) => JsError::from_opaque(error),
        Err(error) => error,
    }
}

/// Refuses a call with fewer arguments than `count`.
pub(super) fn require(args: &[JsValue], count: usize, what: &str) -> JsResult<()> {
    if args.len() >= count {
        return Ok(());
    }
    let plural = if count == 1 { "" } else { "s" };
    let only = if args.is_empty() { "" } else { "only " };
    Err(type_error(format!("{what}: {count} argument{plural} required, but {only}{} found.", args.len())))
}

/// A string of characters up to U+00FF.
pub(super) fn byte_string(value: &JsValue, cx: &mut Context) -> JsResult<JsString> {
    let text = value.to_string(cx)?;
    if let JsStrVariant::Utf16(units) = text.as_str().variant()
        && let Some((index, unit)) = units.iter().enumerate().find(|(_, unit)| **unit > 0xFF)
    {
        let message = format!("Cannot convert argument to a ByteString because the character at index {index} has a value of {unit} which is greater than 255.");
        return Err(type_error(message));
    }
    Ok(text)
}

/// A string whose lone surrogates are U+FFFD.
pub(super) fn usv_string(value: &JsValue, cx: &mut Context) -> JsResult<String> {
    Ok(value.to_string(cx)?.to_std_string_lossy())
}

/// A value as messages name it: a string stands in quotes.
pub(super) fn named(value: &JsValue, cx: &mut Context) -> String {
    match value.as_string() {
        Some(text) => format!("\"{}\"", text.to_std_string_lossy()),
        None => crate::show(value, cx),
    }
}

/// An optional dictionary.
pub(super) fn dictionary(value: &JsValue, cx: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    match value.as_object() {
        Some(object) => Ok(Some(object)),
        None => Err(type_error(format!("undefined: Expected {} to be one of: Null, Undefined, Object.", named(value, cx)))),
    }
}

/// An own or inherited member of a dictionary; `None` where it is undefined.
pub(super) fn member(init: Option<&JsObject>, key: &'static str, cx: &mut Context) -> JsResult<Option<JsValue>> {
    let Some(init) = init else { return Ok(None) };
    let value = init.get(js_string!(key), cx)?;
    Ok((!value.is_undefined()).then_some(value))
}

/// A member that is one of a few words.
pub(super) fn one_of(init: Option<&JsObject>, key: &'static str, words: &[&'static str], cx: &mut Context) -> JsResult<Option<&'static str>> {
    let Some(value) = member(init, key, cx)? else { return Ok(None) };
    let text = usv_string(&value, cx)?;
    match words.iter().find(|word| **word == text) {
        Some(word) => Ok(Some(word)),
        None => Err(type_error(format!("undefined: {text} is not an accepted type. Expected one of {}.", words.join(", ")))),
    }
}

/// The callback of a `forEach`.
pub(super) fn callback(args: &[JsValue], class: &str) -> JsResult<JsObject> {
    match args.get_or_undefined(0).as_callable() {
        Some(callback) => Ok(callback),
        None => Err(type_error(format!("Failed to execute 'forEach' on '{class}': parameter 1 is not of type 'Function'."))),
    }
}

/// `Name { fields }` by the inspector that asked.
pub(super) fn inspect(this: &JsValue, fields: &[(&'static str, JsValue)], args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let shown = JsObject::with_object_proto(cx.intrinsics());
    for (key, value) in fields {
        shown.create_data_property_or_throw(js_string!(*key), value.clone(), cx)?;
    }
    inspect_as(this, &shown, args, cx)
}

/// As [`inspect`], of an object that has the fields.
pub(super) fn inspect_as(this: &JsValue, shown: &JsObject, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let this = this.to_object(cx)?;
    if event_target::depth_is_spent(args) {
        return Ok(this.into());
    }
    event_target::inspected(&this, shown, args, true, cx)
}
