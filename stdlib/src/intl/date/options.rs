//! The options of `DateTimeFormat`, in the order in which the specification reads them.
//!
//! <https://tc39.es/ecma402/#sec-createdatetimeformat>

use std::rc::Rc;

use boa_engine::{Context, JsResult, JsValue};
use coil_engine::errors::{self, Base};

use super::{
    DateTimeFormat, Settings,
    pattern::{HourCycle, Name, Number, Pattern, Wanted, ZoneName},
    zone::Zone,
};
use crate::intl::{
    locales::{self, Resolved},
    number::data,
    options::Options,
};

const OWNER: &str = "Intl.DateTimeFormat";

/// Which fields must be there, and which are shown where none is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fields {
    Date,
    Time,
    /// Any is enough.
    Any,
    All,
}

const NAMES: [&str; 3] = ["narrow", "short", "long"];
const DIGITS: [&str; 2] = ["2-digit", "numeric"];
const STYLES: [&str; 4] = ["full", "long", "medium", "short"];

/// `CreateDateTimeFormat(newTarget, locales, options, required, defaults)`
pub(crate) fn read(locales: &JsValue, options: &JsValue, required: Fields, defaults: Fields, cx: &mut Context) -> JsResult<DateTimeFormat> {
    let asked = locales::list(locales, cx)?;
    let options = Options::coerced(options, OWNER, cx)?;
    options.matcher(cx)?;
    let calendar = options.keyword("calendar", cx)?;
    let system = options.keyword("numberingSystem", cx)?;
    let hour12 = options.flag("hour12", cx)?;
    let cycle = options.choice("hourCycle", &["h11", "h12", "h23", "h24"], cx)?;
    let mut resolved = Resolved::of(&asked, &["ca", "hc", "nu"]);
    resolved.choose("ca", calendar, |calendar| calendar == "gregory");
    let system = resolved.choose("nu", system, |name| data::numbering_system(name).is_some());
    let digits = system.and_then(|name| data::numbering_system(&name)).unwrap_or(data::latin());
    if hour12.is_some() {
        resolved.drop_keyword("hc");
    }
    let cycle = resolved.choose("hc", cycle.map(str::to_owned).filter(|_| hour12.is_none()), |cycle| matches!(cycle, "h11" | "h12" | "h23" | "h24"));
    let cycle = match (hour12, cycle.as_deref()) {
        (Some(true), _) => HourCycle::H12,
        (Some(false), _) => HourCycle::H23,
        (None, Some("h11")) => HourCycle::H11,
        (None, Some("h23")) => HourCycle::H23,
        (None, Some("h24")) => HourCycle::H24,
        _ => HourCycle::H12,
    };
    let zone = zone(&options, cx)?;
    let wanted = fields(&options, cx)?;
    options.choice("formatMatcher", &["basic", "best fit"], cx)?;
    let date_style = options.choice("dateStyle", &STYLES, cx)?;
    let time_style = options.choice("timeStyle", &STYLES, cx)?;
    let pattern = match date_style.or(time_style) {
        Some(_) => {
            let invalid = |name: &str| errors::plain(Base::Type, format!("Invalid option : {name}"));
            if wanted != Wanted::default() {
                return Err(invalid("option"));
            }
            if required == Fields::Date && time_style.is_some() {
                return Err(invalid("timeStyle"));
            }
            if required == Fields::Time && date_style.is_some() {
                return Err(invalid("dateStyle"));
            }
            Pattern::of_styles(date_style, time_style, cycle)
        }
        None => Pattern::of(&with_defaults(wanted, required, defaults), cycle),
    };
    let tokens = pattern.tokens();
    Ok(DateTimeFormat::new(Settings { locale: resolved.tag(), zone, digits, cycle, pattern, tokens, date_style, time_style }))
}

fn zone(options: &Options, cx: &mut Context) -> JsResult<Rc<Zone>> {
    match options.text("timeZone", cx)? {
        None => Ok(Zone::local(cx)),
        Some(name) => Zone::named(&name, cx).ok_or_else(|| errors::plain(Base::Range, format!("Invalid time zone specified: {name}"))),
    }
}

fn fields(options: &Options, cx: &mut Context) -> JsResult<Wanted> {
    let name = |name: &'static str, cx: &mut Context| -> JsResult<Option<Name>> { Ok(options.choice(name, &NAMES, cx)?.and_then(name_of)) };
    let number = |name: &'static str, cx: &mut Context| -> JsResult<Option<Number>> { Ok(options.choice(name, &DIGITS, cx)?.map(number_of)) };
    Ok(Wanted {
        weekday: name("weekday", cx)?,
        era: name("era", cx)?,
        year: number("year", cx)?,
        month: options.choice("month", &["2-digit", "numeric", "narrow", "short", "long"], cx)?.map(number_of),
        day: number("day", cx)?,
        day_period: name("dayPeriod", cx)?,
        hour: number("hour", cx)?,
        minute: number("minute", cx)?,
        second: number("second", cx)?,
        fraction: options.count("fractionalSecondDigits", 1, 3, cx)?.unwrap_or(0) as u8,
        zone: options.choice("timeZoneName", &["short", "long", "shortOffset", "longOffset", "shortGeneric", "longGeneric"], cx)?.map(|name| match name {
            "long" => ZoneName::Long,
            "shortOffset" => ZoneName::ShortOffset,
            "longOffset" => ZoneName::LongOffset,
            "shortGeneric" => ZoneName::ShortGeneric,
            "longGeneric" => ZoneName::LongGeneric,
            _ => ZoneName::Short,
        }),
    })
}

fn name_of(text: &str) -> Option<Name> {
    match text {
        "long" => Some(Name::Long),
        "short" => Some(Name::Short),
        "narrow" => Some(Name::Narrow),
        _ => None,
    }
}

fn number_of(text: &str) -> Number {
    match name_of(text) {
        Some(name) => Number::Named(name),
        None if text == "2-digit" => Number::TwoDigit,
        None => Number::Numeric,
    }
}

/// The usual fields where none of the required ones is asked for.
pub(crate) fn with_defaults(mut wanted: Wanted, required: Fields, defaults: Fields) -> Wanted {
    let has_date = wanted.weekday.is_some() || wanted.year.is_some() || wanted.month.is_some() || wanted.day.is_some();
    let has_time = wanted.day_period.is_some() || wanted.hour.is_some() || wanted.minute.is_some() || wanted.second.is_some() || wanted.fraction > 0;
    let is_there = match required {
        Fields::Date => has_date,
        Fields::Time => has_time,
        Fields::Any | Fields::All => has_date || has_time,
    };
    if is_there {
        return wanted;
    }
    if matches!(defaults, Fields::Date | Fields::All) {
        (wanted.year, wanted.month, wanted.day) = (Some(Number::Numeric), Some(Number::Numeric), Some(Number::Numeric));
    }
    if matches!(defaults, Fields::Time | Fields::All) {
        (wanted.hour, wanted.minute, wanted.second) = (Some(Number::Numeric), Some(Number::Numeric), Some(Number::Numeric));
    }
    wanted
}
