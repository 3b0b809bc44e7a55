//! What `Date.prototype` has of language and time zones.

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, js_string};

use super::{
    options::{self, Fields},
    shown, time_of,
    write::Local,
    zone::Zone,
};

/// `Date.prototype.toLocaleString(locales, options)`
pub(crate) fn to_locale_string(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    format(this, args, "Date.prototype.toLocaleString", Fields::Any, Fields::All, cx)
}

/// `Date.prototype.toLocaleDateString(locales, options)`
pub(crate) fn to_locale_date_string(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    format(this, args, "Date.prototype.toLocaleDateString", Fields::Date, Fields::Date, cx)
}

/// `Date.prototype.toLocaleTimeString(locales, options)`
pub(crate) fn to_locale_time_string(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    format(this, args, "Date.prototype.toLocaleTimeString", Fields::Time, Fields::Time, cx)
}

fn format(this: &JsValue, args: &[JsValue], method: &str, required: Fields, defaults: Fields, cx: &mut Context) -> JsResult<JsValue> {
    let time = time_of(this, method, cx)?;
    if time.is_nan() {
        return Ok(js_string!("Invalid Date").into());
    }
    let (locales, options) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if locales.is_undefined() && options.is_undefined() {
        return Ok(JsString::from(plain(time, defaults, &Zone::local(cx))).into());
    }
    let made = options::read(locales, options, required, defaults, cx)?;
    Ok(shown(&made.settings.writer().write(&made.settings.tokens, time)))
}

/// The fast path of a format without arguments: `1/1/1970, 12:00:00 AM`.
fn plain(time: f64, shown: Fields, zone: &Zone) -> String {
    let local = Local::of(time, zone);
    let year = if local.year <= 0 { 1 - local.year } else { local.year };
    let date = format!("{}/{}/{year}", local.month, local.day);
    let clock = format!("{}:{:02}:{:02} {}", (local.hour + 11) % 12 + 1, local.minute, local.second, if local.hour < 12 { "AM" } else { "PM" });
    match shown {
        Fields::Date => date,
        Fields::Time => clock,
        Fields::Any | Fields::All => format!("{date}, {clock}"),
    }
}

/// `Date.prototype.toString()`
pub(crate) fn to_string(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    written(this, true, cx)
}

/// `Date.prototype.toTimeString()`
pub(crate) fn to_time_string(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    written(this, false, cx)
}

const WEEKDAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn written(this: &JsValue, with_date: bool, cx: &mut Context) -> JsResult<JsValue> {
    let time = time_of(this, if with_date { "Date.prototype.toString" } else { "Date.prototype.toTimeString" }, cx)?;
    if time.is_nan() {
        return Ok(js_string!("Invalid Date").into());
    }
    let zone = Zone::local(cx);
    let local = Local::of(time, &zone);
    let unix_s = (time / 1000.0).floor() as i64;
    let minutes = zone.offset_s_at(unix_s) / 60;
    let (sign, offset) = (if minutes < 0 { '-' } else { '+' }, minutes.unsigned_abs());
    let clock = format!("{:02}:{:02}:{:02} GMT{sign}{:02}{:02} ({})", local.hour, local.minute, local.second, offset / 60, offset % 60, zone.long_name_at(unix_s));
    if !with_date {
        return Ok(JsString::from(clock).into());
    }
    let weekday = WEEKDAYS.get(local.weekday as usize).unwrap_or(&"");
    let month = MONTHS.get((local.month - 1) as usize).unwrap_or(&"");
    let year = if local.year < 0 { format!("-{:04}", -local.year) } else { format!("{:04}", local.year) };
    Ok(JsString::from(format!("{weekday} {month} {:02} {year} {clock}", local.day)).into())
}
