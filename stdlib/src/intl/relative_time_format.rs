//! `Intl.RelativeTimeFormat`
//!
//! <https://tc39.es/ecma402/#relativetimeformat-objects>

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsResult, JsValue, Trace};
use coil_engine::{
    errors::{self, Base},
    table::Export,
};

use super::{
    locales::{self, Resolved},
    number::{Listing, data, decimal::Decimal, format::Settings},
    options::Options,
    parts::Parts,
    service::{Service, receiver, supported, supported_locales_of},
};

pub(super) static RELATIVE_TIME_FORMAT: Service = Service {
    name: "RelativeTimeFormat",
    full_name: "Intl.RelativeTimeFormat",
    length: 0,
    callable: false,
    init: construct,
    prototype: &[Export::function("resolvedOptions", 0, resolved_options), Export::function("format", 2, format), Export::function("formatToParts", 2, format_to_parts)],
    statics: &[supported_locales_of(|_, args, cx| supported(args, "Intl.RelativeTimeFormat.supportedLocalesOf", cx))],
};

#[derive(Trace, Finalize, JsData)]
struct RelativeTimeFormat {
    #[unsafe_ignore_trace]
    settings: Rc<Relative>,
}

struct Relative {
    locale: String,
    style: &'static str,
    is_auto: bool,
    number: Settings,
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let asked = locales::list(args.get_or_undefined(0), cx)?;
    let options = Options::coerced(args.get_or_undefined(1), "Intl.RelativeTimeFormat", cx)?;
    options.matcher(cx)?;
    let system = options.keyword("numberingSystem", cx)?;
    let mut resolved = Resolved::of(&asked, &["nu"]);
    let system = resolved.choose("nu", system, |name| data::numbering_system(name).is_some());
    let digits = system.and_then(|name| data::numbering_system(&name)).unwrap_or(data::latin());
    let style = options.choice("style", &["long", "short", "narrow"], cx)?.unwrap_or("long");
    let is_auto = options.choice("numeric", &["always", "auto"], cx)? == Some("auto");
    let settings = Relative { locale: resolved.tag(), style, is_auto, number: Settings { digits, ..Settings::default() } };
    RELATIVE_TIME_FORMAT.instance(RelativeTimeFormat { settings: Rc::new(settings) }, cx)
}

/// A unit in the singular, how it is shortened (the plural of the short form behind it), and its narrow form.
const UNITS: [(&str, &str, &str, &str); 8] = [
    ("second", "sec.", "sec.", "s"),
    ("minute", "min.", "min.", "m"),
    ("hour", "hr.", "hr.", "h"),
    ("day", "day", "days", "d"),
    ("week", "wk.", "wk.", "w"),
    ("month", "mo.", "mo.", "mo"),
    ("quarter", "qtr.", "qtrs.", "q"),
    ("year", "yr.", "yr.", "y"),
];

impl Relative {
    fn parts(&self, value: f64, unit: &str) -> (Parts, &'static str) {
        let singular = unit.strip_suffix('s').unwrap_or(unit);
        let (name, short, shorts, narrow) = UNITS.iter().find(|(name, ..)| *name == singular).copied().unwrap_or(UNITS[0]);
        let mut parts = Parts::default();
        if self.is_auto
            && let Some(word) = self.word(value, name)
        {
            parts.push("literal", word);
            return (parts, name);
        }
        let is_past = value.is_sign_negative();
        let number = Decimal::of(value.abs());
        let is_one = self.number.round(&number).is_one();
        let words = match self.style {
            "long" if is_one => format!(" {name}"),
            "long" => format!(" {name}s"),
            "short" if is_one => format!(" {short}"),
            "short" => format!(" {shorts}"),
            _ => narrow.to_owned(),
        };
        if !is_past {
            parts.push("literal", "in ");
        }
        parts.append(self.number.format(&number));
        parts.push("literal", if is_past { format!("{words} ago") } else { words });
        (parts, name)
    }

    /// What English calls it instead of counting.
    fn word(&self, value: f64, unit: &str) -> Option<String> {
        let short = match (self.style, unit) {
            ("long", unit) => unit,
            (_, "week") => "wk.",
            (_, "month") => "mo.",
            (_, "quarter") => "qtr.",
            (_, "year") => "yr.",
            (_, unit) => unit,
        };
        // -0 is now as well.
        let which = if value == -1.0 {
            "last"
        } else if value == 0.0 {
            "this"
        } else if value == 1.0 {
            "next"
        } else {
            return None;
        };
        match (unit, which) {
            ("second", "this") => Some("now".into()),
            ("second", _) => None,
            ("minute" | "hour", "this") => Some(format!("this {unit}")),
            ("minute" | "hour", _) => None,
            ("day", "last") => Some("yesterday".into()),
            ("day", "this") => Some("today".into()),
            ("day", _) => Some("tomorrow".into()),
            _ => Some(format!("{which} {short}")),
        }
    }
}

fn read(this: &JsValue, args: &[JsValue], method: &str, cx: &mut Context) -> JsResult<(Parts, &'static str)> {
    let name = format!("Intl.RelativeTimeFormat.prototype.{method}");
    let settings = receiver(this, &name, |data: &RelativeTimeFormat| data.settings.clone())?;
    let value = args.get_or_undefined(0).to_number(cx)?;
    let unit = args.get_or_undefined(1).to_string(cx)?.to_std_string_lossy();
    if !value.is_finite() {
        return Err(errors::plain(Base::Range, format!("Value need to be finite number for {name}()")));
    }
    if !UNITS.iter().any(|(known, ..)| unit.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest == "s")) {
        return Err(errors::plain(Base::Range, format!("Invalid unit argument for {name}() '{unit}'")));
    }
    Ok(settings.parts(value, &unit))
}

fn format(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    Ok(read(this, args, "format", cx)?.0.to_js_string())
}

fn format_to_parts(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (parts, unit) = read(this, args, "formatToParts", cx)?;
    parts.to_array(Some(("unit", unit)), cx)
}

fn resolved_options(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let settings = receiver(this, "Intl.RelativeTimeFormat.prototype.resolvedOptions", |data: &RelativeTimeFormat| data.settings.clone())?;
    let mut made = Listing::new(cx);
    made.text("locale", &settings.locale, cx)?;
    made.text("style", settings.style, cx)?;
    made.text("numeric", if settings.is_auto { "auto" } else { "always" }, cx)?;
    made.text("numberingSystem", settings.number.digits.name, cx)?;
    Ok(made.into())
}
