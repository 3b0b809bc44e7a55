//! `Intl.DateTimeFormat`, and the methods of `Date` that stand on it.
//!
//! <https://tc39.es/ecma402/#datetimeformat-objects>

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, object::builtins::JsDate};
use boa_gc::GcRefCell;
use coil_engine::{
    Host,
    errors::{self, Base},
    table::Export,
};

use super::{
    number::{Listing, data::Digits},
    parts::Parts,
    service::{Bound, Service, bound, incompatible, receiver, supported, supported_locales_of},
};

pub(super) mod methods;
mod options;
pub(super) mod pattern;
mod range;
pub(super) mod write;
pub(super) mod zone;

use options::Fields;
use pattern::{HourCycle, Pattern, Token};
use write::Writer;
use zone::Zone;

pub(super) static DATE_TIME_FORMAT: Service = Service {
    name: "DateTimeFormat",
    full_name: "Intl.DateTimeFormat",
    length: 0,
    callable: true,
    init: construct,
    prototype: &[
        Export::function("resolvedOptions", 0, resolved_options),
        Export::function("formatToParts", 1, format_to_parts),
        Export::getter("format", format),
        Export::function("formatRange", 2, format_range),
        Export::function("formatRangeToParts", 2, format_range_to_parts),
    ],
    statics: &[supported_locales_of(|_, args, cx| supported(args, "Intl.DateTimeFormat.supportedLocalesOf", cx))],
};

/// Everything a `DateTimeFormat` knows.
pub(crate) struct Settings {
    locale: String,
    zone: Rc<Zone>,
    digits: &'static Digits,
    cycle: HourCycle,
    pattern: Pattern,
    tokens: Vec<Token>,
    date_style: Option<&'static str>,
    time_style: Option<&'static str>,
}

impl Settings {
    fn writer(&self) -> Writer<'_> {
        Writer { zone: &self.zone, digits: self.digits }
    }
}

/// The state of an instance.
#[derive(Trace, Finalize, JsData)]
pub(crate) struct DateTimeFormat {
    #[unsafe_ignore_trace]
    settings: Rc<Settings>,
    /// The function that `format` gives, once it was asked for.
    bound: GcRefCell<Option<JsObject>>,
}

impl Bound for DateTimeFormat {
    fn bound(&self) -> &GcRefCell<Option<JsObject>> {
        &self.bound
    }
}

impl DateTimeFormat {
    pub(crate) fn new(settings: Settings) -> Self {
        Self { settings: Rc::new(settings), bound: GcRefCell::new(None) }
    }
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let made = options::read(args.get_or_undefined(0), args.get_or_undefined(1), Fields::Any, Fields::Date, cx)?;
    DATE_TIME_FORMAT.instance(made, cx)
}

fn settings(this: &JsValue, method: &str) -> JsResult<Rc<Settings>> {
    receiver(this, method, |data: &DateTimeFormat| data.settings.clone())
}

/// The largest time value, in milliseconds on both sides of 1970.
const TIME_MAX: f64 = 8.64e15;

/// `TimeClip` of what a date argument says; now, where there is none.
fn time(value: &JsValue, cx: &mut Context) -> JsResult<f64> {
    let number = if value.is_undefined() { Host::of(cx).sys().clock().wall_ms() as f64 } else { value.to_number(cx)? };
    if number.is_nan() || number.abs() > TIME_MAX {
        return Err(errors::plain(Base::Range, "Invalid time value"));
    }
    Ok(number.trunc())
}

/// `get Intl.DateTimeFormat.prototype.format`: a function bound to its format.
fn format(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let call = |_this: &JsValue, args: &[JsValue], object: &JsObject, cx: &mut Context| {
        let settings = settings(&object.clone().into(), "Intl.DateTimeFormat.prototype.format")?;
        let time = time(args.get_or_undefined(0), cx)?;
        Ok(shown(&settings.writer().write(&settings.tokens, time)))
    };
    bound::<DateTimeFormat>(this, "UnwrapDateTimeFormat", 1, call, cx)
}

