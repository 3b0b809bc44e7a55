//! `Intl.DurationFormat`
//!
//! <https://tc39.es/ecma402/#durationformat-objects>

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace, js_string, object::builtins::JsArray};
use coil_engine::{
    errors::{self, Base},
    table::Export,
};

use super::{
    list_format,
    locales::{self, Resolved},
    number::{
        Listing, data,
        decimal::{Decimal, Mode},
        format::{Grouping, Settings, SignDisplay, Style, Width},
    },
    options::Options,
    parts::Parts,
    service::{Service, receiver, shown, supported, supported_locales_of},
};

pub(super) static DURATION_FORMAT: Service = Service {
    name: "DurationFormat",
    full_name: "Intl.DurationFormat",
    length: 0,
    callable: false,
    init: construct,
    prototype: &[Export::function("resolvedOptions", 0, resolved_options), Export::function("format", 1, format), Export::function("formatToParts", 1, format_to_parts)],
    statics: &[supported_locales_of(|_, args, cx| supported(args, "Intl.DurationFormat.supportedLocalesOf", cx))],
};

/// A unit: its option, the option of its display, and its name as a unit of numbers.
const UNITS: [(&str, &str, &str); 10] = [
    ("years", "yearsDisplay", "year"),
    ("months", "monthsDisplay", "month"),
    ("weeks", "weeksDisplay", "week"),
    ("days", "daysDisplay", "day"),
    ("hours", "hoursDisplay", "hour"),
    ("minutes", "minutesDisplay", "minute"),
    ("seconds", "secondsDisplay", "second"),
    ("milliseconds", "millisecondsDisplay", "millisecond"),
    ("microseconds", "microsecondsDisplay", "microsecond"),
    ("nanoseconds", "nanosecondsDisplay", "nanosecond"),
];
const HOURS: usize = 4;
const MINUTES: usize = 5;
const SECONDS: usize = 6;

#[derive(Trace, Finalize, JsData)]
struct DurationFormat {
    #[unsafe_ignore_trace]
    settings: Rc<Durations>,
}

/// How a unit is written, and whether it is where it is zero.
#[derive(Clone, Copy, Default)]
struct Unit {
    style: &'static str,
    is_always: bool,
}

struct Durations {
    locale: String,
    style: &'static str,
    units: [Unit; 10],
    fraction: Option<u32>,
    digits: &'static data::Digits,
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let asked = locales::list(args.get_or_undefined(0), cx)?;
    let options = Options::strict(args.get_or_undefined(1), "Intl.DurationFormat")?;
    options.matcher(cx)?;
    let system = options.keyword("numberingSystem", cx)?;
    let mut resolved = Resolved::of(&asked, &["nu"]);
    let system = resolved.choose("nu", system, |name| data::numbering_system(name).is_some());
    let digits = system.and_then(|name| data::numbering_system(&name)).unwrap_or(data::latin());
    let style = options.choice("style", &["long", "short", "narrow", "digital"], cx)?.unwrap_or("short");
    let mut units = [Unit::default(); 10];
    let mut previous = "";
    for (at, unit) in units.iter_mut().enumerate() {
        *unit = read_unit(&options, at, style, previous, cx)?;
        if at >= HOURS {
            previous = unit.style;
        }
    }
    let fraction = options.count("fractionalDigits", 0, 9, cx)?;
    let settings = Durations { locale: resolved.tag(), style, units, fraction, digits };
    DURATION_FORMAT.instance(DurationFormat { settings: Rc::new(settings) }, cx)
}

fn is_clock(style: &str) -> bool {
    matches!(style, "numeric" | "2-digit")
}

/// `GetDurationUnitOptions`
fn read_unit(options: &Options, at: usize, base: &'static str, previous: &str, cx: &mut Context) -> JsResult<Unit> {
    let (name, display_name, _) = UNITS[at];
    let allowed: &[&'static str] = match at {
        0..=3 => &["long", "short", "narrow"],
        HOURS..=SECONDS => &["long", "short", "narrow", "numeric", "2-digit"],
        _ => &["long", "short", "narrow", "numeric"],
    };
    let follows_clock = is_clock(previous) || previous == "fractional";
    let mut usually_shown = true;
    let mut style = match options.choice(name, allowed, cx)? {
        Some(style) => style,
        None if base == "digital" => {
            usually_shown = (HOURS..=SECONDS).contains(&at);
            if at < HOURS { "short" } else { "numeric" }
        }
        None if follows_clock => {
            usually_shown = (MINUTES..=SECONDS).contains(&at);
            "numeric"
        }
        None => {
            usually_shown = false;
            base
        }
    };
    if style == "numeric" && at > SECONDS {
        (style, usually_shown) = ("fractional", false);
    }
    let is_always = options.choice(display_name, &["auto", "always"], cx)?.map_or(usually_shown, |display| display == "always");
    let invalid = || errors::plain(Base::Range, "Invalid object : #<Object>");
    if is_always && style == "fractional" {
        return Err(invalid());
    }
    if previous == "fractional" && style != "fractional" || is_clock(previous) && !is_clock(style) && style != "fractional" {
        return Err(invalid());
    }
    if (MINUTES..=SECONDS).contains(&at) && is_clock(previous) {
        style = "2-digit";
    }
    Ok(Unit { style, is_always })
}

