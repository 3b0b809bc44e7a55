//! Language tags: reading, canonical form, and which of them there is data for.
//!
//! <https://tc39.es/ecma402/#sec-canonicalizelocalelist>, <https://tc39.es/ecma402/#sec-resolvelocale>

use std::fmt;

use boa_engine::{Context, JsError, JsResult, JsValue, js_string, object::builtins::JsArray};
use coil_engine::errors::{self, Base};
use icu_locale::LocaleCanonicalizer;
use icu_locale_core::{
    Locale,
    extensions::unicode::{Key, Value},
};

use super::{locale_object, options::Options};

/// What a service uses where none of the asked locales is there.
pub(super) const DEFAULT: &str = "en-US";

thread_local! {
    static CANONICALIZER: LocaleCanonicalizer = const { LocaleCanonicalizer::new_extended() };
}

/// A tag's locale in canonical form; `None` for what is no tag.
pub(super) fn canonical(tag: &str) -> Option<Locale> {
    if tag.is_empty() || tag.contains('_') || !tag.is_ascii() {
        return None;
    }
    let first = tag.split('-').next().unwrap_or(tag);
    if first.len() < 2 || has_duplicates(tag) {
        return None;
    }
    let mut locale = Locale::try_from_str(tag).ok()?;
    // "root" is a locale of ICU, not a language.
    if first.len() == 4 {
        return None;
    }
    CANONICALIZER.with(|canonicalizer| canonicalizer.canonicalize(&mut locale));
    with_usual_types(&mut locale);
    Some(locale)
}

/// Other names of calendars, and the variant that ICU has as a keyword.
fn with_usual_types(locale: &mut Locale) {
    let keywords = &mut locale.extensions.unicode.keywords;
    let calendar = "ca".parse::<Key>().ok();
    let usual = match calendar.and_then(|key| keywords.get(&key)).map(ToString::to_string).as_deref() {
        Some("islamicc") => Some("islamic-civil"),
        Some("ethiopic-amete-alem") => Some("ethioaa"),
        Some("gregorian") => Some("gregory"),
        _ => None,
    };
    if let (Some(key), Some(usual)) = (calendar, usual.and_then(|usual| Value::try_from_str(usual).ok())) {
        keywords.set(key, usual);
    }
    let posix = locale.id.variants.iter().find(|variant| variant.as_str() == "posix").copied();
    if let (Some(variant), Ok(key), Ok(value)) = (posix, "va".parse::<Key>(), Value::try_from_str("posix")) {
        locale.id.variants.remove(&variant);
        keywords.set(key, value);
    }
}

/// A variant or an extension that stands twice makes a tag invalid.
fn has_duplicates(tag: &str) -> bool {
    let lower = tag.to_ascii_lowercase();
    let mut seen_singletons = Vec::new();
    let mut seen_variants = Vec::new();
    for (at, part) in lower.split('-').enumerate() {
        if part == "x" {
            break;
        }
        if part.len() == 1 {
            if seen_singletons.contains(&part) {
                return true;
            }
            seen_singletons.push(part);
        } else if at > 0 && seen_singletons.is_empty() && (part.len() >= 5 || part.len() == 4 && part.starts_with(|first: char| first.is_ascii_digit())) {
            if seen_variants.contains(&part) {
                return true;
            }
            seen_variants.push(part);
        }
    }
    false
}

pub(super) fn invalid_tag(tag: &str) -> JsError {
    errors::plain(Base::Range, format!("Invalid language tag: {tag}"))
}

/// A locale that is asked for.
#[derive(PartialEq)]
pub(super) struct Asked {
    locale: Locale,
    /// A language of five to eight letters, in lower case. BCP 47 allows for such and there is none ("default" and "generic" are
    /// what programs write); `Locale` has no room for it and says `und`.
    long_language: Option<String>,
}

impl Asked {
    fn of_tag(tag: &str) -> Option<Self> {
        let (first, rest) = tag.split_at(tag.find('-').unwrap_or(tag.len()));
        if !(5..=8).contains(&first.len()) || !first.bytes().all(|byte| byte.is_ascii_alphabetic()) {
            return canonical(tag).map(Self::from);
        }
        canonical(&format!("und{rest}")).map(|locale| Self { locale, long_language: Some(first.to_ascii_lowercase()) })
    }

    pub(super) fn language(&self) -> &str {
        self.long_language.as_deref().unwrap_or(self.locale.id.language.as_str())
    }
}

impl From<Locale> for Asked {
    fn from(locale: Locale) -> Self {
        Self { locale, long_language: None }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tag = self.locale.to_string();
        match &self.long_language {
            Some(language) => write!(f, "{language}{}", tag.strip_prefix("und").unwrap_or(&tag)),
            None => f.write_str(&tag),
        }
    }
}

