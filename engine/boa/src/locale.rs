//! What a program sees of language without `Intl`: collation after the root order of Unicode, numbers and dates as in `en-US`.
//!
//! `localeCompare` and the `toLocaleString` methods give what Node gives in `en-US` for Latin text and the options most used; other
//! locales are taken for it. Other scripts sort behind Latin by code point.

mod collation;
mod dates;
mod numbers;

pub(crate) use collation::locale_compare;
pub(crate) use dates::{date_to_locale_date_string, date_to_locale_string, date_to_locale_time_string};
pub(crate) use numbers::{bigint_to_locale_string, number_to_locale_string};

use crate::{Context, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string};

/// The options argument of these methods.
struct Options(Option<JsObject>);

impl Options {
    fn of(value: &JsValue, context: &mut Context) -> JsResult<Self> {
        if value.is_undefined() { Ok(Self(None)) } else { Ok(Self(Some(value.to_object(context)?))) }
    }

    fn get(&self, name: &'static str, context: &mut Context) -> JsResult<Option<JsValue>> {
        let Some(options) = &self.0 else {
            return Ok(None);
        };
        let value = options.get(js_string!(name), context)?;
        Ok((!value.is_undefined()).then_some(value))
    }

    fn flag(&self, name: &'static str, context: &mut Context) -> JsResult<Option<bool>> {
        Ok(self.get(name, context)?.map(|value| value.to_boolean()))
    }

    /// One of `allowed`; a `RangeError` for anything else.
    fn choice(&self, name: &'static str, allowed: &[&'static str], context: &mut Context) -> JsResult<Option<&'static str>> {
        let Some(value) = self.get(name, context)? else {
            return Ok(None);
        };
        let text = value.to_string(context)?.to_std_string_lossy();
        match allowed.iter().find(|allowed| **allowed == text) {
            Some(choice) => Ok(Some(choice)),
            None => Err(JsNativeError::range().with_message(format!("Value {text} out of range for Intl options property {name}")).into()),
        }
    }

    fn text(&self, name: &'static str, context: &mut Context) -> JsResult<Option<String>> {
        match self.get(name, context)? {
            Some(value) => Ok(Some(value.to_string(context)?.to_std_string_lossy())),
            None => Ok(None),
        }
    }

    /// A whole number in `range`; a `RangeError` for anything else.
    fn count(&self, name: &'static str, range: std::ops::RangeInclusive<usize>, context: &mut Context) -> JsResult<Option<usize>> {
        let Some(value) = self.get(name, context)? else {
            return Ok(None);
        };
        let number = value.to_number(context)?;
        if number.is_nan() || number < *range.start() as f64 || number > *range.end() as f64 {
            return Err(JsNativeError::range().with_message(format!("{name} value is out of range.")).into());
        }
        Ok(Some(number as usize))
    }
}

fn string(text: String) -> JsValue {
    JsString::from(text).into()
}
