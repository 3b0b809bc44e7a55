//! `Intl.Locale`: a language tag, its parts, and what is usual there.
//!
//! <https://tc39.es/ecma402/#locale-objects>

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsValue, Trace, js_string, object::builtins::JsArray};
use coil_engine::{
    errors::{self, Base},
    table::Export,
};
use icu_locale::LocaleExpander;
use icu_locale_core::{
    LanguageIdentifier, Locale,
    extensions::unicode::{Key, Value},
};

use super::{
    locales,
    number::Listing,
    options::{Options, is_type},
    service::{Service, receiver},
};

pub(super) static LOCALE: Service = Service {
    name: "Locale",
    full_name: "Intl.Locale",
    length: 1,
    callable: false,
    init: construct,
    prototype: &[
        Export::function("toString", 0, to_string),
        Export::function("maximize", 0, maximize),
        Export::function("minimize", 0, minimize),
        Export::getter("language", |this, _, _| part(this, "language", |locale| Some(locale.id.language.to_string()))),
        Export::getter("script", |this, _, _| part(this, "script", |locale| locale.id.script.map(|script| script.to_string()))),
        Export::getter("region", |this, _, _| part(this, "region", |locale| locale.id.region.map(|region| region.to_string()))),
        Export::getter("baseName", |this, _, _| part(this, "baseName", |locale| Some(locale.id.to_string()))),
        Export::getter("calendar", |this, _, _| part(this, "calendar", |locale| keyword(locale, "ca"))),
        Export::getter("caseFirst", |this, _, _| part(this, "caseFirst", |locale| keyword(locale, "kf"))),
        Export::getter("collation", |this, _, _| part(this, "collation", |locale| keyword(locale, "co"))),
        Export::getter("firstDayOfWeek", |this, _, _| part(this, "firstDayOfWeek", |locale| keyword(locale, "fw"))),
        Export::getter("hourCycle", |this, _, _| part(this, "hourCycle", |locale| keyword(locale, "hc"))),
        Export::getter("numeric", numeric),
        Export::getter("numberingSystem", |this, _, _| part(this, "numberingSystem", |locale| keyword(locale, "nu"))),
        Export::getter("calendars", calendars),
        Export::getter("collations", collations),
        Export::getter("hourCycles", hour_cycles),
        Export::getter("numberingSystems", numbering_systems),
        Export::getter("textInfo", text_info),
        Export::getter("timeZones", time_zones),
        Export::getter("weekInfo", week_info),
        Export::function("getCalendars", 0, calendars),
        Export::function("getCollations", 0, collations),
        Export::function("getHourCycles", 0, hour_cycles),
        Export::function("getNumberingSystems", 0, numbering_systems),
        Export::function("getTimeZones", 0, time_zones),
        Export::function("getTextInfo", 0, text_info),
        Export::function("getWeekInfo", 0, week_info),
    ],
    statics: &[],
};

#[derive(Trace, Finalize, JsData)]
struct LocaleObject {
    #[unsafe_ignore_trace]
    locale: Locale,
}

thread_local! {
    static EXPANDER: LocaleExpander = const { LocaleExpander::new_extended() };
}

/// The locale of an `Intl.Locale`.
pub(super) fn locale_of(value: &JsValue) -> Option<Locale> {
    value.as_object()?.downcast_ref::<LocaleObject>().map(|data| data.locale.clone())
}

fn incorrect() -> boa_engine::JsError {
    errors::plain(Base::Range, "Incorrect locale information provided")
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let tag = args.get_or_undefined(0);
    if !tag.is_string() && !tag.is_object() {
        return Err(errors::plain(Base::Type, "First argument to Intl.Locale constructor can't be empty or missing"));
    }
    let mut locale = match locale_of(tag) {
        Some(locale) => locale,
        None => locales::canonical(&tag.to_string(cx)?.to_std_string_lossy()).ok_or_else(incorrect)?,
    };
    let options = Options::coerced(args.get_or_undefined(1), "locale", cx)?;
    read_id(&mut locale, &options, cx)?;
    read_keywords(&mut locale, &options, cx)?;
    let locale = locales::canonical(&locale.to_string()).ok_or_else(incorrect)?;
    LOCALE.instance(LocaleObject { locale }, cx)
}

/// `ApplyOptionsToTag`
fn read_id(locale: &mut Locale, options: &Options, cx: &mut Context) -> JsResult<()> {
    if let Some(language) = options.text("language", cx)? {
        locale.id.language = language.parse().map_err(|_| incorrect())?;
    }
    if let Some(script) = options.text("script", cx)? {
        locale.id.script = Some(script.parse().map_err(|_| incorrect())?);
    }
    if let Some(region) = options.text("region", cx)? {
        locale.id.region = Some(region.parse().map_err(|_| incorrect())?);
    }
    if let Some(variants) = options.text("variants", cx)? {
        let mut id = locale.id.clone();
        id.variants.clear();
        let changed = locales::canonical(&format!("{id}-{variants}")).ok_or_else(incorrect)?;
        locale.id.variants = changed.id.variants;
    }
    Ok(())
}

