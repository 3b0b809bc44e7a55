//! `Intl.PluralRules`: English's cardinal and ordinal categories.
//!
//! <https://tc39.es/ecma402/#pluralrules-objects>

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsResult, JsValue, Trace, js_string, object::builtins::JsArray};
use coil_engine::{
    errors::{self, Base},
    table::Export,
};

use super::{
    locales::{self, Resolved},
    number::{
        Listing,
        decimal::{Decimal, Kind},
        format::Settings,
        list_digits, list_rounding, options as number_options,
    },
    options::Options,
    service::{Service, receiver, supported, supported_locales_of},
};

pub(super) static PLURAL_RULES: Service = Service {
    name: "PluralRules",
    full_name: "Intl.PluralRules",
    length: 0,
    callable: false,
    init: construct,
    prototype: &[Export::function("resolvedOptions", 0, resolved_options), Export::function("select", 1, select), Export::function("selectRange", 2, select_range)],
    statics: &[supported_locales_of(|_, args, cx| supported(args, "Intl.PluralRules.supportedLocalesOf", cx))],
};

#[derive(Trace, Finalize, JsData)]
struct PluralRules {
    #[unsafe_ignore_trace]
    rules: Rc<Rules>,
}

struct Rules {
    locale: &'static str,
    is_ordinal: bool,
    settings: Settings,
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let asked = locales::list(args.get_or_undefined(0), cx)?;
    let options = Options::coerced(args.get_or_undefined(1), "Intl.PluralRules", cx)?;
    options.matcher(cx)?;
    let is_ordinal = options.choice("type", &["cardinal", "ordinal"], cx)? == Some("ordinal");
    let rounding = number_options::rounding(&options, 0, 3, false, cx)?;
    let locale = Resolved::of(&asked, &[]).language();
    let rules = Rules { locale, is_ordinal, settings: Settings { rounding, ..Settings::default() } };
    PLURAL_RULES.instance(PluralRules { rules: Rc::new(rules) }, cx)
}

impl Rules {
    fn category(&self, number: &Decimal) -> &'static str {
        if number.kind != Kind::Finite {
            return "other";
        }
        let rounded = self.settings.round(number);
        if !self.is_ordinal {
            return if rounded.is_one() { "one" } else { "other" };
        }
        ordinal_category(&rounded.whole, &rounded.fraction)
    }
}

/// `1st`, `2nd`, `3rd`, `4th`
fn ordinal_category(whole: &str, fraction: &str) -> &'static str {
    if fraction.bytes().any(|digit| digit != b'0') {
        return "other";
    }
    match whole.as_bytes() {
        [.., b'1', b'1' | b'2' | b'3'] => "other",
        [.., b'1'] => "one",
        [.., b'2'] => "two",
        [.., b'3'] => "few",
        _ => "other",
    }
}

fn rules(this: &JsValue, method: &str) -> JsResult<Rc<Rules>> {
    receiver(this, method, |data: &PluralRules| data.rules.clone())
}

fn select(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let rules = rules(this, "Intl.PluralRules.prototype.select")?;
    let number = Decimal::of(args.get_or_undefined(0).to_number(cx)?);
    Ok(js_string!(rules.category(&number)).into())
}

fn select_range(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    rules(this, "Intl.PluralRules.prototype.selectRange")?;
    let mut read = |at: usize, name: &str| {
        let value = args.get_or_undefined(at);
        if value.is_undefined() {
            return Err(errors::plain(Base::Type, format!("Invalid {name} : undefined")));
        }
        value.to_number(cx)
    };
    let (start, end) = (read(0, "startRange")?, read(1, "endRange")?);
    for (number, name) in [(start, "startRange"), (end, "endRange")] {
        if number.is_nan() {
            return Err(errors::plain(Base::Range, format!("Invalid {name} : NaN")));
        }
    }
    // A range is always many.
    Ok(js_string!("other").into())
}

fn resolved_options(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let rules = rules(this, "Intl.PluralRules.prototype.resolvedOptions")?;
    let mut made = Listing::new(cx);
    made.text("locale", rules.locale, cx)?;
    made.text("type", if rules.is_ordinal { "ordinal" } else { "cardinal" }, cx)?;
    list_digits(&mut made, &rules.settings.rounding, cx)?;
    let categories: &[&str] = if rules.is_ordinal { &["one", "two", "few", "other"] } else { &["one", "other"] };
    let categories: Vec<JsValue> = categories.iter().map(|category| js_string!(*category).into()).collect();
    made.put("pluralCategories", JsArray::from_iter(categories, cx), cx)?;
    list_rounding(&mut made, &rules.settings.rounding, cx)?;
    Ok(made.into())
}
