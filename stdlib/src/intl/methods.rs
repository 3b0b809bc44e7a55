//! The methods of other objects that stand on `Intl`, put on a realm's prototypes when it is made: a dozen function objects.

use boa_engine::{Context, JsArgs, JsResult, JsString, JsValue, js_string, object::builtins::JsTypedArray};
use coil_engine::{
    errors::{self, Base},
    table::{Export, define_all},
};

use super::{collator, date::methods as date, locales, number, service::shown};

static OF_NUMBER: &[Export] = &[Export::function("toLocaleString", 0, number::number_to_locale_string)];
static OF_BIGINT: &[Export] = &[Export::function("toLocaleString", 0, number::bigint_to_locale_string)];
static OF_ARRAY: &[Export] = &[Export::function("toLocaleString", 0, array_to_locale_string)];
static OF_TYPED_ARRAY: &[Export] = &[Export::function("toLocaleString", 0, typed_array_to_locale_string)];
static OF_STRING: &[Export] =
    &[Export::function("localeCompare", 1, collator::locale_compare), Export::function("toLocaleLowerCase", 0, to_locale_lower_case), Export::function("toLocaleUpperCase", 0, to_locale_upper_case)];
static OF_DATE: &[Export] = &[
    Export::function("toString", 0, date::to_string),
    Export::function("toTimeString", 0, date::to_time_string),
    Export::function("toLocaleString", 0, date::to_locale_string),
    Export::function("toLocaleDateString", 0, date::to_locale_date_string),
    Export::function("toLocaleTimeString", 0, date::to_locale_time_string),
];

/// Puts the methods on the prototypes of the realm that runs.
pub fn install(cx: &mut Context) -> JsResult<()> {
    let constructors = cx.intrinsics().constructors();
    let prototypes = [
        (constructors.number().prototype(), OF_NUMBER),
        (constructors.bigint().prototype(), OF_BIGINT),
        (constructors.array().prototype(), OF_ARRAY),
        (constructors.typed_array().prototype(), OF_TYPED_ARRAY),
        (constructors.string().prototype(), OF_STRING),
        (constructors.date().prototype(), OF_DATE),
    ];
    for (prototype, methods) in prototypes {
        define_all(&prototype, methods, false, cx)?;
    }
    Ok(())
}

/// `Array.prototype.toLocaleString(locales, options)`
fn array_to_locale_string(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    if this.is_null_or_undefined() {
        return Err(errors::plain(Base::Type, "Cannot convert undefined or null to object"));
    }
    let array = this.to_object(cx)?;
    let length = array.get(js_string!("length"), cx)?.to_length(cx)?;
    let _guard = match Visit::enter(&array, cx) {
        Some(guard) => guard,
        // An array within itself.
        None => return Ok(js_string!("").into()),
    };
    elements(&array, length, args, cx)
}

fn elements(array: &boa_engine::JsObject, length: u64, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let arguments = [args.get_or_undefined(0).clone(), args.get_or_undefined(1).clone()];
    let mut text: Vec<u16> = Vec::new();
    for at in 0..length {
        if at > 0 {
            text.push(u16::from(b','));
        }
        let element = array.get(at, cx)?;
        if element.is_null_or_undefined() {
            continue;
        }
        let method = element.to_object(cx)?.get(js_string!("toLocaleString"), cx)?;
        let Some(call) = method.as_callable() else {
            return Err(errors::plain(Base::Type, format!("{} {} is not a function", method.type_of(), shown(&method))));
        };
        let written = call.call(&element, &arguments, cx)?.to_string(cx)?;
        text.extend(written.iter());
    }
    Ok(JsString::from(text.as_slice()).into())
}

/// `%TypedArray%.prototype.toLocaleString(locales, options)`
fn typed_array_to_locale_string(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let found = this.as_object().and_then(|object| JsTypedArray::from_object(object).ok());
    let Some(array) = found else {
        return Err(errors::plain(Base::Type, "this is not a typed array."));
    };
    let length = array.length(cx)? as u64;
    elements(&array.into(), length, args, cx)
}

/// The arrays that are being written, so that one within itself ends.
#[derive(Default)]
struct Visiting(std::cell::RefCell<Vec<boa_engine::JsObject>>);

struct Visit(std::rc::Rc<Visiting>);

impl Visit {
    fn enter(array: &boa_engine::JsObject, cx: &Context) -> Option<Self> {
        let visiting = coil_engine::Host::of(cx).state::<Visiting>();
        if visiting.0.borrow().iter().any(|known| boa_engine::JsObject::equals(known, array)) {
            return None;
        }
        visiting.0.borrow_mut().push(array.clone());
        Some(Self(visiting))
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.0.borrow_mut().pop();
    }
}

