//! An uncaught error on its way from a worker to its parent.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string,
    property::{PropertyDescriptor, PropertyKey},
};

use crate::structured_clone::{self, Message, native_error};

/// What of an error arrives.
pub(super) enum Failure {
    /// An Error: its class, and its properties as far as they can be cloned.
    Error { class: &'static str, properties: Vec<Property> },
    /// Any other value that can be cloned.
    Value(Message),
    /// What cannot be cloned, as it is shown.
    Shown(String),
    /// What cannot even be shown.
    Unserializable,
}

pub(super) struct Property {
    name: String,
    value: Message,
    enumerable: bool,
}

impl Failure {
    /// Packs a thrown value. Getters that throw are left out.
    pub(super) fn of(value: &JsValue, cx: &mut Context) -> Self {
        if let Some(error) = value.as_object().filter(|object| object.error_kind().is_some()) {
            return Self::of_error(&error, cx);
        }
        match structured_clone::serialize(value, &[], cx) {
            Ok(message) => Self::Value(message),
            Err(_) => match crate::util::inspect::inspect(value, &crate::util::inspect::Options::default(), cx) {
                Ok(text) => Self::Shown(text.to_std_string_lossy()),
                Err(_) => Self::Unserializable,
            },
        }
    }

    fn of_error(error: &JsObject, cx: &mut Context) -> Self {
        let mut properties: Vec<Property> = Vec::new();
        let mut class = None;
        let mut next = Some(error.clone());
        let mut depth = 0;
        while let Some(object) = next {
            if depth > 0 && class.is_none() {
                class = class_of(&object, cx);
            }
            depth += 1;
            if class.is_some() && depth > CHAIN_MAX {
                break;
            }
            let keys = object.own_property_keys(cx).unwrap_or_default();
            for key in keys {
                let PropertyKey::String(name) = &key else { continue };
                let name = name.to_std_string_lossy();
                if name == "constructor" || properties.iter().any(|known| known.name == name) {
                    continue;
                }
                let Ok(Some(descriptor)) = object.own_property(&key, cx) else { continue };
                // The engine's stack is an accessor; a getter of the script may throw.
                let Ok(value) = error.get(key, cx) else { continue };
                if value.is_callable() {
                    continue;
                }
                if let Ok(value) = structured_clone::serialize(&value, &[], cx) {
                    properties.push(Property { name, value, enumerable: descriptor.enumerable() == Some(true) });
                }
            }
            if class.is_some() {
                break;
            }
            next = object.prototype();
        }
        Self::Error { class: class.unwrap_or("Error"), properties }
    }

    /// The value on this side; `None` if there was no way to bring it.
    pub(super) fn revive(self, cx: &mut Context) -> JsResult<Option<JsValue>> {
        Ok(Some(match self {
            Self::Error { class, properties } => {
                let error = native_error(class).into_opaque(cx);
                // Its own stack would be that of this thread.
                error.delete_property_or_throw(js_string!("stack"), cx)?;
                error.delete_property_or_throw(js_string!("message"), cx)?;
                for Property { name, value, enumerable } in properties {
                    let value = structured_clone::deserialize(value, cx)?;
                    let descriptor = PropertyDescriptor::builder().value(value).writable(true).enumerable(enumerable).configurable(true);
                    error.define_property_or_throw(JsString::from(name.as_str()), descriptor, cx)?;
                }
                error.into()
            }
            Self::Value(message) => structured_clone::deserialize(message, cx)?,
            Self::Shown(text) => js_string!(text).into(),
            Self::Unserializable => return Ok(None),
        }))
    }
}

/// Prototypes looked at between an error and its native class.
const CHAIN_MAX: usize = 64;

const CLASSES: [&str; 7] = ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"];

/// The native class whose prototype this is.
fn class_of(prototype: &JsObject, cx: &Context) -> Option<&'static str> {
    let standard = cx.intrinsics().constructors();
    let prototypes = [standard.error(), standard.eval_error(), standard.range_error(), standard.reference_error(), standard.syntax_error(), standard.type_error(), standard.uri_error()];
    prototypes.iter().zip(CLASSES).find(|(class, _)| JsObject::equals(&class.prototype(), prototype)).map(|(_, name)| name)
}
