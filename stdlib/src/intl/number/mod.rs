//! `Intl.NumberFormat`, and `toLocaleString` of numbers and large integers.
//!
//! <https://tc39.es/ecma402/#numberformat-objects>

use std::rc::Rc;

use boa_engine::{Context, Finalize, JsArgs, JsData, JsObject, JsResult, JsString, JsValue, JsVariant, Trace, js_string};
use boa_gc::GcRefCell;
use coil_engine::{
    errors::{self, Base},
    table::Export,
};

use super::service::{Bound, Service, bound, incompatible, receiver, shown, supported, supported_locales_of};

pub(super) mod data;
pub(super) mod decimal;
pub(super) mod format;
pub(super) mod options;

use decimal::{Decimal, Kind, MODES};
use format::{CurrencyDisplay, Grouping, Notation, Priority, Rounding, Settings, SignDisplay, Style, Width};

pub(super) static NUMBER_FORMAT: Service = Service {
    name: "NumberFormat",
    full_name: "Intl.NumberFormat",
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
    statics: &[supported_locales_of(|_, args, cx| supported(args, "Intl.NumberFormat.supportedLocalesOf", cx))],
};

/// The state of an instance.
#[derive(Trace, Finalize, JsData)]
pub(crate) struct NumberFormat {
    #[unsafe_ignore_trace]
    pub(crate) locale: Rc<str>,
    #[unsafe_ignore_trace]
    pub(crate) settings: Rc<Settings>,
    /// The function that `format` gives, once it was asked for.
    bound: GcRefCell<Option<JsObject>>,
}

impl Bound for NumberFormat {
    fn bound(&self) -> &GcRefCell<Option<JsObject>> {
        &self.bound
    }
}

impl NumberFormat {
    pub(crate) fn new(locale: String, settings: Settings) -> Self {
        Self { locale: locale.into(), settings: Rc::new(settings), bound: GcRefCell::new(None) }
    }
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let made = options::read(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    NUMBER_FORMAT.instance(made, cx)
}

fn settings(this: &JsValue, method: &str) -> JsResult<Rc<Settings>> {
    receiver(this, method, |data: &NumberFormat| data.settings.clone())
}

/// `get Intl.NumberFormat.prototype.format`: a function bound to its format.
fn format(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let call = |_this: &JsValue, args: &[JsValue], object: &JsObject, cx: &mut Context| {
        let settings = settings(&object.clone().into(), "Intl.NumberFormat.prototype.format")?;
        let number = Decimal::of_js(args.get_or_undefined(0), cx)?;
        Ok(settings.format(&number).to_js_string())
    };
    // V8 names no receiver here.
    bound::<NumberFormat>(this, "UnwrapNumberFormat", 1, call, cx).map_err(|_| incompatible("UnwrapNumberFormat", &JsValue::undefined()))
}

fn format_to_parts(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let settings = settings(this, "Intl.NumberFormat.prototype.formatToParts")?;
    let number = Decimal::of_js(args.get_or_undefined(0), cx)?;
    settings.format(&number).to_array(None, cx)
}

/// The two ends of a range, which must be there and numbers.
fn ends(args: &[JsValue], cx: &mut Context) -> JsResult<(Decimal, Decimal)> {
    let mut read = |at: usize, name: &str| {
        let value = args.get_or_undefined(at);
        if value.is_undefined() {
            return Err(errors::plain(Base::Type, format!("Invalid {name} : undefined")));
        }
        Decimal::of_js(value, cx).map(|number| (number, shown(value)))
    };
    let (start, shown_start) = read(0, "start")?;
    let (end, shown_end) = read(1, "end")?;
    for (number, name, text) in [(&start, "start", shown_start), (&end, "end", shown_end)] {
        if number.kind == Kind::NaN {
            return Err(errors::plain(Base::Range, format!("Invalid {name} : {text}")));
        }
    }
    Ok((start, end))
}

fn format_range(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let settings = settings(this, "Intl.NumberFormat.prototype.formatRange")?;
    let (start, end) = ends(args, cx)?;
    Ok(settings.format_range(&start, &end).to_js_string())
}

fn format_range_to_parts(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let settings = settings(this, "Intl.NumberFormat.prototype.formatRangeToParts")?;
    let (start, end) = ends(args, cx)?;
    settings.format_range(&start, &end).to_array(None, cx)
}

fn resolved_options(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let found = receiver(this, "UnwrapNumberFormat", |data: &NumberFormat| (data.locale.clone(), data.settings.clone()));
    let (locale, settings) = found.map_err(|_| incompatible("UnwrapNumberFormat", &JsValue::undefined()))?;
    let mut made = Listing::new(cx);
    made.text("locale", &locale, cx)?;
    made.text("numberingSystem", settings.digits.name, cx)?;
    match &settings.style {
        Style::Decimal => made.text("style", "decimal", cx)?,
        Style::Percent => made.text("style", "percent", cx)?,
        Style::Currency { code, display, is_accounting } => {
            made.text("style", "currency", cx)?;
            made.text("currency", code, cx)?;
            let display = match display {
                CurrencyDisplay::Code => "code",
                CurrencyDisplay::Symbol => "symbol",
                CurrencyDisplay::NarrowSymbol => "narrowSymbol",
                CurrencyDisplay::Name => "name",
            };
            made.text("currencyDisplay", display, cx)?;
            made.text("currencySign", if *is_accounting && settings.sign != SignDisplay::Never { "accounting" } else { "standard" }, cx)?;
        }
        Style::Unit { unit, display } => {
            made.text("style", "unit", cx)?;
            made.text("unit", unit, cx)?;
            made.text("unitDisplay", width_name(*display), cx)?;
        }
    }
    list_digits(&mut made, &settings.rounding, cx)?;
    match settings.grouping {
        Grouping::Never => made.put("useGrouping", false, cx)?,
        Grouping::Auto => made.text("useGrouping", "auto", cx)?,
        Grouping::Always => made.text("useGrouping", "always", cx)?,
        Grouping::Min2 => made.text("useGrouping", "min2", cx)?,
    }
    match settings.notation {
        Notation::Standard => made.text("notation", "standard", cx)?,
        Notation::Scientific => made.text("notation", "scientific", cx)?,
        Notation::Engineering => made.text("notation", "engineering", cx)?,
        Notation::Compact { is_long } => {
            made.text("notation", "compact", cx)?;
            made.text("compactDisplay", if is_long { "long" } else { "short" }, cx)?;
        }
    }
    let sign = match settings.sign {
        SignDisplay::Auto => "auto",
        SignDisplay::Always => "always",
        SignDisplay::Never => "never",
        SignDisplay::ExceptZero => "exceptZero",
        SignDisplay::Negative => "negative",
    };
    made.text("signDisplay", sign, cx)?;
    list_rounding(&mut made, &settings.rounding, cx)?;
    Ok(made.into())
}

pub(super) fn width_name(width: Width) -> &'static str {
    match width {
        Width::Long => "long",
        Width::Short => "short",
        Width::Narrow => "narrow",
    }
}