/// `CanonicalizeLocaleList`
pub(super) fn list(locales: &JsValue, cx: &mut Context) -> JsResult<Vec<Asked>> {
    if locales.is_undefined() {
        return Ok(Vec::new());
    }
    if let Some(locale) = one(locales)? {
        return Ok(vec![locale]);
    }
    if locales.is_null() {
        return Err(errors::plain(Base::Type, "Cannot convert undefined or null to object"));
    }
    let object = locales.to_object(cx)?;
    let length = object.get(js_string!("length"), cx)?.to_length(cx)?;
    let mut found: Vec<Asked> = Vec::new();
    for at in 0..length {
        if !object.has_property(at, cx)? {
            continue;
        }
        let value = object.get(at, cx)?;
        let locale = match one(&value)? {
            Some(locale) => locale,
            None if value.is_object() => {
                let tag = value.to_string(cx)?.to_std_string_lossy();
                Asked::of_tag(&tag).ok_or_else(|| invalid_tag(&tag))?
            }
            None => return Err(errors::plain(Base::Type, "Language ID should be string or object.")),
        };
        if !found.contains(&locale) {
            found.push(locale);
        }
    }
    Ok(found)
}

/// A string or an `Intl.Locale`.
fn one(value: &JsValue) -> JsResult<Option<Asked>> {
    if let Some(text) = value.as_string() {
        let tag = text.to_std_string_lossy();
        return Asked::of_tag(&tag).map(Some).ok_or_else(|| invalid_tag(&tag));
    }
    Ok(locale_object::locale_of(value).map(Asked::from))
}

/// Whether there is data for a locale: English, whatever region it is asked for.
fn available(asked: &Asked) -> Option<&'static str> {
    let locale = &asked.locale;
    if asked.language() != "en" || locale.id.script.is_some_and(|script| script.as_str() != "Latn") {
        return None;
    }
    let is_us = locale.id.region.is_some_and(|region| region.as_str() == "US") && locale.id.script.is_none();
    Some(if is_us { DEFAULT } else { "en" })
}

/// What a service works with.
pub(super) struct Resolved {
    /// The keywords of the tag that stand, as `(key, value)`.
    keywords: Vec<(&'static str, String)>,
    base: &'static str,
    /// Whether one of the asked locales is there.
    is_found: bool,
}

impl Resolved {
    /// `ResolveLocale`: the first asked locale there is data for, with those of its Unicode keywords that `keys` names.
    pub(super) fn of(asked: &[Asked], keys: &[&'static str]) -> Self {
        let found = asked.iter().find_map(|asked| available(asked).map(|base| (&asked.locale, base)));
        let Some((locale, base)) = found else { return Self { keywords: Vec::new(), base: DEFAULT, is_found: false } };
        let mut keywords = Vec::new();
        for key in keys {
            let Ok(unicode_key) = key.parse::<Key>() else { continue };
            if let Some(value) = locale.extensions.unicode.keywords.get(&unicode_key) {
                let text = value.to_string();
                keywords.push((*key, if text.is_empty() { "true".to_owned() } else { text }));
            }
        }
        Self { keywords, base, is_found: true }
    }

    pub(super) fn keyword(&self, key: &str) -> Option<&str> {
        self.keywords.iter().find(|(known, _)| *known == key).map(|(_, value)| value.as_str())
    }

    /// A keyword that is not understood, or that an option overrides with another value, is not part of the resolved locale.
    pub(super) fn drop_keyword(&mut self, key: &str) {
        self.keywords.retain(|(known, _)| *known != key);
    }

    /// The value of a keyword as an option has it, else as the tag has it, as far as `known` takes it.
    pub(super) fn choose(&mut self, key: &'static str, option: Option<String>, known: impl Fn(&str) -> bool) -> Option<String> {
        let of_tag = self.keyword(key).map(str::to_owned).filter(|value| known(value));
        if of_tag.is_none() {
            self.drop_keyword(key);
        }
        match option.filter(|value| known(value)) {
            Some(value) => {
                if of_tag.as_ref() != Some(&value) {
                    self.drop_keyword(key);
                }
                Some(value)
            }
            None => of_tag,
        }
    }

    /// The locale of a service that knows languages only.
    pub(super) fn language(&self) -> &'static str {
        if self.is_found { "en" } else { DEFAULT }
    }

    /// `resolvedOptions().locale`
    pub(super) fn tag(&self) -> String {
        let mut tag = self.base.to_owned();
        if !self.keywords.is_empty() {
            tag.push_str("-u");
        }
        let mut keywords: Vec<_> = self.keywords.iter().collect();
        keywords.sort();
        for (key, value) in keywords {
            tag.push('-');
            tag.push_str(key);
            if value != "true" {
                tag.push('-');
                tag.push_str(value);
            }
        }
        tag
    }
}

/// `Intl.X.supportedLocalesOf(locales, options)`
pub(super) fn supported(args: &[JsValue], owner: &'static str, cx: &mut Context) -> JsResult<JsValue> {
    let asked = list(args.first().unwrap_or(&JsValue::undefined()), cx)?;
    Options::coerced(args.get(1).unwrap_or(&JsValue::undefined()), owner, cx)?.matcher(cx)?;
    let tags: Vec<JsValue> = asked.iter().filter(|locale| available(locale).is_some()).map(|locale| js_string!(locale.to_string()).into()).collect();
    Ok(JsArray::from_iter(tags, cx).into())
}

/// `Intl.getCanonicalLocales(locales)`
pub(super) fn canonical_locales(_this: &JsValue, args: &[JsValue], cx: &mut Context) -> JsResult<JsValue> {
    let found = list(args.first().unwrap_or(&JsValue::undefined()), cx)?;
    let tags: Vec<JsValue> = found.iter().map(|locale| js_string!(locale.to_string()).into()).collect();
    Ok(JsArray::from_iter(tags, cx).into())
}
