//! `Intl.DisplayNames`: what English calls languages, regions, scripts, currencies, calendars and fields of dates.
//!
//! <https://tc39.es/ecma402/#intl-displaynames-objects>

use boa_engine::{Context, Finalize, JsArgs, JsData, JsResult, JsString, JsValue, Trace};
use coil_engine::{
    errors::{self, Base},
    table::Export,
};
use icu_locale_core::LanguageIdentifier;

use super::{
    line_of,
    locales::{self, Resolved},
    number::{Listing, data},
    options::{Options, is_type},
    service::{Service, receiver, supported, supported_locales_of},
};

pub(super) static DISPLAY_NAMES: Service = Service {
    name: "DisplayNames",
    full_name: "Intl.DisplayNames",
    length: 2,
    callable: false,
    init: construct,
    prototype: &[Export::function("resolvedOptions", 0, resolved_options), Export::function("of", 1, of)],
    statics: &[supported_locales_of(|_, args, cx| supported(args, "Intl.DisplayNames.supportedLocalesOf", cx))],
};

/// `code|name|short name`, in order of the codes.
const REGIONS: &str = include_str!("data/regions.txt");
const LANGUAGES: &str = include_str!("data/languages.txt");
const SCRIPTS: &str = include_str!("data/scripts.txt");
const VARIANTS: &str = include_str!("data/variants.txt");
const CALENDARS: &str = include_str!("data/calendars.txt");

/// Fields of dates, in each style.
const FIELDS: [(&str, [&str; 3]); 12] = [
    ("era", ["era", "era", "era"]),
    ("year", ["year", "yr.", "yr"]),
    ("quarter", ["quarter", "qtr.", "qtr"]),
    ("month", ["month", "mo.", "mo"]),
    ("weekOfYear", ["week", "wk.", "wk"]),
    ("weekday", ["day of the week", "day of wk.", "day of wk."]),
    ("day", ["day", "day", "day"]),
    ("dayPeriod", ["AM/PM", "AM/PM", "AM/PM"]),
    ("hour", ["hour", "hr.", "hr"]),
    ("minute", ["minute", "min.", "min"]),
    ("second", ["second", "sec.", "sec"]),
    ("timeZoneName", ["time zone", "zone", "zone"]),
];

#[derive(Clone, Trace, Finalize, JsData)]
struct DisplayNames {
    #[unsafe_ignore_trace]
    locale: String,
    #[unsafe_ignore_trace]
    style: &'static str,
    #[unsafe_ignore_trace]
    kind: &'static str,
    #[unsafe_ignore_trace]
    gives_code: bool,
    #[unsafe_ignore_trace]
    is_dialect: bool,
}

fn invalid() -> boa_engine::JsError {
    errors::plain(Base::Range, "invalid_argument")
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let asked = locales::list(args.get_or_undefined(0), cx)?;
    if args.get_or_undefined(1).is_undefined() {
        return Err(errors::plain(Base::Type, "invalid_argument"));
    }
    let options = Options::strict(args.get_or_undefined(1), "Intl.DisplayNames")?;
    options.matcher(cx)?;
    let style = options.choice("style", &["narrow", "short", "long"], cx)?.unwrap_or("long");
    let kind = options.choice("type", &["language", "region", "script", "currency", "calendar", "dateTimeField"], cx)?;
    let Some(kind) = kind else { return Err(errors::plain(Base::Type, "invalid_argument")) };
    let gives_code = options.choice("fallback", &["code", "none"], cx)? != Some("none");
    let is_dialect = options.choice("languageDisplay", &["dialect", "standard"], cx)? != Some("standard");
    DISPLAY_NAMES.instance(DisplayNames { locale: Resolved::of(&asked, &[]).tag(), style, kind, gives_code, is_dialect }, cx)
}

fn of(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let names = receiver(this, "Intl.DisplayNames.prototype.of", DisplayNames::clone)?;
    let code = args.get_or_undefined(0).to_string(cx)?.to_std_string_lossy();
    let (code, found) = names.look(&code)?;
    Ok(match found {
        Some(name) => JsString::from(name).into(),
        None if names.gives_code => JsString::from(code).into(),
        None => JsValue::undefined(),
    })
}

