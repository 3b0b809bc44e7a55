//! The reviver of `JSON.parse`, which is told the source text of primitives.

use crate::{
    Context, JsObject, JsResult, JsString, JsValue, js_string,
    native_stack,
    object::internal_methods::InternalMethodPropertyContext,
    property::{PropertyKey, PropertyNameKind},
};

/// Where a value came from.
#[derive(Debug)]
pub(super) enum Origin {
    Primitive { value: JsValue, start: usize, end: usize },
    Array(Vec<Origin>),
    Object(Vec<Origin>),
    /// A key and its value, inside of an object.
    Member(PropertyKey, Box<Origin>),
    /// While parsing: an object begins here.
    Open,
}

impl Origin {
    fn children(&mut self) -> Vec<Origin> {
        match self {
            Self::Array(children) | Self::Object(children) => std::mem::take(children),
            Self::Member(_, value) => vec![std::mem::replace(value, Self::Open)],
            Self::Primitive { .. } | Self::Open => Vec::new(),
        }
    }

    fn member(&self, wanted: &PropertyKey) -> Option<&Self> {
        let Self::Object(members) = self else {
            return None;
        };
        members.iter().rev().find_map(|member| match member {
            Self::Member(key, value) if key == wanted => Some(&**value),
            _ => None,
        })
    }

    fn element(&self, index: usize) -> Option<&Self> {
        match self {
            Self::Array(elements) => elements.get(index),
            _ => None,
        }
    }
}

/// Without recursion: text may be nested a million deep.
impl Drop for Origin {
    fn drop(&mut self) {
        let mut rest = self.children();
        while let Some(mut next) = rest.pop() {
            rest.append(&mut next.children());
        }
    }
}

/// `InternalizeJSONProperty` of the whole.
pub(super) fn revive(value: JsValue, origin: Option<Origin>, text: &JsString, reviver: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let root = JsObject::with_object_proto(context.intrinsics());
    root.create_data_property_or_throw(js_string!(), value, context)?;
    Reviver { text, reviver }.property(&root, js_string!().into(), origin.as_ref(), context)
}

struct Reviver<'a> {
    text: &'a JsString,
    reviver: &'a JsObject,
}

impl Reviver<'_> {
    fn property(&self, holder: &JsObject, key: PropertyKey, origin: Option<&Origin>, context: &mut Context) -> JsResult<JsValue> {
        native_stack::check()?;
        let value = holder.get(key.clone(), context)?;
        let mut source = None;
        if let Some(object) = value.as_object() {
            if object.is_array_abstract()? {
                for index in 0..object.length_of_array_like(context)? {
                    let origin = origin.and_then(|origin| origin.element(index as usize));
                    self.replace(&object, index.into(), origin, context)?;
                }
            } else {
                for key in object.enumerable_own_property_names(PropertyNameKind::Key, context)? {
                    let key = key.to_property_key(context)?;
                    let origin = origin.and_then(|origin| origin.member(&key));
                    self.replace(&object, key, origin, context)?;
                }
            }
        } else if let Some(Origin::Primitive { value: parsed, start, end }) = origin
            && JsValue::same_value(parsed, &value)
        {
            source = Some(self.text.slice(*start, *end));
        }

        let about = JsObject::with_object_proto(context.intrinsics());
        if let Some(source) = source {
            about.create_data_property_or_throw(js_string!("source"), source, context)?;
        }
        let name = match key {
            PropertyKey::Index(index) => js_string!(index.get()).into(),
            key => JsValue::from(key),
        };
        self.reviver.call(&holder.clone().into(), &[name, value, about.into()], context)
    }

    fn replace(&self, object: &JsObject, key: PropertyKey, origin: Option<&Origin>, context: &mut Context) -> JsResult<()> {
        let value = self.property(object, key.clone(), origin, context)?;
        if value.is_undefined() {
            object.__delete__(&key, &mut InternalMethodPropertyContext::new(context))?;
        } else {
            object.create_data_property(key, value, context)?;
        }
        Ok(())
    }
}
