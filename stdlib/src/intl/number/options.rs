//! The options of `NumberFormat`, in the order in which the specification reads them.
//!
//! <https://tc39.es/ecma402/#sec-intl.numberformat>

use boa_engine::{Context, JsResult, JsValue};
use coil_engine::errors::{self, Base};

use super::{
    NumberFormat, data,
    decimal::{MODES, Mode},
    format::{CurrencyDisplay, Grouping, Notation, Priority, Rounding, Settings, SignDisplay, Style, Width},
};
use crate::intl::{
    locales::{self, Resolved},
    options::{Options, count_of},
};

const OWNER: &str = "Intl.NumberFormat";

/// `new Intl.NumberFormat(locales, options)`
pub(crate) fn read(locales: &JsValue, options: &JsValue, cx: &mut Context) -> JsResult<NumberFormat> {
    let asked = locales::list(locales, cx)?;
    let options = Options::coerced(options, OWNER, cx)?;
    options.matcher(cx)?;
    let system = options.keyword("numberingSystem", cx)?;
    let mut resolved = Resolved::of(&asked, &["nu"]);
    let system = resolved.choose("nu", system, |name| data::numbering_system(name).is_some());
    let digits = system.and_then(|name| data::numbering_system(&name)).unwrap_or(data::latin());
    let style = style(&options, cx)?;
    let notation = options.choice("notation", &["standard", "scientific", "engineering", "compact"], cx)?.unwrap_or("standard");
    let (least, most) = match &style {
        Style::Currency { code, .. } if notation == "standard" => (data::currency_digits(code), data::currency_digits(code)),
        Style::Percent => (0, 0),
        _ => (0, 3),
    };
    let rounding = rounding(&options, least, most, notation == "compact", cx)?;
    let is_long = options.choice("compactDisplay", &["short", "long"], cx)? == Some("long");
    let grouping = grouping(&options, notation == "compact", cx)?;
    let sign = match options.choice("signDisplay", &["auto", "never", "always", "exceptZero", "negative"], cx)? {
        Some("never") => SignDisplay::Never,
        Some("always") => SignDisplay::Always,
        Some("exceptZero") => SignDisplay::ExceptZero,
        Some("negative") => SignDisplay::Negative,
        _ => SignDisplay::Auto,
    };
    let notation = match notation {
        "scientific" => Notation::Scientific,
        "engineering" => Notation::Engineering,
        "compact" => Notation::Compact { is_long },
        _ => Notation::Standard,
    };
    Ok(NumberFormat::new(resolved.tag(), Settings { style, notation, grouping, sign, rounding, digits }))
}

fn style(options: &Options, cx: &mut Context) -> JsResult<Style> {
    let style = options.choice("style", &["decimal", "percent", "currency", "unit"], cx)?.unwrap_or("decimal");
    let code = options.text("currency", cx)?;
    if let Some(code) = &code
        && !(code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()))
    {
        return Err(errors::plain(Base::Range, format!("Invalid currency code : {code}")));
    }
    if style == "currency" && code.is_none() {
        return Err(errors::plain(Base::Type, "Currency code is required with currency style."));
    }
    let display = match options.choice("currencyDisplay", &["code", "symbol", "name", "narrowSymbol"], cx)? {
        Some("code") => CurrencyDisplay::Code,
        Some("name") => CurrencyDisplay::Name,
        Some("narrowSymbol") => CurrencyDisplay::NarrowSymbol,
        _ => CurrencyDisplay::Symbol,
    };
    let is_accounting = options.choice("currencySign", &["standard", "accounting"], cx)? == Some("accounting");
    let unit = options.text("unit", cx)?;
    if let Some(unit) = &unit
        && !data::is_unit(unit)
    {
        return Err(errors::plain(Base::Range, format!("Invalid unit argument for Intl.NumberFormat() '{unit}'")));
    }
    let width = match options.choice("unitDisplay", &["short", "narrow", "long"], cx)? {
        Some("long") => Width::Long,
        Some("narrow") => Width::Narrow,
        _ => Width::Short,
    };
    Ok(match (style, code, unit) {
        ("percent", ..) => Style::Percent,
        ("currency", Some(code), _) => Style::Currency { code: code.to_ascii_uppercase(), display, is_accounting },
        ("unit", _, Some(unit)) => Style::Unit { unit, display: width },
        ("unit", _, None) => return Err(errors::plain(Base::Type, "Invalid unit argument for Intl.NumberFormat() ''")),
        _ => Style::Decimal,
    })
}

/// `roundingIncrement` may be one of these.
const INCREMENTS: [u32; 15] = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000];

