//! Built-ins that make long strings out of little: they ask whether the result may be before they make it.
//!
//! A string has at most [`LENGTH_MAX`] units, as in Node; beyond it every way to make one throws `RangeError: Invalid string length`.

use std::cell::RefCell;

use crate::{
    Context, JsArgs, JsNativeError, JsObject, JsResult, JsString, JsValue,
    limits, native_stack,
    js_string,
    string::{JsStr, JsStrVariant},
    text::{LENGTH_MAX, Text},
    value::IntegerOrInfinity,
};

/// Asks for room for a string of `length` units.
///
/// # Errors
///
/// `RangeError: Invalid string length`, or what [`limits::reserve`] says.
#[inline]
pub fn room(length: usize) -> JsResult<()> {
    if length > LENGTH_MAX {
        return Err(too_long());
    }
    if length < SHORT { Ok(()) } else { limits::reserve(length as u64) }
}

/// Asks for room for `more` units behind `units`.
pub(crate) fn grow(units: &[u16], more: usize) -> JsResult<()> {
    let length = units.len() + more;
    if length > LENGTH_MAX {
        return Err(too_long());
    }
    limits::charge_bytes(2 * more as u64 + 64)
}

/// Shorter strings cost less than the call that makes them.
const SHORT: usize = 256;

#[cold]
fn too_long() -> crate::JsError {
    JsNativeError::range().with_message("Invalid string length").into()
}

/// `x + y`
#[inline]
pub(crate) fn concat(x: &JsString, y: &JsString) -> JsResult<JsString> {
    room(x.len() + y.len())?;
    Ok(JsString::concat(x.as_str(), y.as_str()))
}

/// All of them in their order.
pub(crate) fn concat_all(parts: &[JsStr<'_>]) -> JsResult<JsString> {
    room(parts.iter().map(JsStr::len).sum())?;
    Ok(JsString::concat_array(parts))
}

/// `String.prototype.repeat ( count )`, <https://tc39.es/ecma262/#sec-string.prototype.repeat>
pub(crate) fn repeat(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let string = this.require_object_coercible()?.to_string(context)?;
    let count = args.get_or_undefined(0);
    let times = match count.to_integer_or_infinity(context)? {
        IntegerOrInfinity::Integer(times) if times >= 0 => times as u64,
        _ => {
            let shown = count.to_number(context)?;
            let shown = JsValue::new(shown).to_string(context)?.to_std_string_lossy();
            return Err(JsNativeError::range().with_message(format!("Invalid count value: {shown}")).into());
        }
    };
    if string.is_empty() || times == 0 {
        return Ok(JsString::default().into());
    }
    let length = times.checked_mul(string.len() as u64).and_then(|length| usize::try_from(length).ok()).unwrap_or(usize::MAX);
    room(length)?;
    Ok(repeated(&string, length).into())
}

/// As many units of `string`, over and over.
fn repeated(string: &JsString, length: usize) -> JsString {
    fn fill<T: Copy>(units: &[T], length: usize) -> Vec<T> {
        let mut filled = Vec::with_capacity(length);
        filled.extend_from_slice(&units[..units.len().min(length)]);
        while filled.len() < length {
            let more = filled.len().min(length - filled.len());
            filled.extend_from_within(..more);
        }
        filled
    }
    match string.as_str().variant() {
        JsStrVariant::Latin1(units) => JsString::from(JsStr::latin1(&fill(units, length))),
        JsStrVariant::Utf16(units) => JsString::from(&fill(units, length)[..]),
    }
}

/// `StringPad`, <https://tc39.es/ecma262/#sec-string.prototype.padend>; `at_start` for `padStart`.
pub(crate) fn pad(string: &JsString, length_max: &JsValue, filler: &JsValue, at_start: bool, context: &mut Context) -> JsResult<JsValue> {
    let length = length_max.to_length(context)?;
    if length <= string.len() as u64 {
        return Ok(string.clone().into());
    }
    let filler = if filler.is_undefined() { js_string!(" ") } else { filler.to_string(context)? };
    if filler.is_empty() {
        return Ok(string.clone().into());
    }
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    room(length)?;
    let fill = repeated(&filler, length - string.len());
    Ok(if at_start { JsString::concat(fill.as_str(), string.as_str()) } else { JsString::concat(string.as_str(), fill.as_str()) }.into())
}

thread_local! {
    /// The arrays whose `join` is running: one inside itself is the empty string, as in V8.
    static JOINING: RefCell<Vec<JsObject>> = const { RefCell::new(Vec::new()) };
}

/// Takes the array off again, however `join` ends.
struct Joining;

impl Drop for Joining {
    fn drop(&mut self) {
        JOINING.with(|joining| joining.borrow_mut().pop());
    }
}

/// `Array.prototype.join ( separator )`, <https://tc39.es/ecma262/#sec-array.prototype.join>
pub(crate) fn join(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    native_stack::check()?;
    let object = this.to_object(context)?;
    let is_inside_itself = JOINING.with(|joining| joining.borrow().iter().any(|other| JsObject::equals(other, &object)));
    if is_inside_itself {
        return Ok(JsString::default().into());
    }
    JOINING.with(|joining| joining.borrow_mut().push(object.clone()));
    let _running = Joining;
    let length = object.length_of_array_like(context)?;
    let separator = match args.get_or_undefined(0) {
        separator if separator.is_undefined() => js_string!(","),
        separator => separator.to_string(context)?,
    };
    // Nothing is made of an array that would be too long whatever its elements are.
    if length > 1 && (length - 1).saturating_mul(separator.len() as u64) > LENGTH_MAX as u64 {
        return Err(too_long());
    }
    let mut text = Text::default();
    let mut reserved = SHORT;
    for index in 0..length {
        if index > 0 {
            text.string(&separator);
        }
        let element = object.get(index, context)?;
        if let Some(part) = element.as_string() {
            text.string(&part);
        } else if !element.is_null_or_undefined() {
            text.string(&element.to_string(context)?);
        }
        if text.len() > reserved {
            room(text.len())?;
            reserved = text.len() * 2;
        }
    }
    Ok(text.into_string()?.into())
}
