//! One property: its name, its value, its accessors.

use boa_engine::{
    Context, JsObject, JsResult, JsValue,
    property::{PropertyDescriptor, PropertyKey},
    string::{JsStr, JsStrVariant},
};
use coil_engine::op::thrown_value;

use super::{
    Compact, Entries, Formatter, Getters, Style, Text, bracketed,
    primitive::{escape, quoted},
    width::string_width,
};

/// How a property's key is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyRole {
    /// A property of an object.
    Named,
    /// An element of an array: not at all.
    Element,
    /// A property that an array has beside its elements.
    Extra,
}

impl KeyRole {
    pub(super) fn of(entries: Entries) -> Self {
        match entries {
            Entries::Object => Self::Named,
            Entries::ArrayExtras => Self::Extra,
        }
    }
}

impl Formatter {
    /// `formatProperty`. Getters are called on `receiver`, or on the object itself.
    #[allow(clippy::too_many_arguments)]
    pub(super) fn property(
        &mut self,
        object: &JsObject,
        level: i64,
        key: &PropertyKey,
        role: KeyRole,
        own: Option<PropertyDescriptor>,
        receiver: Option<&JsObject>,
        cx: &mut Context,
    ) -> JsResult<Text> {
        let own = match own {
            Some(own) => own,
            None => object.own_property(key, cx)?.unwrap_or_default(),
        };
        let mut wrapped = false;
        let shown = match own.value() {
            Some(value) if !value.is_undefined() => {
                let indent = if self.options.compact != Compact::Old || role != KeyRole::Named { 2 } else { 3 };
                self.indentation += indent;
                let shown = self.value(value, level, false, cx)?;
                wrapped = indent == 3 && self.options.break_length < string_width(&shown, self.options.colors) as f64;
                self.indentation -= indent;
                shown
            }
            _ => self.accessor(&own, receiver.unwrap_or(object), level, cx)?,
        };
        if role == KeyRole::Element {
            return Ok(shown);
        }
        let mut text = self.key_name(key, own.enumerable() != Some(false), cx)?;
        text.push_ascii(b':');
        if wrapped {
            text.push_ascii(b'\n');
            text.push_spaces(self.indentation + 3);
        } else {
            text.push_ascii(b' ');
        }
        text.push(&shown);
        Ok(text)
    }

    fn accessor(&mut self, own: &PropertyDescriptor, receiver: &JsObject, level: i64, cx: &mut Context) -> JsResult<Text> {
        let getter = own.get().and_then(JsValue::as_callable);
        let has_setter = own.set().is_some_and(|set| !set.is_undefined());
        let Some(getter) = getter else {
            return if has_setter { self.special("[Setter]", cx) } else { self.styled("undefined".into(), Style::Undefined, cx) };
        };
        let label = if has_setter { "Getter/Setter" } else { "Getter" };
        let call = match self.options.getters {
            Getters::No => false,
            Getters::All => true,
            Getters::WithoutSetter => !has_setter,
            Getters::WithSetter => has_setter,
        };
        if !call {
            return self.special(&format!("[{label}]"), cx);
        }
        self.indentation += 2;
        let result = getter.call(&receiver.clone().into(), &[], cx);
        let text = match result {
            Ok(value) if value.is_object() && !value.is_callable() => {
                let shown = self.value(&value, level, false, cx)?;
                let mut text = self.special(&format!("[{label}]"), cx)?;
                text.push_ascii(b' ');
                text.push(&shown);
                text
            }
            Ok(value) => {
                let shown = self.primitive(&value, cx)?;
                self.labelled(label, &shown, cx)?
            }
            Err(error) => {
                let thrown = thrown_value(error, cx);
                let mut shown = Text::from("<Inspection threw (");
                let inner = self.value(&thrown, level, false, cx)?;
                shown.push(&inner);
                shown.push_str(")>");
                self.labelled(label, &shown, cx)?
            }
        };
        self.indentation -= 2;
        Ok(text)
    }

    /// `[Getter: value]`
    fn labelled(&mut self, label: &str, shown: &Text, cx: &mut Context) -> JsResult<Text> {
        let mut text = self.special(&format!("[{label}:"), cx)?;
        text.push_ascii(b' ');
        text.push(shown);
        let close = self.special("]", cx)?;
        text.push(&close);
        Ok(text)
    }

    /// A key as it stands before its colon.
    pub(super) fn key_name(&mut self, key: &PropertyKey, enumerable: bool, cx: &mut Context) -> JsResult<Text> {
        let name = match key {
            PropertyKey::Symbol(symbol) => {
                let mut text = Text::new();
                escape(symbol.descriptive_string().as_str(), true, &mut text);
                self.styled(text, Style::Symbol, cx)?
            }
            PropertyKey::Index(index) => self.styled(format!("'{}'", index.get()).into(), Style::String, cx)?,
            PropertyKey::String(name) if is_identifier(name.as_str()) => {
                if *name == "__proto__" {
                    "['__proto__']".into()
                } else {
                    self.styled(Text::from_js(name), Style::Name, cx)?
                }
            }
            PropertyKey::String(name) => self.styled(quoted(name.as_str()), Style::String, cx)?,
        };
        Ok(if enumerable { name } else { bracketed(&name) })
    }
}

/// `/^[a-zA-Z_][a-zA-Z_0-9]*$/`
fn is_identifier(name: JsStr<'_>) -> bool {
    let JsStrVariant::Latin1(bytes) = name.variant() else {
        return !name.is_empty() && name.iter().enumerate().all(|(at, unit)| u8::try_from(unit).is_ok_and(|c| c == b'_' || c.is_ascii_alphabetic() || at > 0 && c.is_ascii_digit()));
    };
    let [first, rest @ ..] = bytes else { return false };
    (*first == b'_' || first.is_ascii_alphabetic()) && rest.iter().all(|c| *c == b'_' || c.is_ascii_alphanumeric())
}