/// The digit options as `resolvedOptions` lists them.
pub(super) fn list_digits(made: &mut Listing, rounding: &Rounding, cx: &mut Context) -> JsResult<()> {
    made.put("minimumIntegerDigits", rounding.whole_min, cx)?;
    if let Some((min, max)) = rounding.fraction {
        made.put("minimumFractionDigits", min, cx)?;
        made.put("maximumFractionDigits", max, cx)?;
    }
    if let Some((min, max)) = rounding.significant {
        made.put("minimumSignificantDigits", min, cx)?;
        made.put("maximumSignificantDigits", max, cx)?;
    }
    Ok(())
}

/// The rounding options as `resolvedOptions` lists them.
pub(super) fn list_rounding(made: &mut Listing, rounding: &Rounding, cx: &mut Context) -> JsResult<()> {
    made.put("roundingIncrement", rounding.increment, cx)?;
    let mode = MODES.iter().find(|(_, mode)| *mode == rounding.mode).map_or("halfExpand", |(name, _)| name);
    made.text("roundingMode", mode, cx)?;
    let priority = match rounding.priority {
        Priority::Auto => "auto",
        Priority::MorePrecision => "morePrecision",
        Priority::LessPrecision => "lessPrecision",
    };
    made.text("roundingPriority", priority, cx)?;
    made.text("trailingZeroDisplay", if rounding.strips_zeros { "stripIfInteger" } else { "auto" }, cx)
}

/// A plain object in the making: what `resolvedOptions` gives.
pub(super) struct Listing(JsObject);

impl Listing {
    pub(super) fn new(cx: &Context) -> Self {
        Self(JsObject::with_object_proto(cx.intrinsics()))
    }

    pub(super) fn put(&mut self, key: &'static str, value: impl Into<JsValue>, cx: &mut Context) -> JsResult<()> {
        self.0.create_data_property_or_throw(js_string!(key), value.into(), cx)?;
        Ok(())
    }

    pub(super) fn text(&mut self, key: &'static str, value: &str, cx: &mut Context) -> JsResult<()> {
        self.put(key, js_string!(value), cx)
    }
}

impl From<Listing> for JsValue {
    fn from(made: Listing) -> Self {
        made.0.into()
    }
}

/// `Number.prototype.toLocaleString(locales, options)`
pub(super) fn number_to_locale_string(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let number = match this.variant() {
        JsVariant::Object(object) => object.downcast_ref::<f64>().map(|number| *number),
        _ => this.as_number(),
    };
    let Some(number) = number else {
        return Err(errors::plain(Base::Type, "Number.prototype.toLocaleString requires that 'this' be a Number"));
    };
    if args.get_or_undefined(0).is_undefined() && args.get_or_undefined(1).is_undefined() {
        return Ok(JsString::from(format::plain(number)).into());
    }
    let made = options::read(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    Ok(made.settings.format(&Decimal::of(number)).to_js_string())
}

/// `BigInt.prototype.toLocaleString(locales, options)`
pub(super) fn bigint_to_locale_string(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let integer = match this.variant() {
        JsVariant::Object(object) => object.downcast_ref::<boa_engine::JsBigInt>().map(|integer| integer.to_string()),
        _ => this.as_bigint().map(|integer| integer.to_string()),
    };
    let Some(integer) = integer else {
        return Err(errors::plain(Base::Type, "BigInt.prototype.toLocaleString requires that 'this' be a BigInt"));
    };
    let made = options::read(args.get_or_undefined(0), args.get_or_undefined(1), cx)?;
    Ok(made.settings.format(&Decimal::of_integer(&integer)).to_js_string())
}
