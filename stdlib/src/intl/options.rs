//! Reading the options argument of `Intl`'s constructors, with V8's messages.
//!
//! <https://tc39.es/ecma402/#sec-getoption>

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};
use coil_engine::errors::{self, Base};

/// An options argument, and who reads it.
pub(super) struct Options {
    object: Option<JsObject>,
    /// As messages name it: `Intl.NumberFormat`.
    owner: &'static str,
}

impl Options {
    /// `CoerceOptionsToObject`: everything but null and undefined has properties.
    pub(super) fn coerced(value: &JsValue, owner: &'static str, cx: &mut Context) -> JsResult<Self> {
        if value.is_null() {
            return Err(errors::plain(Base::Type, format!("{owner} called on null or undefined")));
        }
        let object = if value.is_undefined() { None } else { Some(value.to_object(cx)?) };
        Ok(Self { object, owner })
    }

    /// `GetOptionsObject`: an object or undefined.
    pub(super) fn strict(value: &JsValue, owner: &'static str) -> JsResult<Self> {
        match value.as_object() {
            Some(object) => Ok(Self { object: Some(object), owner }),
            None if value.is_undefined() => Ok(Self { object: None, owner }),
            None => Err(errors::plain(Base::Type, "invalid_argument")),
        }
    }

    /// The property, where it is not undefined.
    pub(super) fn get(&self, name: &'static str, cx: &mut Context) -> JsResult<Option<JsValue>> {
        let Some(object) = &self.object else { return Ok(None) };
        let value = object.get(js_string!(name), cx)?;
        Ok((!value.is_undefined()).then_some(value))
    }

    /// One of `allowed`.
    pub(super) fn choice(&self, name: &'static str, allowed: &[&'static str], cx: &mut Context) -> JsResult<Option<&'static str>> {
        let Some(text) = self.text(name, cx)? else { return Ok(None) };
        match allowed.iter().find(|allowed| **allowed == text) {
            Some(found) => Ok(Some(found)),
            None => Err(self.out_of_range(name, &text)),
        }
    }

    pub(super) fn out_of_range(&self, name: &str, text: &str) -> boa_engine::JsError {
        errors::plain(Base::Range, format!("Value {text} out of range for {} options property {name}", self.owner))
    }

    pub(super) fn text(&self, name: &'static str, cx: &mut Context) -> JsResult<Option<String>> {
        match self.get(name, cx)? {
            Some(value) => Ok(Some(value.to_string(cx)?.to_std_string_lossy())),
            None => Ok(None),
        }
    }

    pub(super) fn flag(&self, name: &'static str, cx: &mut Context) -> JsResult<Option<bool>> {
        Ok(self.get(name, cx)?.map(|value| value.to_boolean()))
    }

    /// A whole number from `min` to `max`.
    pub(super) fn count(&self, name: &'static str, min: u32, max: u32, cx: &mut Context) -> JsResult<Option<u32>> {
        match self.get(name, cx)? {
            Some(value) => count_of(&value, name, min, max, cx).map(Some),
            None => Ok(None),
        }
    }

    /// `localeMatcher`: read and of no effect.
    pub(super) fn matcher(&self, cx: &mut Context) -> JsResult<()> {
        self.choice("localeMatcher", &["lookup", "best fit"], cx)?;
        Ok(())
    }

    /// A Unicode type such as `islamic-civil`: words of three to eight letters or digits.
    pub(super) fn keyword(&self, name: &'static str, cx: &mut Context) -> JsResult<Option<String>> {
        let Some(text) = self.text(name, cx)? else { return Ok(None) };
        if !is_type(&text) {
            return Err(errors::plain(Base::Range, format!("Invalid {name} : {text}")));
        }
        Ok(Some(text.to_ascii_lowercase()))
    }
}

/// `DefaultNumberOption`
pub(super) fn count_of(value: &JsValue, name: &str, min: u32, max: u32, cx: &mut Context) -> JsResult<u32> {
    let number = value.to_number(cx)?;
    if number.is_nan() || number < f64::from(min) || number > f64::from(max) {
        return Err(errors::plain(Base::Range, format!("{name} value is out of range.")));
    }
    Ok(number.floor() as u32)
}

/// Whether a text is a `type` of Unicode's locale identifiers.
pub(super) fn is_type(text: &str) -> bool {
    text.split('-').all(|part| (3..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}