/// Languages with rules of case of their own.
#[derive(Clone, Copy, PartialEq)]
enum Casing {
    Usual,
    Turkic,
    Lithuanian,
    Greek,
}

fn casing(args: &[JsValue], cx: &mut Context) -> JsResult<Casing> {
    let asked = locales::list(args.get_or_undefined(0), cx)?;
    Ok(match asked.first().map(locales::Asked::language) {
        Some("tr" | "az") => Casing::Turkic,
        Some("lt") => Casing::Lithuanian,
        Some("el") => Casing::Greek,
        _ => Casing::Usual,
    })
}

fn text_of(this: &JsValue, method: &str, cx: &mut Context) -> JsResult<JsString> {
    if this.is_null_or_undefined() {
        return Err(errors::plain(Base::Type, format!("String.prototype.{method} called on null or undefined")));
    }
    this.to_string(cx)
}

/// `String.prototype.toLocaleUpperCase(locales)`
fn to_locale_upper_case(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = text_of(this, "toLocaleUpperCase", cx)?;
    let prepared = match casing(args, cx)? {
        Casing::Turkic => replaced(&text, |unit, _| if unit == u16::from(b'i') { Some(0x130) } else { None }),
        Casing::Greek => js_string!(without_accents(&text.to_std_string_lossy())),
        Casing::Usual | Casing::Lithuanian => text,
    };
    changed(&prepared, "toUpperCase", cx)
}

/// `String.prototype.toLocaleLowerCase(locales)`
fn to_locale_lower_case(this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let text = text_of(this, "toLocaleLowerCase", cx)?;
    let prepared = match casing(args, cx)? {
        Casing::Turkic => {
            // A dot above joins the letter before it.
            let dotted = replaced(&text, |unit, next| match (unit, next) {
                (0x49, Some(0x307)) | (0x130, _) => Some(0x69),
                (0x49, _) => Some(0x131),
                _ => None,
            });
            let units: Vec<u16> = text.iter().collect();
            let joins = |at: usize, unit: u16| unit == 0x307 && at > 0 && units.get(at - 1) == Some(&0x49);
            let kept: Vec<u16> = dotted.iter().enumerate().filter(|(at, unit)| !joins(*at, *unit)).map(|(_, unit)| unit).collect();
            JsString::from(kept.as_slice())
        }
        _ => text,
    };
    changed(&prepared, "toLowerCase", cx)
}

/// Greek capitals have no accents. Where an accent told two vowels apart, a diaeresis does.
fn without_accents(text: &str) -> String {
    let is_greek = |letter: char| matches!(letter, '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}');
    let mut kept = String::with_capacity(text.len());
    let decomposed: Vec<char> = icu_normalizer::DecomposingNormalizerBorrowed::new_nfd().normalize(text).chars().collect();
    let (mut base, mut lost, mut lost_before) = ('\0', false, false);
    for (at, letter) in decomposed.iter().enumerate() {
        let is_mark = matches!(letter, '\u{300}'..='\u{345}');
        if is_mark && is_greek(base) && matches!(letter, '\u{300}' | '\u{301}' | '\u{313}' | '\u{314}' | '\u{342}') {
            lost = true;
            continue;
        }
        if !is_mark {
            (lost_before, lost, base) = (lost && !kept.ends_with('\u{308}'), false, *letter);
        }
        kept.push(*letter);
        let has_diaeresis = decomposed.get(at + 1) == Some(&'\u{308}');
        if lost_before && !is_mark && matches!(letter, 'ι' | 'υ' | 'Ι' | 'Υ') && !has_diaeresis {
            kept.push('\u{308}');
        }
    }
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(&kept).into_owned()
}

fn replaced(text: &JsString, replace: impl Fn(u16, Option<u16>) -> Option<u16>) -> JsString {
    let units: Vec<u16> = text.iter().collect();
    let changed: Vec<u16> = units.iter().enumerate().map(|(at, unit)| replace(*unit, units.get(at + 1).copied()).unwrap_or(*unit)).collect();
    JsString::from(changed.as_slice())
}

/// What the engine's own method makes of a text.
fn changed(text: &JsString, method: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let prototype = cx.intrinsics().constructors().string().prototype();
    match prototype.get(js_string!(method), cx)?.as_callable() {
        Some(function) => function.call(&text.clone().into(), &[], cx),
        None => Ok(text.clone().into()),
    }
}