fn read_keywords(locale: &mut Locale, options: &Options, cx: &mut Context) -> JsResult<()> {
    let free = |name: &'static str, cx: &mut Context| match options.text(name, cx)? {
        Some(text) if !is_type(&text) => Err(incorrect()),
        text => Ok(text),
    };
    let calendar = free("calendar", cx)?;
    let collation = free("collation", cx)?;
    let first_day = options.text("firstDayOfWeek", cx)?.map(|day| first_day(&day)).map_or(Ok(None), |day| day.map(Some).ok_or_else(incorrect))?;
    let cycle = options.choice("hourCycle", &["h11", "h12", "h23", "h24"], cx)?.map(str::to_owned);
    let case_first = options.choice("caseFirst", &["upper", "lower", "false"], cx)?.map(str::to_owned);
    let numeric = options.flag("numeric", cx)?.map(|yes| yes.to_string());
    let system = match options.text("numberingSystem", cx)? {
        Some(text) if !is_type(&text) => return Err(incorrect()),
        text => text,
    };
    for (key, value) in [("ca", calendar), ("co", collation), ("fw", first_day), ("hc", cycle), ("kf", case_first), ("kn", numeric), ("nu", system)] {
        let Some(value) = value else { continue };
        let (Ok(key), Ok(value)) = (key.parse::<Key>(), Value::try_from_str(&value.to_ascii_lowercase())) else { return Err(incorrect()) };
        locale.extensions.unicode.keywords.set(key, value);
    }
    Ok(())
}

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// `1` to `7` (and `0`) stand for Monday to Sunday.
fn first_day(text: &str) -> Option<String> {
    if let Ok(number) = text.parse::<usize>()
        && number <= 7
    {
        return DAYS.get((number + 6) % 7).map(|day| (*day).to_owned());
    }
    is_type(text).then(|| text.to_owned())
}

fn keyword(locale: &Locale, key: &str) -> Option<String> {
    let key = key.parse::<Key>().ok()?;
    locale.extensions.unicode.keywords.get(&key).map(ToString::to_string)
}

fn locale(this: &JsValue, name: &str) -> JsResult<Locale> {
    receiver(this, &format!("Intl.Locale.prototype.{name}"), |data: &LocaleObject| data.locale.clone()).map_err(|error| match this.as_object() {
        // The prototype itself shows by its tag.
        Some(object) if object.has_own_tag() => errors::plain(Base::Type, format!("Method Intl.Locale.prototype.{name} called on incompatible receiver [object Intl.Locale]")),
        _ => error,
    })
}

/// Whether an object is the prototype of locales, which V8 shows by its `toString`.
trait HasOwnTag {
    fn has_own_tag(&self) -> bool;
}

impl HasOwnTag for JsObject {
    fn has_own_tag(&self) -> bool {
        boa_engine::stack::constructor_name(self).to_std_string_lossy() == "Intl.Locale"
    }
}

fn part(this: &JsValue, name: &str, look: impl FnOnce(&Locale) -> Option<String>) -> JsResult<JsValue> {
    let locale = locale(this, name)?;
    Ok(look(&locale).map_or_else(JsValue::undefined, |text| js_string!(text).into()))
}

fn numeric(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    let value = keyword(&locale(this, "numeric")?, "kn");
    Ok(value.is_some_and(|value| value.is_empty() || value == "true").into())
}

fn to_string(this: &JsValue, _args: &[JsValue], _cx: &mut Context) -> JsResult<JsValue> {
    Ok(js_string!(locale(this, "toString")?.to_string()).into())
}

fn made(locale: Locale, cx: &mut Context) -> JsResult<JsValue> {
    let prototype = LOCALE.prototype(cx)?;
    Ok(JsObject::from_proto_and_data(prototype, LocaleObject { locale }).into())
}

/// The subtags that are likely; of a language nobody knows, those of American English.
fn add_likely(id: &mut LanguageIdentifier) {
    let asked = id.region;
    EXPANDER.with(|expander| expander.maximize(id));
    if id.language.is_unknown()
        && let Ok(english) = "en-Latn-US".parse::<LanguageIdentifier>()
    {
        id.language = english.language;
        id.script = id.script.or(english.script);
        id.region = id.region.or(english.region);
    }
    // As ICU does, where a region stands it stays, be it unknown.
    id.region = asked.or(id.region);
}

fn maximize(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut locale = locale(this, "maximize")?;
    add_likely(&mut locale.id);
    made(locale, cx)
}

fn minimize(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut locale = locale(this, "minimize")?;
    if locale.id.language.is_unknown() {
        add_likely(&mut locale.id);
    }
    EXPANDER.with(|expander| expander.minimize(&mut locale.id));
    made(locale, cx)
}

