//! `Intl.Collator`, and `String.prototype.localeCompare`.
//!
//! <https://tc39.es/ecma402/#collator-objects>

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, Trace};
use boa_gc::GcRefCell;
use coil_engine::{
    errors::{self, Base},
    table::Export,
};

use super::{
    collation::{Rules, Sensitivity},
    locales::{self, Resolved},
    number::Listing,
    options::Options,
    service::{Bound, Service, bound, receiver, supported, supported_locales_of},
};

pub(super) static COLLATOR: Service = Service {
    name: "Collator",
    full_name: "Intl.Collator",
    length: 0,
    callable: true,
    init: construct,
    prototype: &[Export::function("resolvedOptions", 0, resolved_options), Export::getter("compare", compare)],
    statics: &[supported_locales_of(|_, args, cx| supported(args, "Intl.Collator.supportedLocalesOf", cx))],
};

#[derive(Trace, Finalize, JsData)]
struct Collator {
    #[unsafe_ignore_trace]
    locale: String,
    #[unsafe_ignore_trace]
    is_search: bool,
    #[unsafe_ignore_trace]
    rules: Rules,
    /// `caseFirst` as it was asked for.
    #[unsafe_ignore_trace]
    case_first: &'static str,
    /// The function that `compare` gives, once it was asked for.
    bound: GcRefCell<Option<JsObject>>,
}

fn read(locales: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<Collator> {
    let asked = locales::list(locales, cx)?;
    let options = Options::coerced(options, "Intl.Collator", cx)?;
    let is_search = options.choice("usage", &["sort", "search"], cx)? == Some("search");
    options.matcher(cx)?;
    options.keyword("collation", cx)?;
    let numeric = options.flag("numeric", cx)?;
    let case_first = options.choice("caseFirst", &["upper", "lower", "false"], cx)?;
    let mut resolved = Resolved::of(&asked, &["kn", "kf"]);
    let numeric = resolved.choose("kn", numeric.map(|yes| yes.to_string()), |value| matches!(value, "true" | "false"));
    let case_first = resolved.choose("kf", case_first.map(str::to_owned), |value| matches!(value, "upper" | "lower" | "false"));
    let case_first = match case_first.as_deref() {
        Some("upper") => "upper",
        Some("lower") => "lower",
        _ => "false",
    };
    let sensitivity = match options.choice("sensitivity", &["base", "accent", "case", "variant"], cx)? {
        Some("base") => Sensitivity::Base,
        Some("accent") => Sensitivity::Accent,
        Some("case") => Sensitivity::Case,
        _ => Sensitivity::Variant,
    };
    let ignores_punctuation = options.flag("ignorePunctuation", cx)?.unwrap_or(false);
    let rules = Rules { is_numeric: numeric.as_deref() == Some("true"), upper_first: case_first == "upper", sensitivity, ignores_punctuation };
    Ok(Collator { locale: resolved.tag(), is_search, rules, case_first, bound: GcRefCell::new(None) })
}

impl Bound for Collator {
    fn bound(&self) -> &GcRefCell<Option<JsObject>> {
        &self.bound
    }
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let made = read(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    COLLATOR.instance(made, cx)
}

/// `get Intl.Collator.prototype.compare`: a function bound to its collator.
fn compare(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let call = |_this: &JsValue, args: &[JsValue], object: &JsObject, cx: &mut Context| {
        let x = args.get_or_undefined(0).to_string(cx)?;
        let y = args.get_or_undefined(1).to_string(cx)?;
        let rules = object.downcast_ref::<Collator>().map_or_else(Rules::default, |data| data.rules);
        Ok(order(&rules, &x, &y))
    };
    bound::<Collator>(this, "get Intl.Collator.prototype.compare", 2, call, cx)
}

fn order(rules: &Rules, x: &JsString, y: &JsString) -> JsValue {
    JsValue::from(rules.compare(x, y) as i32)
}

fn resolved_options(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let (locale, is_search, rules, case_first) = receiver(this, "Intl.Collator.prototype.resolvedOptions", |data: &Collator| (data.locale.clone(), data.is_search, data.rules, data.case_first))?;
    let mut made = Listing::new(cx);
    made.text("locale", &locale, cx)?;
    made.text("usage", if is_search { "search" } else { "sort" }, cx)?;
    let sensitivity = match rules.sensitivity {
        Sensitivity::Base => "base",
        Sensitivity::Accent => "accent",
        Sensitivity::Case => "case",
        Sensitivity::Variant => "variant",
    };
    made.text("sensitivity", sensitivity, cx)?;
    made.put("ignorePunctuation", rules.ignores_punctuation, cx)?;
    made.text("collation", "default", cx)?;
    made.put("numeric", rules.is_numeric, cx)?;
    made.text("caseFirst", case_first, cx)?;
    Ok(made.into())
}

/// `String.prototype.localeCompare(that, locales, options)`
pub(super) fn locale_compare(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if this.is_null_or_undefined() {
        return Err(errors::plain(Base::Type, "String.prototype.localeCompare called on null or undefined"));
    }
    let text = this.to_string(cx)?;
    let that = args.get_or_undefined(0).to_string(cx)?;
    let (locales, options) = (args.get_or_undefined(1), args.get_or_undefined(2));
    if locales.is_undefined() && options.is_undefined() {
        return Ok(order(&Rules::default(), &text, &that));
    }
    let rules = read(locales, options, cx)?.rules;
    Ok(order(&rules, &text, &that))
}
