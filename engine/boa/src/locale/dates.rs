//! `toLocaleString` and its sisters of `Date`.

use super::{Options, string};
use crate::{Context, JsArgs, JsNativeError, JsResult, JsValue, builtins::date::Date, js_string};

/// `Date.prototype.toLocaleString ( [ locales [ , options ] ] )`
pub(crate) fn date_to_locale_string(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    format(this, args, Default::Both, context)
}

/// `Date.prototype.toLocaleDateString ( [ locales [ , options ] ] )`
pub(crate) fn date_to_locale_date_string(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    format(this, args, Default::Date, context)
}

/// `Date.prototype.toLocaleTimeString ( [ locales [ , options ] ] )`
pub(crate) fn date_to_locale_time_string(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    format(this, args, Default::Time, context)
}

#[derive(Clone, Copy, PartialEq)]
enum Default {
    Date,
    Time,
    Both,
}

fn format(this: &JsValue, args: &[JsValue], default: Default, context: &mut Context) -> JsResult<JsValue> {
    let time = this.as_object().and_then(|object| object.downcast_ref::<Date>().map(|date| date.time_value()));
    let Some(time) = time else {
        return Err(JsNativeError::typ().with_message("this is not a Date object.").into());
    };
    let parts = Parts::read(args.get_or_undefined(1), default, context)?;
    if time.is_nan() {
        return Ok(js_string!("Invalid Date").into());
    }
    let hooks = context.host_hooks();
    let offset = if parts.is_utc { 0 } else { hooks.local_timezone_offset_seconds((time / 1000.0).floor() as i64) };
    Ok(string(parts.write(&Fields::of(time + f64::from(offset) * 1000.0), offset)))
}

/// Which parts to write, and how.
#[derive(std::default::Default)]
struct Parts {
    weekday: Option<&'static str>,
    year: Option<&'static str>,
    month: Option<&'static str>,
    day: Option<&'static str>,
    hour: Option<&'static str>,
    minute: Option<&'static str>,
    second: Option<&'static str>,
    fraction: usize,
    twelve: bool,
    zone: Option<&'static str>,
    is_utc: bool,
    /// Date and time parted by ` at `.
    at: bool,
}

const DIGITS: [&str; 2] = ["numeric", "2-digit"];
const LENGTHS: [&str; 3] = ["long", "short", "narrow"];

impl Parts {
    fn read(options: &JsValue, default: Default, context: &mut Context) -> JsResult<Self> {
        let options = Options::of(options, context)?;
        let mut parts = Self { twelve: true, ..Self::default() };
        if let Some(zone) = options.text("timeZone", context)? {
            parts.is_utc = match zone.to_ascii_lowercase().as_str() {
                "utc" | "gmt" | "etc/utc" | "etc/gmt" => true,
                _ if zone.chars().all(|letter| letter.is_ascii_alphanumeric() || "/_+-:".contains(letter)) => false,
                _ => return Err(JsNativeError::range().with_message(format!("Invalid time zone specified: {zone}")).into()),
            };
        }
        parts.weekday = options.choice("weekday", &LENGTHS, context)?;
        parts.year = options.choice("year", &DIGITS, context)?;
        parts.month = options.choice("month", &["numeric", "2-digit", "long", "short", "narrow"], context)?;
        parts.day = options.choice("day", &DIGITS, context)?;
        parts.hour = options.choice("hour", &DIGITS, context)?;
        parts.minute = options.choice("minute", &DIGITS, context)?;
        parts.second = options.choice("second", &DIGITS, context)?;
        parts.fraction = options.count("fractionalSecondDigits", 1..=3, context)?.unwrap_or(0);
        parts.zone = options.choice("timeZoneName", &["short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric"], context)?;
        let cycle = options.choice("hourCycle", &["h11", "h12", "h23", "h24"], context)?;
        parts.twelve = options.flag("hour12", context)?.unwrap_or(!matches!(cycle, Some("h23" | "h24")));
        let styles = ["full", "long", "medium", "short"];
        let date_style = options.choice("dateStyle", &styles, context)?;
        let time_style = options.choice("timeStyle", &styles, context)?;
        if date_style.is_some() || time_style.is_some() {
            parts.style(date_style, time_style);
            return Ok(parts);
        }
        let has_date = parts.weekday.is_some() || parts.year.is_some() || parts.month.is_some() || parts.day.is_some();
        let has_time = parts.hour.is_some() || parts.minute.is_some() || parts.second.is_some() || parts.fraction > 0;
        let missing = match default {
            Default::Date => !has_date,
            Default::Time => !has_time,
            Default::Both => !has_date && !has_time,
        };
        if missing && default != Default::Time {
            (parts.year, parts.month, parts.day) = (Some("numeric"), Some("numeric"), Some("numeric"));
        }
        if missing && default != Default::Date {
            (parts.hour, parts.minute, parts.second) = (Some("numeric"), Some("2-digit"), Some("2-digit"));
        }
        Ok(parts)
    }

