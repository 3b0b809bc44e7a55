//! `Intl.ListFormat`
//!
//! <https://tc39.es/ecma402/#listformat-objects>

use boa_engine::{Context, Finalize, JsArgs, JsData, JsResult, JsSymbol, JsValue, Trace, js_string};
use coil_engine::{
    errors::{self, Base},
    table::Export,
};

use super::{
    locales::{self, Resolved},
    number::Listing,
    options::Options,
    parts::Parts,
    service::{Service, receiver, shown, supported, supported_locales_of},
};

pub(super) static LIST_FORMAT: Service = Service {
    name: "ListFormat",
    full_name: "Intl.ListFormat",
    length: 0,
    callable: false,
    init: construct,
    prototype: &[Export::function("resolvedOptions", 0, resolved_options), Export::function("format", 1, format), Export::function("formatToParts", 1, format_to_parts)],
    statics: &[supported_locales_of(|_, args, cx| supported(args, "Intl.ListFormat.supportedLocalesOf", cx))],
};

#[derive(Clone, Trace, Finalize, JsData)]
struct ListFormat {
    #[unsafe_ignore_trace]
    locale: String,
    #[unsafe_ignore_trace]
    kind: &'static str,
    #[unsafe_ignore_trace]
    style: &'static str,
}

fn construct(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let asked = locales::list(args.get_or_undefined(0), cx)?;
    let options = Options::strict(args.get_or_undefined(1), "Intl.ListFormat")?;
    options.matcher(cx)?;
    let locale = Resolved::of(&asked, &[]).tag();
    let kind = options.choice("type", &["conjunction", "disjunction", "unit"], cx)?.unwrap_or("conjunction");
    let style = options.choice("style", &["long", "short", "narrow"], cx)?.unwrap_or("long");
    LIST_FORMAT.instance(ListFormat { locale, kind, style }, cx)
}

/// What stands between two, before the last of more, and between the others.
pub(super) fn separators(kind: &str, style: &str) -> (&'static str, &'static str, &'static str) {
    match (kind, style) {
        ("conjunction", "long") => (" and ", ", and ", ", "),
        ("conjunction", "short") => (" & ", ", & ", ", "),
        ("disjunction", _) => (" or ", ", or ", ", "),
        ("unit", "narrow") => (" ", " ", " "),
        _ => (", ", ", ", ", "),
    }
}

impl ListFormat {
    fn parts(&self, items: &[String]) -> Parts {
        let (pair, last, other) = separators(self.kind, self.style);
        let mut parts = Parts::default();
        for (at, item) in items.iter().enumerate() {
            let separator = match at {
                0 => "",
                1 if items.len() == 2 => pair,
                _ if at + 1 == items.len() => last,
                _ => other,
            };
            parts.push("literal", separator);
            // An empty element is an element.
            parts.0.push(super::parts::Part { kind: "element", value: item.clone(), source: "" });
        }
        parts
    }
}

/// `StringListFromIterable`
fn strings(value: &JsValue, cx: &mut Context) -> JsResult<Vec<String>> {
    let mut found = Vec::new();
    if value.is_undefined() {
        return Ok(found);
    }
    let method = if value.is_null() { JsValue::undefined() } else { value.to_object(cx)?.get(JsSymbol::iterator(), cx)? };
    let Some(method) = method.as_callable() else {
        let text = if value.is_object() { shown(value) } else { format!("{} {}", value.type_of(), shown(value)) };
        return Err(errors::plain(Base::Type, format!("{text} is not iterable (cannot read property Symbol(Symbol.iterator))")));
    };
    let iterator = method.call(value, &[], cx)?;
    let not_an_object = || errors::plain(Base::Type, "Result of the Symbol.iterator method is not an object");
    let iterator = iterator.as_object().ok_or_else(not_an_object)?;
    let next = iterator.get(js_string!("next"), cx)?;
    let next = next.as_callable().ok_or_else(|| errors::plain(Base::Type, "iterator.next is not a function"))?;
    loop {
        let result = next.call(&iterator.clone().into(), &[], cx)?;
        let result = result.as_object().ok_or_else(|| errors::plain(Base::Type, format!("Iterator result {} is not an object", shown(&result))))?;
        if result.get(js_string!("done"), cx)?.to_boolean() {
            return Ok(found);
        }
        let item = result.get(js_string!("value"), cx)?;
        match item.as_string() {
            Some(text) => found.push(text.to_std_string_lossy()),
            None => {
                // What closing throws gives way to our error.
                if let Ok(close) = iterator.get(js_string!("return"), cx)
                    && let Some(close) = close.as_callable()
                {
                    let _ = close.call(&iterator.clone().into(), &[], cx);
                }
                return Err(errors::plain(Base::Type, format!("Iterable yielded {} which is not a string", shown(&item))));
            }
        }
    }
}

fn format(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = receiver(this, "Intl.ListFormat.prototype.format", ListFormat::clone)?;
    let items = strings(args.get_or_undefined(0), cx)?;
    Ok(list.parts(&items).to_js_string())
}

fn format_to_parts(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = receiver(this, "Intl.ListFormat.prototype.formatToParts", ListFormat::clone)?;
    let items = strings(args.get_or_undefined(0), cx)?;
    list.parts(&items).to_array(None, cx)
}

fn resolved_options(this: &JsValue, _args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let list = receiver(this, "Intl.ListFormat.prototype.resolvedOptions", ListFormat::clone)?;
    let mut made = Listing::new(cx);
    made.text("locale", &list.locale, cx)?;
    made.text("type", list.kind, cx)?;
    made.text("style", list.style, cx)?;
    Ok(made.into())
}