fn format_to_parts(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let settings = settings(this, "Intl.DateTimeFormat.prototype.formatToParts")?;
    let time = time(args.get_or_undefined(0), cx)?;
    settings.writer().write(&settings.tokens, time).to_array(None, cx)
}

/// The pieces as one text, where V8 has a plain space before AM and PM.
fn shown(parts: &Parts) -> JsValue {
    JsString::from(parts.text().replace('\u{202F}', " ")).into()
}

/// Both ends of a range, which must be given.
fn ends(args: &[JsValue], cx: &mut Context) -> JsResult<(f64, f64)> {
    let (start, end) = (args.get_or_undefined(0), args.get_or_undefined(1));
    if start.is_undefined() || end.is_undefined() {
        return Err(errors::plain(Base::Type, "Invalid time value"));
    }
    let (start, end) = (start.to_number(cx)?, end.to_number(cx)?);
    Ok((time(&start.into(), cx)?, time(&end.into(), cx)?))
}

fn format_range(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let settings = settings(this, "Intl.DateTimeFormat.prototype.formatRange")?;
    let (start, end) = ends(args, cx)?;
    Ok(shown(&range::format(&settings, start, end)))
}

fn format_range_to_parts(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let settings = settings(this, "Intl.DateTimeFormat.prototype.formatRangeToParts")?;
    let (start, end) = ends(args, cx)?;
    range::format(&settings, start, end).to_array(None, cx)
}

fn resolved_options(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let settings = settings(this, "UnwrapDateTimeFormat").map_err(|_| incompatible("UnwrapDateTimeFormat", this))?;
    let mut made = Listing::new(cx);
    made.text("locale", &settings.locale, cx)?;
    made.text("calendar", "gregory", cx)?;
    made.text("numberingSystem", settings.digits.name, cx)?;
    made.text("timeZone", &settings.zone.id, cx)?;
    let pattern = &settings.pattern;
    if pattern.width("hHkK").1 > 0 {
        made.text("hourCycle", settings.cycle.name(), cx)?;
        made.put("hour12", settings.cycle.is_twelve(), cx)?;
    }
    if settings.date_style.is_none() && settings.time_style.is_none() {
        for (name, letters) in [("weekday", "E"), ("era", "G"), ("year", "y"), ("month", "M"), ("day", "d"), ("dayPeriod", "B"), ("hour", "hHkK"), ("minute", "m"), ("second", "s")] {
            let width = match pattern.width(letters).1 {
                0 => continue,
                1 => "numeric",
                2 => "2-digit",
                3 => "short",
                5 => "narrow",
                _ => "long",
            };
            made.text(name, width, cx)?;
        }
        if let ('S', width) = pattern.width("S") {
            made.put("fractionalSecondDigits", u32::from(width), cx)?;
        }
        let zone = match pattern.width("zOv") {
            ('z', 1) => "short",
            ('z', _) => "long",
            ('O', 1) => "shortOffset",
            ('O', _) => "longOffset",
            ('v', 1) => "shortGeneric",
            ('v', _) => "longGeneric",
            _ => "",
        };
        if !zone.is_empty() {
            made.text("timeZoneName", zone, cx)?;
        }
    }
    if let Some(style) = settings.date_style {
        made.text("dateStyle", style, cx)?;
    }
    if let Some(style) = settings.time_style {
        made.text("timeStyle", style, cx)?;
    }
    Ok(made.into())
}

/// The time value of a `Date`.
fn time_of(this: &JsValue, method: &str, cx: &mut Context) -> JsResult<f64> {
    let date = this.as_object().and_then(|object| JsDate::from_object(object).ok());
    match date {
        Some(date) => Ok(date.get_time(cx)?.as_number().unwrap_or(f64::NAN)),
        None => Err(incompatible(method, this)),
    }
}