/// The fields in the order in which they are read.
const READ: [usize; 10] = [3, 4, 8, 7, 5, 1, 9, 6, 2, 0];

/// `ToDurationRecord`
fn record(value: &JsValue, cx: &mut Context) -> JsResult<[f64; 10]> {
    let invalid = || errors::plain(Base::Range, format!("Invalid object : {}", shown(value)));
    if value.is_string() {
        return Err(invalid());
    }
    let Some(object) = value.as_object() else {
        return Err(errors::plain(Base::Type, "Temporal error: Duration argument must be an object."));
    };
    let mut record = [0.0; 10];
    let mut is_empty = true;
    for at in READ {
        let field = object.get(js_string!(UNITS[at].0), cx)?;
        if field.is_undefined() {
            continue;
        }
        is_empty = false;
        let number = field.to_number(cx)?;
        if !number.is_finite() || number.fract() != 0.0 {
            return Err(errors::plain(Base::Range, "Temporal error: Number not integral."));
        }
        record[at] = number;
    }
    if is_empty {
        return Err(errors::plain(Base::Type, "Temporal error: Duration argument must contain at least one date/time field."));
    }
    let too_long = record[..3].iter().any(|number| number.abs() >= 4_294_967_296.0);
    if record.iter().any(|number| *number > 0.0) && record.iter().any(|number| *number < 0.0) || too_long {
        return Err(invalid());
    }
    Ok(record)
}