/// A column of a table: the short name where there is one and it is wanted.
fn name_in(table: &'static str, code: &str, is_short: bool) -> Option<&'static str> {
    let mut fields = line_of(table, code)?.split('|').skip(1);
    let long = fields.next();
    if is_short { fields.next().or(long) } else { long }
}

impl DisplayNames {
    /// The code in canonical form, and its name.
    fn look(&self, code: &str) -> JsResult<(String, Option<String>)> {
        let is_short = self.style != "long";
        let letters = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphabetic());
        let named = |table, code: String| {
            let name = name_in(table, &code, is_short).map(str::to_owned);
            (code, name)
        };
        Ok(match self.kind {
            "region" if code.len() == 2 && letters(code) || code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_digit()) => named(REGIONS, code.to_owned()),
            "script" if code.len() == 4 && letters(code) => {
                let code = code[..1].to_ascii_uppercase() + &code[1..].to_ascii_lowercase();
                named(SCRIPTS, code)
            }
            "currency" if code.len() == 3 && letters(code) => {
                let code = code.to_ascii_uppercase();
                let name = data::currency(&code).map(|currency| currency.name.to_owned());
                (code, name)
            }
            "calendar" if is_type(code) => {
                let name = name_in(CALENDARS, &code.to_ascii_lowercase(), is_short).map(str::to_owned);
                (code.to_owned(), name)
            }
            "dateTimeField" => {
                let column = match self.style {
                    "long" => 0,
                    "short" => 1,
                    _ => 2,
                };
                let (_, names) = FIELDS.iter().find(|(field, _)| *field == code).ok_or_else(invalid)?;
                (code.to_owned(), Some(names[column].to_owned()))
            }
            "language" => self.language(code)?,
            _ => return Err(invalid()),
        })
    }

    fn language(&self, code: &str) -> JsResult<(String, Option<String>)> {
        if code.split('-').any(|part| part.len() == 1) {
            return Err(invalid());
        }
        let locale = locales::canonical(code).ok_or_else(invalid)?;
        // The variant `posix` is a keyword in canonical form.
        let is_computer = !locale.extensions.unicode.keywords.is_empty();
        let id = locale.id;
        let code = id.to_string();
        Ok((code, self.language_name(&id, is_computer)))
    }

    /// `British English`, `Chinese (Simplified, China)`
    fn language_name(&self, id: &LanguageIdentifier, is_computer: bool) -> Option<String> {
        let is_short = self.style != "long";
        let region = id.region.map(|region| region.as_str().to_owned());
        let script = id.script.map(|script| script.as_str().to_owned());
        let language = id.language.as_str();
        let (mut base, mut rest) = (None, Vec::new());
        if self.is_dialect {
            if let (Some(region), None) = (&region, &script) {
                base = name_in(LANGUAGES, &format!("{language}-{region}"), is_short);
            }
            if let ("zh", Some(script), None) = (language, &script, &region) {
                base = match script.as_str() {
                    "Hans" => Some("Simplified Chinese"),
                    "Hant" => Some("Traditional Chinese"),
                    _ => None,
                };
            }
        }
        if base.is_none() {
            if let Some(script) = &script {
                // Within a language's name, the short name of its script.
                rest.push(name_in(SCRIPTS, script, true).unwrap_or(script).to_owned());
            }
            if let Some(region) = &region {
                // Parentheses within parentheses are square.
                rest.push(name_in(REGIONS, region, is_short).unwrap_or(region).replace('(', "[").replace(')', "]"));
            }
        }
        rest.extend(id.variants.iter().map(|variant| name_in(VARIANTS, variant.as_str(), false).map_or_else(|| variant.as_str().to_uppercase(), |name| name.replace('(', "[").replace(')', "]"))));
        if is_computer {
            rest.push("Computer".to_owned());
        }
        let known = base.or_else(|| name_in(LANGUAGES, language, is_short));
        if known.is_none() && rest.is_empty() {
            return None;
        }
        let name = known.unwrap_or(language);
        Some(if rest.is_empty() { name.to_owned() } else { format!("{name} ({})", rest.join(", ")) })
    }
}

fn resolved_options(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let names = receiver(this, "Intl.DisplayNames.prototype.resolvedOptions", DisplayNames::clone)?;
    let mut made = Listing::new(cx);
    made.text("locale", &names.locale, cx)?;
    made.text("style", names.style, cx)?;
    made.text("type", names.kind, cx)?;
    made.text("fallback", if names.gives_code { "code" } else { "none" }, cx)?;
    if names.kind == "language" {
        made.text("languageDisplay", if names.is_dialect { "dialect" } else { "standard" }, cx)?;
    }
    Ok(made.into())
}