/// `SetNumberFormatDigitOptions`
pub(crate) fn rounding(options: &Options, least: u32, most: u32, is_compact: bool, cx: &mut Context) -> JsResult<Rounding> {
    let whole_min = options.count("minimumIntegerDigits", 1, 21, cx)?.unwrap_or(1);
    let fraction_min = options.get("minimumFractionDigits", cx)?;
    let fraction_max = options.get("maximumFractionDigits", cx)?;
    let significant_min = options.get("minimumSignificantDigits", cx)?;
    let significant_max = options.get("maximumSignificantDigits", cx)?;
    let increment = options.count("roundingIncrement", 1, 5000, cx)?.unwrap_or(1);
    if !INCREMENTS.contains(&increment) {
        return Err(errors::plain(Base::Range, "roundingIncrement value is out of range."));
    }
    let names: Vec<&'static str> = MODES.iter().map(|(name, _)| *name).collect();
    let mode = options.choice("roundingMode", &names, cx)?;
    let mode = MODES.iter().find(|(name, _)| Some(*name) == mode).map_or(Mode::HalfExpand, |(_, mode)| *mode);
    let priority = match options.choice("roundingPriority", &["auto", "morePrecision", "lessPrecision"], cx)? {
        Some("morePrecision") => Priority::MorePrecision,
        Some("lessPrecision") => Priority::LessPrecision,
        _ => Priority::Auto,
    };
    let strips_zeros = options.choice("trailingZeroDisplay", &["auto", "stripIfInteger"], cx)? == Some("stripIfInteger");
    let most = if increment == 1 { most } else { least };

    let has_significant = significant_min.is_some() || significant_max.is_some();
    let has_fraction = fraction_min.is_some() || fraction_max.is_some();
    let is_auto = priority == Priority::Auto;
    let needs_significant = !is_auto || has_significant;
    let needs_fraction = !is_auto || !(has_significant || !has_fraction && is_compact);
    let count = |value: Option<JsValue>, name: &str, min: u32, max: u32, usual: u32, cx: &mut Context| match value {
        Some(value) => count_of(&value, name, min, max, cx),
        None => Ok(usual),
    };
    let significant = match needs_significant {
        true => {
            let min = count(significant_min, "minimumSignificantDigits", 1, 21, 1, cx)?;
            Some((min, count(significant_max, "maximumSignificantDigits", min, 21, 21, cx)?))
        }
        false => None,
    };
    let fraction = match needs_fraction {
        true => Some(fraction_digits(fraction_min, fraction_max, least, most, cx)?),
        false => None,
    };
    let mut rounding = Rounding { whole_min, fraction, significant, priority, increment, mode, strips_zeros };
    if fraction.is_none() && significant.is_none() {
        (rounding.fraction, rounding.significant, rounding.priority) = (Some((0, 0)), Some((1, 2)), Priority::MorePrecision);
    }
    if increment != 1 {
        if rounding.significant.is_some() {
            return Err(errors::plain(Base::Type, "RoundingType is not fractionDigits"));
        }
        if rounding.fraction.is_some_and(|(min, max)| min != max) {
            return Err(errors::plain(Base::Range, "maximumFractionDigits value is out of range."));
        }
    }
    Ok(rounding)
}

fn fraction_digits(min: Option<JsValue>, max: Option<JsValue>, least: u32, most: u32, cx: &mut Context) -> JsResult<(u32, u32)> {
    let min = min.map(|value| count_of(&value, "minimumFractionDigits", 0, 100, cx)).transpose()?;
    let max = max.map(|value| count_of(&value, "maximumFractionDigits", 0, 100, cx)).transpose()?;
    match (min, max) {
        (None, None) => Ok((least, most)),
        (Some(min), None) => Ok((min, most.max(min))),
        (None, Some(max)) => Ok((least.min(max), max)),
        (Some(min), Some(max)) if min <= max => Ok((min, max)),
        _ => Err(errors::plain(Base::Range, "maximumFractionDigits value is out of range.")),
    }
}

fn grouping(options: &Options, is_compact: bool, cx: &mut Context) -> JsResult<Grouping> {
    let usual = if is_compact { Grouping::Min2 } else { Grouping::Auto };
    let Some(value) = options.get("useGrouping", cx)? else { return Ok(usual) };
    if value.as_boolean() == Some(true) {
        return Ok(Grouping::Always);
    }
    if !value.to_boolean() {
        return Ok(Grouping::Never);
    }
    let text = value.to_string(cx)?.to_std_string_lossy();
    match text.as_str() {
        "true" | "false" => Ok(usual),
        "min2" => Ok(Grouping::Min2),
        "auto" => Ok(Grouping::Auto),
        "always" => Ok(Grouping::Always),
        _ => Err(options.out_of_range("useGrouping", &text)),
    }
}