/// One piece of the list: what is written, and of which unit each part is.
#[derive(Default)]
struct Piece(Vec<(Parts, Option<&'static str>)>);

impl Durations {
    fn pieces(&self, record: &[f64; 10]) -> Vec<Piece> {
        let is_negative = record.iter().any(|number| *number < 0.0);
        let mut shows_sign = true;
        let mut pieces: Vec<Piece> = Vec::new();
        for (at, unit) in self.units.iter().enumerate() {
            if is_clock(unit.style) {
                let Some(clock) = self.clock(record, at, shows_sign, is_negative) else { break };
                let starts_with_hours = clock.0.first().is_some_and(|(_, unit)| *unit == Some("hour"));
                match pieces.last_mut() {
                    // As V8 writes it: minutes and seconds join what stands before them.
                    Some(last) if !starts_with_hours => {
                        last.0.push((colon(), None));
                        last.0.extend(clock.0);
                    }
                    _ => pieces.push(clock),
                }
                break;
            }
            let is_fraction_next = (SECONDS..9).contains(&at) && self.units[at + 1].style == "fractional";
            let (number, is_zero) = if is_fraction_next { self.with_fraction(record, at) } else { (Decimal::of(record[at]), record[at] == 0.0) };
            if unit.is_always || !is_zero {
                let width = match unit.style {
                    "long" => Width::Long,
                    "narrow" => Width::Narrow,
                    _ => Width::Short,
                };
                let mut settings = self.settings(is_fraction_next, shows_sign);
                settings.style = Style::Unit { unit: UNITS[at].2.to_owned(), display: width };
                let number = self.signed(number, is_negative && shows_sign);
                shows_sign = false;
                pieces.push(Piece(vec![(settings.format(&number), Some(UNITS[at].2))]));
            }
            if is_fraction_next {
                break;
            }
        }
        pieces
    }

    /// The first number of a negative duration shows its sign, zero too.
    fn signed(&self, mut number: Decimal, is_negative: bool) -> Decimal {
        number.is_negative |= is_negative;
        number
    }

    fn settings(&self, has_fraction: bool, shows_sign: bool) -> Settings {
        let mut settings = Settings { digits: self.digits, ..Settings::default() };
        if !shows_sign {
            settings.sign = SignDisplay::Never;
        }
        if has_fraction {
            settings.rounding.fraction = Some((self.fraction.unwrap_or(0), self.fraction.unwrap_or(9)));
            settings.rounding.mode = Mode::Trunc;
        }
        settings
    }

    /// A unit with the smaller ones as its fraction.
    fn with_fraction(&self, record: &[f64; 10], at: usize) -> (Decimal, bool) {
        let mut total: i128 = 0;
        for (place, number) in record.iter().enumerate().skip(at) {
            total = total.saturating_add((*number as i128).saturating_mul(1000_i128.pow(9 - place as u32)));
        }
        let places = 3 * (9 - at as i32);
        (Decimal::of_integer(&total.to_string()).shifted(-places), total == 0)
    }

    /// `1:02:03.5`
    fn clock(&self, record: &[f64; 10], first: usize, shows_sign: bool, is_negative: bool) -> Option<Piece> {
        let has_fraction = self.units[SECONDS + 1].style == "fractional";
        let (seconds, no_seconds) = if has_fraction { self.with_fraction(record, SECONDS) } else { (Decimal::of(record[SECONDS]), record[SECONDS] == 0.0) };
        let is_shown = |at: usize, is_zero: bool| first <= at && is_clock(self.units[at].style) && (self.units[at].is_always || !is_zero);
        let hours = is_shown(HOURS, record[HOURS] == 0.0);
        let has_seconds = is_shown(SECONDS, no_seconds);
        let minutes = first <= MINUTES && (hours && has_seconds || is_shown(MINUTES, record[MINUTES] == 0.0));
        let mut piece = Piece::default();
        let mut shows_sign = shows_sign;
        for (at, shown, number) in [(HOURS, hours, Decimal::of(record[HOURS])), (MINUTES, minutes, Decimal::of(record[MINUTES])), (SECONDS, has_seconds, seconds)] {
            if !shown {
                continue;
            }
            if !piece.0.is_empty() {
                piece.0.push((colon(), None));
            }
            let mut settings = self.settings(at == SECONDS && has_fraction, shows_sign);
            settings.grouping = Grouping::Never;
            settings.rounding.whole_min = if self.units[at].style == "2-digit" { 2 } else { 1 };
            let number = self.signed(number, is_negative && shows_sign);
            piece.0.push((settings.format(&number), Some(UNITS[at].2)));
            shows_sign = false;
        }
        (!piece.0.is_empty()).then_some(piece)
    }

    /// The pieces with what stands between them in a list of units.
    fn joined(&self, record: &[f64; 10]) -> Piece {
        let pieces = self.pieces(record);
        let style = if self.style == "digital" { "short" } else { self.style };
        let (pair, last, other) = list_format::separators("unit", style);
        let count = pieces.len();
        let mut all = Piece::default();
        for (at, piece) in pieces.into_iter().enumerate() {
            let separator = match at {
                0 => "",
                1 if count == 2 => pair,
                _ if at + 1 == count => last,
                _ => other,
            };
            let mut between = Parts::default();
            between.push("literal", separator);
            all.0.push((between, None));
            all.0.extend(piece.0);
        }
        all
    }
}

fn colon() -> Parts {
    let mut colon = Parts::default();
    colon.push("literal", ":");
    colon
}

fn read(this: &JsValue, args: &[JsValue], method: &str, cx: &mut Context) -> JsResult<Piece> {
    let settings = receiver(this, method, |data: &DurationFormat| data.settings.clone())?;
    Ok(settings.joined(&record(args.get_or_undefined(0), cx)?))
}

fn format(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let piece = read(this, args, "Intl.DurationFormat.prototype.format", cx)?;
    let text: String = piece.0.iter().map(|(parts, _)| parts.text()).collect();
    Ok(JsString::from(text).into())
}

fn format_to_parts(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let piece = read(this, args, "Intl.DurationFormat.prototype.formatToParts", cx)?;
    let mut made = Vec::new();
    for (parts, unit) in &piece.0 {
        for part in &parts.0 {
            let object = JsObject::with_object_proto(cx.intrinsics());
            object.create_data_property_or_throw(js_string!("type"), js_string!(part.kind), cx)?;
            object.create_data_property_or_throw(js_string!("value"), js_string!(part.value.as_str()), cx)?;
            if let Some(unit) = unit {
                object.create_data_property_or_throw(js_string!("unit"), js_string!(*unit), cx)?;
            }
            made.push(object.into());
        }
    }
    Ok(JsArray::from_iter(made, cx).into())
}

fn resolved_options(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let settings = receiver(this, "Intl.DurationFormat.prototype.resolvedOptions", |data: &DurationFormat| data.settings.clone())?;
    let mut made = Listing::new(cx);
    made.text("locale", &settings.locale, cx)?;
    made.text("numberingSystem", settings.digits.name, cx)?;
    made.text("style", settings.style, cx)?;
    for ((name, display, _), unit) in UNITS.iter().zip(settings.units) {
        made.text(name, if unit.style == "fractional" { "numeric" } else { unit.style }, cx)?;
        made.text(display, if unit.is_always { "always" } else { "auto" }, cx)?;
    }
    if let Some(fraction) = settings.fraction {
        made.put("fractionalDigits", fraction, cx)?;
    }
    Ok(made.into())
}