/// The region, or the one that is likely for the language.
fn region(locale: &Locale) -> String {
    let mut id = locale.id.clone();
    add_likely(&mut id);
    id.region.map_or_else(|| "001".to_owned(), |region| region.to_string())
}

fn array(values: &[&str], cx: &mut Context) -> JsValue {
    let values: Vec<JsValue> = values.iter().map(|value| js_string!(*value).into()).collect();
    JsArray::from_iter(values, cx).into()
}

/// The keyword of the tag alone, where it has it; else what is usual.
fn listed(this: &JsValue, name: &str, key: &str, usual: impl FnOnce(&Locale) -> Vec<&'static str>, cx: &mut Context) -> JsResult<JsValue> {
    let locale = locale(this, name)?;
    match keyword(&locale, key) {
        Some(value) => Ok(array(&[&value], cx)),
        None => Ok(array(&usual(&locale), cx)),
    }
}

fn calendars(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    listed(this, "getCalendars", "ca", |_| vec!["gregory"], cx)
}

fn collations(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    listed(this, "getCollations", "co", |_| vec!["emoji", "eor"], cx)
}

/// Regions where the clock usually counts to twelve.
const TWELVE: &str = "419 AE AG AL AR AS AU BB BD BH BM BN BO BS BT CA CL CO CR CU CY DJ DM DO DZ EC EG EH ER ET FJ FM GD GH GM GR GT GU GY HK HN IN IQ JM JO KH KI KN KP KR KW KY LB LC LR LS LY MH MO MP MR MW MX MY NA NI NZ OM PA PE PG PH PK PR PS PW PY QA SA SB SD SG SL SO SS SV SY SZ TC TD TN TO TT TW UM US UY VC VE VG VI VU WS YE ZM";

fn hour_cycles(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    listed(this, "getHourCycles", "hc", |locale| if TWELVE.split(' ').any(|known| known == region(locale)) { vec!["h12"] } else { vec!["h23"] }, cx)
}

fn numbering_systems(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    listed(this, "getNumberingSystems", "nu", |_| vec!["latn"], cx)
}

/// Scripts that are written from right to left.
const RIGHT_TO_LEFT: [&str; 14] = ["Adlm", "Arab", "Aran", "Hebr", "Mand", "Mend", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa", "Yezi", "Avst", "Phnx"];

fn text_info(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let mut id = locale(this, "getTextInfo")?.id;
    add_likely(&mut id);
    let is_right_to_left = id.script.is_some_and(|script| RIGHT_TO_LEFT.contains(&script.as_str()));
    let mut made = Listing::new(cx);
    made.text("direction", if is_right_to_left { "rtl" } else { "ltr" }, cx)?;
    Ok(made.into())
}

/// Time zones of regions that programs ask for most: `region|zone zone ...`
const ZONES_OF_REGIONS: &str = include_str!("data/region-zones.txt");

fn time_zones(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let locale = locale(this, "getTimeZones")?;
    let Some(region) = locale.id.region else { return Ok(JsValue::undefined()) };
    let zones: Vec<&str> = super::line_of(ZONES_OF_REGIONS, region.as_str()).and_then(|line| line.split('|').nth(1)).map(|zones| zones.split(' ').collect()).unwrap_or_default();
    Ok(array(&zones, cx))
}

/// Where the week begins with Sunday, Saturday, Friday; elsewhere with Monday.
const SUNDAY: &str = "AG AS BD BR BS BT BW BZ CA CO DM DO ET GT GU HK HN ID IL IN IS JM JP KE KH KR LA MH MM MO MT MX MZ NI NP PA PE PH PK PR PT PY SA SG SV TH TT TW UM US VE VI WS YE ZA ZW";
const SATURDAY: &str = "AE AF BH DJ DZ EG IQ IR JO KW LY OM QA SD SY";

fn week_info(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let locale = locale(this, "getWeekInfo")?;
    let region = region(&locale);
    let among = |regions: &str| regions.split(' ').any(|known| known == region);
    let asked = keyword(&locale, "fw").and_then(|day| DAYS.iter().position(|known| *known == day)).map(|day| day as i32 + 1);
    let first = asked.unwrap_or_else(|| {
        if among(SUNDAY) {
            7
        } else if among(SATURDAY) {
            6
        } else if region == "MV" {
            5
        } else {
            1
        }
    });
    let weekend: &[i32] = match region.as_str() {
        "BH" | "DZ" | "EG" | "IL" | "IQ" | "JO" | "KW" | "LY" | "OM" | "QA" | "SA" | "SD" | "SY" | "YE" => &[5, 6],
        "AF" => &[4, 5],
        "IR" => &[5],
        "IN" | "UG" => &[7],
        _ => &[6, 7],
    };
    let mut made = Listing::new(cx);
    made.put("firstDay", first, cx)?;
    made.put("weekend", JsArray::from_iter(weekend.iter().map(|day| JsValue::from(*day)).collect::<Vec<_>>(), cx), cx)?;
    Ok(made.into())
}
