//! Built-ins that make long strings out of little: they ask whether the result may be before they make it.
//!
//! A string has at most [`LENGTH_MAX`] units, as in Node; beyond it every way to make one throws `RangeError: Invalid string length`.

use std::cell::RefCell;

use rustc_hash::FxHashSet;

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
pub(crate) fn grow(units: &Vec<u16>, more: usize) -> JsResult<()> {
    let length = units.len() + more;
    if length > LENGTH_MAX {
        return Err(too_long());
    }
    if length > units.capacity() && length > LONG {
        // The vector is about to double.
        limits::reserve(4 * length as u64)?;
    }
    limits::charge_bytes(2 * more as u64 + 64)
}

/// A vector of this length is looked at when it grows.
const LONG: usize = 1 << 20;

/// Appends the units `start..end` of `string` to a text.
pub(crate) fn append(text: &mut Text, string: &JsString, start: usize, end: usize) -> JsResult<()> {
    let (before, more) = (text.len(), end - start);
    if before + more > LENGTH_MAX {
        return Err(too_long());
    }
    if before.leading_zeros() != (before + more).leading_zeros() && before + more > LONG {
        limits::reserve(2 * (before + more) as u64)?;
    }
    limits::charge_bytes(more as u64 + 64)?;
    text.part(string, start, end);
    Ok(())
}

/// `StringIndexOf`, <https://tc39.es/ecma262/#sec-stringindexof>: linear, whatever the two strings are.
pub(crate) fn index_of(string: &JsString, search: JsStr<'_>, from: usize) -> JsResult<Option<usize>> {
    if search.is_empty() {
        return Ok((from <= string.len()).then_some(from));
    }
    let Some(last) = string.len().checked_sub(search.len()).filter(|last| from <= *last) else {
        return Ok(None);
    };
    let found = match (string.as_str().variant(), search.variant()) {
        (JsStrVariant::Latin1(text), JsStrVariant::Latin1(search)) => find(&text[from..], search).map(|at| at + from),
        (JsStrVariant::Latin1(text), JsStrVariant::Utf16(search)) => match search.iter().map(|unit| u8::try_from(*unit).ok()).collect::<Option<Vec<u8>>>() {
            Some(search) => find(&text[from..], &search).map(|at| at + from),
            None => None,
        },
        (JsStrVariant::Utf16(text), JsStrVariant::Utf16(search)) => find_wide(text, search, from),
        (JsStrVariant::Utf16(text), JsStrVariant::Latin1(search)) => find_wide(text, &search.iter().map(|unit| u16::from(*unit)).collect::<Vec<_>>(), from),
    };
    limits::charge_bytes((found.unwrap_or(last) - from) as u64 * 4)?;
    Ok(found)
}

fn find(text: &[u8], search: &[u8]) -> Option<usize> {
    match search {
        [unit] => memchr::memchr(*unit, text),
        _ => memchr::memmem::find(text, search),
    }
}

/// Bytes are searched; a place in the middle of a unit is none.
fn find_wide(text: &[u16], search: &[u16], from: usize) -> Option<usize> {
    if let [unit] = search {
        return text[from..].iter().position(|found| found == unit).map(|at| at + from);
    }
    let (text, search): (&[u8], &[u8]) = (bytemuck::cast_slice(text), bytemuck::cast_slice(search));
    let finder = memchr::memmem::Finder::new(search);
    let mut at = 2 * from;
    loop {
        let found = finder.find(&text[at..])? + at;
        if found % 2 == 0 {
            return Some(found / 2);
        }
        at = found + 1;
    }
}

/// Shorter strings cost less than the call that makes them.
const SHORT: usize = 256;

#[cold]
pub(crate) fn too_long() -> crate::JsError {
    JsNativeError::range().with_message("Invalid string length").into()
}

/// `x + y`
#[inline]
pub(crate) fn concat(x: &JsString, y: &JsString) -> JsResult<JsString> {
    let length = x.len() + y.len();
    if length < SHORT { Ok(JsString::concat(x.as_str(), y.as_str())) } else { concat_long(x, y, length) }
}

/// The result has room behind it when `x` came of a concatenation too: text that is built piece by piece is not copied each time.
fn concat_long(x: &JsString, y: &JsString, length: usize) -> JsResult<JsString> {
    if length > LENGTH_MAX {
        return Err(too_long());
    }
    if x.is_empty() || y.is_empty() {
        return Ok(if x.is_empty() { y } else { x }.clone());
    }
    if let Some(string) = x.append_in_place(y.as_str()) {
        limits::charge_bytes(y.len() as u64)?;
        return Ok(string);
    }
    let capacity = if x.is_appended() { (2 * length).min(LENGTH_MAX) } else { length };
    limits::reserve(capacity as u64)?;
    Ok(x.append(y.as_str(), capacity).unwrap_or_else(|| JsString::concat(x.as_str(), y.as_str())))
}

/// All of them in their order.
pub(crate) fn concat_strings(parts: &[JsString]) -> JsResult<JsString> {
    match parts {
        [first, rest @ ..] if first.len() >= SHORT => {
            let rest = concat_all(&rest.iter().map(JsString::as_str).collect::<Vec<_>>())?;
            concat(first, &rest)
        }
        _ => concat_all(&parts.iter().map(JsString::as_str).collect::<Vec<_>>()),
    }
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
    /// The addresses of the arrays whose `join` is running: one inside itself is the empty string, as in V8.
    static JOINING: RefCell<FxHashSet<usize>> = RefCell::default();
}

/// An array's `join` or `toLocaleString` that is running.
pub(crate) struct Joining(usize);

impl Joining {
    /// `None` where it runs already, further up.
    ///
    /// # Errors
    ///
    /// A `RangeError` where arrays lie too deep in each other.
    pub(crate) fn begin(array: &JsObject) -> JsResult<Option<Self>> {
        native_stack::check()?;
        let address = std::ptr::from_ref(array.as_ref()).cast::<()>() as usize;
        let is_first = JOINING.with(|joining| joining.borrow_mut().insert(address));
        Ok(is_first.then_some(Self(address)))
    }
}

impl Drop for Joining {
    fn drop(&mut self) {
        JOINING.with(|joining| joining.borrow_mut().remove(&self.0));
    }
}

/// `Array.prototype.join ( separator )`, <https://tc39.es/ecma262/#sec-array.prototype.join>
pub(crate) fn join(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.to_object(context)?;
    let Some(_running) = Joining::begin(&object)? else {
        return Ok(JsString::default().into());
    };
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
            limits::reserve(2 * text.len() as u64)?;
            text.check_length()?;
            reserved = text.len() * 2;
        }
    }
    Ok(text.into_string()?.into())
}
