//! `Intl` for American English, and the methods of other objects that stand on it.
//!
//! ```js
//! new Intl.NumberFormat('en-US', { style: 'currency', currency: 'EUR' }).format(1234.5); // '€1,234.50'
//! new Date(0).toLocaleString('en-US', { timeZone: 'Asia/Tokyo' });                       // '1/1/1970, 9:00:00 AM'
//! ```
//!
//! <https://nodejs.org/api/intl.html>. The tables in `data/` are facts of CLDR 48 for `en-US`. Everything is made when `Intl` is first
//! used.
//!
//! Differs from Node: other locales are read and checked, and `en-US` (`en` for other English) is used in their place, as in a Node that
//! was built with small ICU; calendars other than the Gregorian are taken for it.

use boa_engine::{Context, JsArgs, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::{
    errors::{self, Base},
    table::{Export, define_all},
};

mod collation;
mod collator;
mod date;
mod display_names;
mod duration_format;
mod list_format;
mod locale_object;
mod locales;
mod methods;
mod number;
mod options;
mod parts;
mod plural_rules;
mod relative_time_format;
mod segmenter;
mod service;

pub use self::methods::install;
use self::{
    collator::COLLATOR, date::DATE_TIME_FORMAT, display_names::DISPLAY_NAMES, duration_format::DURATION_FORMAT, list_format::LIST_FORMAT, locale_object::LOCALE, number::NUMBER_FORMAT,
    plural_rules::PLURAL_RULES, relative_time_format::RELATIVE_TIME_FORMAT, segmenter::SEGMENTER,
};

/// The global `Intl`.
pub fn namespace(cx: &mut Context) -> JsResult<JsValue> {
    let object = JsObject::with_object_proto(cx.intrinsics());
    define_all(&object, NAMESPACE, false, cx)?;
    Ok(object.into())
}

static NAMESPACE: &[Export] = &[
    Export::function("getCanonicalLocales", 1, locales::canonical_locales),
    Export::function("supportedValuesOf", 1, supported_values),
    Export::build("DateTimeFormat", |cx| DATE_TIME_FORMAT.constructor(cx).map(JsValue::from)),
    Export::build("NumberFormat", |cx| NUMBER_FORMAT.constructor(cx).map(JsValue::from)),
    Export::build("Collator", |cx| COLLATOR.constructor(cx).map(JsValue::from)),
    Export::build("PluralRules", |cx| PLURAL_RULES.constructor(cx).map(JsValue::from)),
    Export::build("RelativeTimeFormat", |cx| RELATIVE_TIME_FORMAT.constructor(cx).map(JsValue::from)),
    Export::build("ListFormat", |cx| LIST_FORMAT.constructor(cx).map(JsValue::from)),
    Export::build("Locale", |cx| LOCALE.constructor(cx).map(JsValue::from)),
    Export::build("DisplayNames", |cx| DISPLAY_NAMES.constructor(cx).map(JsValue::from)),
    Export::build("Segmenter", |cx| SEGMENTER.constructor(cx).map(JsValue::from)),
    Export::build("DurationFormat", |cx| DURATION_FORMAT.constructor(cx).map(JsValue::from)),
    Export::tag("Intl"),
];

/// `Intl.supportedValuesOf(key)`
fn supported_values(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let key = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let values: Vec<&'static str> = match key.as_str() {
        "calendar" => vec!["gregory"],
        "collation" => vec!["emoji", "eor"],
        "currency" => number::data::currencies().filter(|currency| currency.is_listed).map(|currency| currency.code).collect(),
        "numberingSystem" => number::data::numbering_systems().collect(),
        "timeZone" => date::zone::canonical_names().filter(|name| name.contains('/') && !name.starts_with("Etc/")).collect(),
        "unit" => number::data::units().collect(),
        _ => return Err(errors::plain(Base::Range, format!("Invalid key : {key}"))),
    };
    let values: Vec<JsValue> = values.into_iter().map(|value| js_string!(value).into()).collect();
    Ok(JsArray::from_iter(values, cx).into())
}

/// The line of a sorted table that begins with `key|`.
fn line_of(table: &'static str, key: &str) -> Option<&'static str> {
    let bytes = table.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = memchr::memrchr(b'\n', &bytes[low..middle]).map_or(low, |at| low + at + 1);
        let end = memchr::memchr(b'\n', &bytes[middle..high]).map_or(high, |at| middle + at);
        let line = table.get(start..end)?;
        let found = line.split('|').next().unwrap_or(line);
        match found.cmp(key) {
            std::cmp::Ordering::Equal => return Some(line),
            std::cmp::Ordering::Less => low = (end + 1).min(high),
            std::cmp::Ordering::Greater => high = start,
        }
    }
    None
}