    fn style(&mut self, date: Option<&str>, time: Option<&str>) {
        (self.weekday, self.year, self.month, self.day) = match date {
            Some("full") => (Some("long"), Some("numeric"), Some("long"), Some("numeric")),
            Some("long") => (None, Some("numeric"), Some("long"), Some("numeric")),
            Some("medium") => (None, Some("numeric"), Some("short"), Some("numeric")),
            Some(_) => (None, Some("2-digit"), Some("numeric"), Some("numeric")),
            None => (None, None, None, None),
        };
        (self.hour, self.minute, self.second, self.zone) = match time {
            Some("full") => (Some("numeric"), Some("2-digit"), Some("2-digit"), Some("long")),
            Some("long") => (Some("numeric"), Some("2-digit"), Some("2-digit"), Some("short")),
            Some("medium") => (Some("numeric"), Some("2-digit"), Some("2-digit"), None),
            Some(_) => (Some("numeric"), Some("2-digit"), None, None),
            None => (None, None, None, None),
        };
        self.at = matches!(date, Some("full" | "long"));
    }

    fn write(&self, fields: &Fields, offset: i32) -> String {
        let (date, time) = (self.date(fields), self.time(fields, offset));
        let between = match (date.is_empty(), time.is_empty()) {
            (false, false) if self.at => " at ",
            (false, false) => ", ",
            _ => "",
        };
        format!("{date}{between}{time}")
    }

    fn date(&self, fields: &Fields) -> String {
        let named = |names: &[&str], at: i64, length: &str| {
            let name = names.get(at as usize).copied().unwrap_or_default();
            match length {
                "long" => name.to_owned(),
                "short" => name.chars().take(3).collect(),
                _ => name.chars().take(1).collect::<String>(),
            }
        };
        let weekday = self.weekday.map(|length| named(&WEEKDAYS, fields.weekday, length));
        let day = self.day.map(|length| digits(fields.day, length));
        let year = self.year.map(|length| if length == "2-digit" { format!("{:02}", fields.year.rem_euclid(100)) } else { fields.year_text() });
        let rest = match self.month {
            Some(length @ ("numeric" | "2-digit")) => {
                let month = Some(digits(fields.month, length));
                [month, day, year].into_iter().flatten().collect::<Vec<_>>().join("/")
            }
            Some(length) => {
                let month = Some(named(&MONTHS, fields.month - 1, length));
                let between = if day.is_some() { ", " } else { " " };
                let month_and_day = [month, day].into_iter().flatten().collect::<Vec<_>>().join(" ");
                [Some(month_and_day), year].into_iter().flatten().collect::<Vec<_>>().join(between)
            }
            None => match (day, year) {
                (Some(day), None) if self.weekday.is_some() => return format!("{day} {}", weekday.unwrap_or_default()),
                (day, year) => [day, year].into_iter().flatten().collect::<Vec<_>>().join(" "),
            },
        };
        [weekday, Some(rest).filter(|rest| !rest.is_empty())].into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn time(&self, fields: &Fields, offset: i32) -> String {
        let mut text = Vec::new();
        if let Some(length) = self.hour {
            let hour = if self.twelve { (fields.hour + 11) % 12 + 1 } else { fields.hour };
            text.push(if self.twelve { digits(hour, length) } else { digits(hour, "2-digit") });
        }
        if let Some(length) = self.minute {
            text.push(if self.hour.is_some() || self.second.is_some() { digits(fields.minute, "2-digit") } else { digits(fields.minute, length.replace("2-digit", "numeric").as_str()) });
        }
        if let Some(length) = self.second {
            text.push(if self.minute.is_some() { digits(fields.second, "2-digit") } else { digits(fields.second, length.replace("2-digit", "numeric").as_str()) });
        }
        let mut text = text.join(":");
        if self.fraction > 0 {
            let all = format!("{:03}", fields.millisecond);
            text.push_str(&format!("{}{}", if text.is_empty() { "" } else { "." }, &all[..self.fraction]));
        }
        if self.hour.is_some() && self.twelve {
            text.push_str(if fields.hour < 12 { " AM" } else { " PM" });
        }
        if let Some(length) = self.zone {
            let zone = match (offset, length) {
                (0, "long") => "Coordinated Universal Time".to_owned(),
                (0, "short") => "UTC".to_owned(),
                (0, _) => "GMT".to_owned(),
                (offset, _) => {
                    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
                    if minutes % 60 == 0 { format!("GMT{sign}{}", minutes / 60) } else { format!("GMT{sign}{}:{:02}", minutes / 60, minutes % 60) }
                }
            };
            text = format!("{text} {zone}").trim_start().to_owned();
        }
        text
    }
}

fn digits(number: i64, length: &str) -> String {
    if length == "2-digit" { format!("{number:02}") } else { number.to_string() }
}

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// A local time taken apart.
struct Fields {
    year: i64,
    month: i64,
    day: i64,
    weekday: i64,
    hour: i64,
    minute: i64,
    second: i64,
    millisecond: i64,
}

impl Fields {
    fn of(local: f64) -> Self {
        let time = local as i64;
        let (days, rest) = (time.div_euclid(86_400_000), time.rem_euclid(86_400_000));
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let march_month = (5 * day_of_year + 2) / 153;
        let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month,
            day: day_of_year - (153 * march_month + 2) / 5 + 1,
            weekday: (days + 4).rem_euclid(7),
            hour: rest / 3_600_000,
            minute: rest / 60_000 % 60,
            second: rest / 1000 % 60,
            millisecond: rest % 1000,
        }
    }

    /// Years before the first count backwards.
    fn year_text(&self) -> String {
        if self.year > 0 { self.year.to_string() } else { format!("{} BC", 1 - self.year) }
    }
}
